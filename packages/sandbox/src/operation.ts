/** The services of the sandbox, by their names in credential scopes. */
export type ServiceName = 'ec2' | 'ecs' | 'elasticloadbalancing' | 'ssm' | 'events' | 'lambda' | 'logs' | 'monitoring';

/** The context of a call, passed to the operation with the input. */
export interface CallContext {
  readonly service: ServiceName;
  readonly operation: string;
  readonly requestId: string;
  readonly region: string;
  readonly accountId: string;
}

/**
 * An API operation. Its input follows the service model (member names as on the wire; timestamps as `Date`,
 * blobs as `Uint8Array`, numbers and booleans already typed), the output likewise. Throws `AwsError`.
 */
export type Operation = (
  input: Readonly<Record<string, unknown>>,
  context: CallContext,
) => Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>;

export type Operations = Readonly<Record<string, Operation>>;
