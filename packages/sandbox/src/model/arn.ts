/** The account and Region of a sandbox. */
export interface Account {
  /** The Region, such as `us-east-2`. */
  readonly region: string;
  /** The account ID, twelve digits. */
  readonly accountId: string;
}

/** Builds an ARN of this account and Region. */
export function makeArn(account: Account, service: string, resource: string): string {
  return `arn:aws:${service}:${account.region}:${account.accountId}:${resource}`;
}
