import { AwsError } from '../aws-error.ts';
import type { ServiceName } from '../operation.ts';

/** The service's error for a throttled call. */
export function throttlingError(service: ServiceName): AwsError {
  switch (service) {
    case 'ec2':
      return new AwsError('RequestLimitExceeded', 'Request limit exceeded.', { httpStatus: 503 });
    case 'elasticloadbalancing':
    case 'monitoring':
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

const serverErrors: Readonly<Record<ServiceName, string>> = {
  ec2: 'InternalError',
  ecs: 'ServerException',
  elasticloadbalancing: 'InternalFailure',
  ssm: 'InternalServerError',
  events: 'InternalException',
  lambda: 'ServiceException',
  logs: 'ServiceUnavailableException',
  monitoring: 'InternalServiceError',
};

/** The service's internal error. */
export function serverError(service: ServiceName, httpStatus = 500): AwsError {
  return new AwsError(serverErrors[service], 'Service Unavailable. Please try again later.', { httpStatus });
}

/** A denied action, the principal, and whether the deny is explicit. */
export interface Denial {
  readonly principalArn: string;
  readonly action: string;
  readonly resource: string;
  readonly effect: 'allow' | 'implicit-deny' | 'explicit-deny';
}

/** The service's error for a call that the caller's policies do not allow. */
export function deniedError(service: ServiceName, { principalArn, action, resource, effect }: Denial): AwsError {
  // EC2, Elastic Load Balancing and CloudWatch omit the resource if the action supports none.
  const where =
    (service === 'ec2' || service === 'elasticloadbalancing' || service === 'monitoring') && resource === '*'
      ? ''
      : ` on resource: ${resource}`;
  const why =
    effect === 'explicit-deny'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`;
  return denied(service, `User: ${principalArn} is not authorized to perform: ${action}${where} ${why}`);
}

/** The error for a call that a planted fault denies. */
export function accessDeniedError(service: ServiceName, operation: string, accountId: string): AwsError {
  const action = `${service === 'monitoring' ? 'cloudwatch' : service}:${operation}`;
  const message = `User: arn:aws:sts::${accountId}:assumed-role/sandbox/sandbox is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`;
  return denied(service, message);
}

function denied(service: ServiceName, message: string): AwsError {
  if (service === 'ec2') {
    return new AwsError('UnauthorizedOperation', `You are not authorized to perform this operation. ${message}`, {
      httpStatus: 403,
    });
  }
  if (service === 'elasticloadbalancing' || service === 'monitoring')
    return new AwsError('AccessDenied', message, { httpStatus: 403 });
  return new AwsError('AccessDeniedException', message, { httpStatus: service === 'lambda' ? 403 : 400 });
}
