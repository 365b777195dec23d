/** Whose world this is. */
export interface Account {
  /** Such as `us-east-2`. */
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
}

/** An Amazon Resource Name of this account in this region. */
export function makeArn(account: Account, service: string, resource: string): string {
  return `arn:aws:${service}:${account.region}:${account.accountId}:${resource}`;
}
