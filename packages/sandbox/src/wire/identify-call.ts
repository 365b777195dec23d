import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from '../aws-error.ts';
import type { ServiceName } from '../operation.ts';

/** A request with its full body. */
export interface WireRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The caller and the service of a request. */
export interface Addressee {
  readonly service: ServiceName;
  /** The access key ID that signed the request, which identifies the calling process. */
  readonly caller: string;
}

const serviceNames: readonly ServiceName[] = [
  'ec2',
  'ecs',
  'elasticloadbalancing',
  'ssm',
  'events',
  'lambda',
  'logs',
  'monitoring',
];

/** Two services use the query protocol. The API version distinguishes them. */
export const ec2ApiVersion = '2016-11-15';

const targetPrefixes: Readonly<Record<string, ServiceName>> = {
  AmazonEC2ContainerServiceV20141113: 'ecs',
  AmazonSSM: 'ssm',
  AWSEvents: 'events',
  Logs_20140328: 'logs',
  GraniteServiceVersion20100801: 'monitoring',
};

/**
 * Identifies the service by the credential scope, or by features of the request that only one service has. Signatures are not
 * verified, but a request must have one.
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
  const service = serviceNames.find((name) => name === named) ?? serviceOfContent(request);
  if (service === undefined) {
    throw new AwsError('UnknownOperationException', `The sandbox does not support the service '${named ?? ''}'.`, {
      httpStatus: 404,
    });
  }
  return { service, caller };
}

/** The service that the format of a request indicates, if its credential scope names another one. */
export function serviceOfContent(request: WireRequest): ServiceName | undefined {
  const target = targetOf(request)?.split('.')[0];
  if (target !== undefined) return targetPrefixes[target];
  if (/^\/\d{4}-\d\d-\d\d\/functions/.test(request.url.pathname)) return 'lambda';
  if (request.url.pathname.startsWith('/service/GraniteServiceVersion20100801/')) return 'monitoring';
  const form = request.body.subarray(0, 4096).toString('latin1');
  if (!/(^|&)Action=/.test(form)) return undefined;
  return form.includes(`Version=${ec2ApiVersion}`) ? 'ec2' : 'elasticloadbalancing';
}

export function targetOf(request: WireRequest): string | undefined {
  const header = request.headers['x-amz-target'];
  return typeof header === 'string' ? header : undefined;
}
