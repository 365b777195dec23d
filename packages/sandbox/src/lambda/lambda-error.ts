import { AwsError } from '../aws-error.ts';

/** Members of every Lambda exception that the caller caused. */
const userError = { Type: 'User' };

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message, { members: userError });
}

export function functionNotFound(functionArn: string): AwsError {
  const message = `Function not found: ${functionArn}`;
  return new AwsError('ResourceNotFoundException', message, { httpStatus: 404, members: userError });
}

export function resourceNotFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message, { httpStatus: 404, members: userError });
}

export function resourceConflict(message: string): AwsError {
  return new AwsError('ResourceConflictException', message, { httpStatus: 409, members: userError });
}

export function invalidRequestContent(message: string): AwsError {
  return new AwsError('InvalidRequestContentException', message, { members: userError });
}

export function preconditionFailed(message: string): AwsError {
  return new AwsError('PreconditionFailedException', message, { httpStatus: 412, members: userError });
}

export function requestTooLarge(message: string): AwsError {
  return new AwsError('RequestTooLargeException', message, { httpStatus: 413, members: userError });
}

export function tooManyRequests(): AwsError {
  return new AwsError('TooManyRequestsException', 'Rate Exceeded.', {
    httpStatus: 429,
    members: { ...userError, Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded', retryAfterSeconds: '1' },
  });
}
