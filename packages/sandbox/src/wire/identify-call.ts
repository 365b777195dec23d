import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from '../aws-error.ts';
import type { ServiceName } from '../operation.ts';

/** A request as it came in, read to its end. */
export interface WireRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Who calls, and which service is meant. */
export interface Addressee {
  readonly service: ServiceName;
  /** The access key id that signed the request: it tells which process called. */
  readonly caller: string;
}

const SERVICES: readonly ServiceName[] = ['ec2', 'ecs', 'elasticloadbalancing', 'ssm', 'events', 'lambda', 'logs'];

/** Two services speak in forms; the version of their API tells them apart. */
export const EC2_VERSION = '2016-11-15';

const TARGET_PREFIXES: Readonly<Record<string, ServiceName>> = {
  AmazonEC2ContainerServiceV20141113: 'ecs',
  AmazonSSM: 'ssm',
  AWSEvents: 'events',
  Logs_20140328: 'logs',
};

/**
 * Tells the service by the credential scope, else by what only that service's requests have. Signatures are not
 * verified, but a request must be signed by somebody.
 *
 * @throws AwsError `MissingAuthenticationToken`, `IncompleteSignature` or `UnknownOperationException`.
 */
export function identifyCall(request: WireRequest): Addressee {
  const authorization = request.headers.authorization;
  if (authorization === undefined) {
    throw new AwsError('MissingAuthenticationToken', 'Missing Authentication Token', { httpStatus: 403 });
  }
  const scope = /Credential=([^/,\s]+)\/([^,\s]*)/.exec(authorization);
  const caller = scope?.[1];
  if (caller === undefined) {
    throw new AwsError(
      'IncompleteSignatureException',
      `Authorization header requires 'Credential' parameter. Authorization=${authorization.split(' ')[0]}`,
    );
  }
  const named = scope?.[2]?.split('/')[2];
  const service = SERVICES.find((name) => name === named) ?? serviceOfContent(request);
  if (service === undefined) {
    throw new AwsError('UnknownOperationException', `The sandbox does not speak the service '${named ?? ''}'.`, {
      httpStatus: 404,
    });
  }
  return { service, caller };
}

/** Which service a request's own form tells of, for requests whose credential scope names another one. */
export function serviceOfContent(request: WireRequest): ServiceName | undefined {
  const target = targetOf(request)?.split('.')[0];
  if (target !== undefined) return TARGET_PREFIXES[target];
  if (/^\/\d{4}-\d\d-\d\d\/functions/.test(request.url.pathname)) return 'lambda';
  const form = request.body.subarray(0, 4096).toString('latin1');
  if (!/(^|&)Action=/.test(form)) return undefined;
  return form.includes(`Version=${EC2_VERSION}`) ? 'ec2' : 'elasticloadbalancing';
}

export function targetOf(request: WireRequest): string | undefined {
  const header = request.headers['x-amz-target'];
  return typeof header === 'string' ? header : undefined;
}
