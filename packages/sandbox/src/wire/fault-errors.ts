import { AwsError } from '../aws-error.ts';
import type { ServiceName } from '../operation.ts';

/** A throttled call, in the service's own words. */
export function throttlingError(service: ServiceName): AwsError {
  switch (service) {
    case 'ec2':
      return new AwsError('RequestLimitExceeded', 'Request limit exceeded.', { httpStatus: 503 });
    case 'elasticloadbalancing':
      return new AwsError('Throttling', 'Rate exceeded');
    case 'lambda':
      return new AwsError('TooManyRequestsException', 'Rate Exceeded.', {
        httpStatus: 429,
        members: { Reason: 'CallerRateLimitExceeded' },
      });
    default:
      return new AwsError('ThrottlingException', 'Rate exceeded');
  }
}

const SERVER_ERRORS: Readonly<Record<ServiceName, string>> = {
  ec2: 'InternalError',
  ecs: 'ServerException',
  elasticloadbalancing: 'InternalFailure',
  ssm: 'InternalServerError',
  events: 'InternalException',
  lambda: 'ServiceException',
  logs: 'ServiceUnavailableException',
};

/** An error on the service's side. */
export function serverError(service: ServiceName, httpStatus = 500): AwsError {
  return new AwsError(SERVER_ERRORS[service], 'Service Unavailable. Please try again later.', { httpStatus });
}

/** What was denied, to whom, and whether a statement says so. */
export interface Denial {
  readonly principalArn: string;
  readonly action: string;
  readonly resource: string;
  readonly effect: 'allow' | 'implicit-deny' | 'explicit-deny';
}

/** A call that the caller's policies do not allow, as the service that was called tells it. */
export function deniedError(service: ServiceName, { principalArn, action, resource, effect }: Denial): AwsError {
  // EC2 and Elastic Load Balancing name no resource where IAM knows none.
  const where =
    (service === 'ec2' || service === 'elasticloadbalancing') && resource === '*' ? '' : ` on resource: ${resource}`;
  const why =
    effect === 'explicit-deny'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`;
  return denied(service, `User: ${principalArn} is not authorized to perform: ${action}${where} ${why}`);
}

/** A call that a planted fault denies. */
export function accessDeniedError(service: ServiceName, operation: string, accountId: string): AwsError {
  const action = `${service}:${operation}`;
  const message = `User: arn:aws:sts::${accountId}:assumed-role/sandbox/sandbox is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`;
  return denied(service, message);
}

function denied(service: ServiceName, message: string): AwsError {
  if (service === 'ec2') {
    return new AwsError('UnauthorizedOperation', `You are not authorized to perform this operation. ${message}`, {
      httpStatus: 403,
    });
  }
  if (service === 'elasticloadbalancing') return new AwsError('AccessDenied', message, { httpStatus: 403 });
  return new AwsError('AccessDeniedException', message, { httpStatus: service === 'lambda' ? 403 : 400 });
}
