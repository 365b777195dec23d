/** The services that the sandbox speaks, by the names that credential scopes use. */
export type ServiceName = 'ec2' | 'ecs' | 'elasticloadbalancing' | 'ssm' | 'events' | 'lambda' | 'logs';

/** What an operation is told about the call besides its input. */
export interface CallContext {
  readonly service: ServiceName;
  readonly operation: string;
  readonly requestId: string;
  readonly region: string;
  readonly accountId: string;
}

/**
 * One API operation: the input as the service model shapes it (member names as on the wire; timestamps as `Date`,
 * blobs as `Uint8Array`, numbers and booleans already typed), the output likewise. Throws `AwsError`.
 */
export type Operation = (
  input: Readonly<Record<string, unknown>>,
  context: CallContext,
) => Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>;

export type Operations = Readonly<Record<string, Operation>>;
