import { AwsError } from '../aws-error.ts';

/** The members that every exception of Lambda carries when the caller is at fault. */
const USER = { Type: 'User' };

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message, { members: USER });
}

export function functionNotFound(functionArn: string): AwsError {
  const message = `Function not found: ${functionArn}`;
  return new AwsError('ResourceNotFoundException', message, { httpStatus: 404, members: USER });
}

export function resourceNotFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message, { httpStatus: 404, members: USER });
}

export function resourceConflict(message: string): AwsError {
  return new AwsError('ResourceConflictException', message, { httpStatus: 409, members: USER });
}

export function invalidRequestContent(message: string): AwsError {
  return new AwsError('InvalidRequestContentException', message, { members: USER });
}

export function preconditionFailed(message: string): AwsError {
  return new AwsError('PreconditionFailedException', message, { httpStatus: 412, members: USER });
}

export function requestTooLarge(message: string): AwsError {
  return new AwsError('RequestTooLargeException', message, { httpStatus: 413, members: USER });
}

export function tooManyRequests(): AwsError {
  return new AwsError('TooManyRequestsException', 'Rate Exceeded.', {
    httpStatus: 429,
    members: { ...USER, Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded', retryAfterSeconds: '1' },
  });
}
