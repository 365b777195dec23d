import { StartEnginesError } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { classifyAwsError } from '../src/index.ts';

interface Fields {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly Code?: string;
  readonly $fault?: string;
  readonly $retryable?: { readonly throttling?: boolean };
  readonly status?: number;
  readonly cause?: unknown;
  readonly $response?: { readonly statusCode?: number };
}

function awsError({ status, message = 'words', ...fields }: Fields): Error {
  const metadata = status === undefined ? {} : { $metadata: { httpStatusCode: status, requestId: 'request-1' } };
  return Object.assign(new Error(message), metadata, fields);
}

const table: readonly (readonly [expected: string, what: string, error: unknown])[] = [
  ['AwsAccessDenied', 'ECS without a permission', awsError({ name: 'AccessDeniedException', status: 400 })],
  [
    'AwsAccessDenied',
    'ELB without a permission',
    awsError({ name: 'AccessDenied', Code: 'AccessDenied', status: 403 }),
  ],
  ['AwsAccessDenied', 'EC2 without a permission', awsError({ name: 'UnauthorizedOperation', status: 403 })],
  ['AwsAccessDenied', 'a bare 403', awsError({ name: 'Unknown', status: 403 })],
  ['AwsAccessDenied', 'a bare 401', awsError({ name: 'Unknown', status: 401 })],
  [
    'AwsAccessDenied',
    'a 403 whose body could not be read',
    awsError({ name: 'SyntaxError', message: 'Unexpected token <', $response: { statusCode: 403 } }),
  ],
  ['AwsAccessDenied', 'an expired token', awsError({ name: 'ExpiredTokenException', status: 400 })],
  ['AwsAccessDenied', 'an expired token of the query protocol', awsError({ name: 'ExpiredToken', status: 403 })],
  ['AwsAccessDenied', 'a wrong signature', awsError({ name: 'SignatureDoesNotMatch', status: 403 })],
  ['AwsAccessDenied', 'an unknown key', awsError({ name: 'UnrecognizedClientException', status: 400 })],
  ['AwsAccessDenied', 'no credentials', awsError({ name: 'CredentialsProviderError' })],
  [
    'AwsAccessDenied',
    'a permission that ECS lacks when it acts for the caller',
    awsError({ name: 'ClientException', status: 400, message: 'User x is not authorized to perform: iam:PassRole' }),
  ],
  ['AwsThrottled', 'calls to ECS above its rate', awsError({ name: 'ThrottlingException', status: 400 })],
  ['AwsThrottled', 'calls to ELB above its rate', awsError({ name: 'Throttling', status: 400 })],
  ['AwsThrottled', 'too many requests', awsError({ name: 'TooManyRequestsException', status: 429 })],
  ['AwsThrottled', 'calls to EC2 above its rate', awsError({ name: 'RequestLimitExceeded', status: 503 })],
  ['AwsThrottled', 'a bare 429', awsError({ name: 'Unknown', status: 429 })],
  [
    'AwsThrottled',
    "the model's throttling trait",
    awsError({ name: 'Odd', $retryable: { throttling: true }, status: 400 }),
  ],
  [
    'AwsThrottled',
    "EC2's throttle wrapped by ECS",
    awsError({
      name: 'InvalidParameterException',
      status: 400,
      message:
        'Error retrieving subnet information for [subnet-1]: Request limit exceeded. (ErrorCode: RequestLimitExceeded)',
    }),
  ],
  [
    'AwsThrottled',
    'a throttle named only by the code on the wire',
    awsError({ name: 'Error', Code: 'Throttling', status: 400 }),
  ],
  ['AwsThrottled', 'a wrapped throttle', awsError({ name: 'ClientException', status: 400, message: 'Rate exceeded' })],
  ['AwsUnavailable', 'a 500', awsError({ name: 'ServerException', $fault: 'server', status: 500 })],
  ['AwsUnavailable', 'a bare 500', awsError({ name: 'Unknown', status: 500 })],
  ['AwsUnavailable', 'a bare 502', awsError({ name: 'Unknown', status: 502 })],
  ['AwsUnavailable', 'a 503', awsError({ name: 'ServiceUnavailable', status: 503 })],
  ['AwsUnavailable', 'a fault of the server without a status', awsError({ name: 'Odd', $fault: 'server' })],
  ['AwsUnavailable', 'an entry that PutEvents could not accept', awsError({ name: 'InternalFailure' })],
  ['AwsUnavailable', 'a time-out', awsError({ name: 'TimeoutError' })],
  ['AwsUnavailable', 'a time-out that AWS reports', awsError({ name: 'RequestTimeout', status: 400 })],
  ['AwsUnavailable', 'a reset connection', awsError({ code: 'ECONNRESET' })],
  ['AwsUnavailable', 'a refused connection', awsError({ code: 'ECONNREFUSED' })],
  ['AwsUnavailable', 'a name that does not resolve', awsError({ code: 'ENOTFOUND' })],
  ['AwsUnavailable', 'a port that does not speak TLS', awsError({ code: 'EPROTO' })],
  ['AwsUnavailable', 'a self-signed certificate', awsError({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })],
  ['AwsUnavailable', 'a certificate for another name', awsError({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })],
  ['AwsUnavailable', 'a reset connection as the cause', awsError({ cause: awsError({ code: 'ECONNRESET' }) })],
  ['AwsUnavailable', 'a hung-up socket', awsError({ message: 'socket hang up' })],
  ['AwsUnavailable', 'an aborted answer', awsError({ message: 'aborted' })],
  ['AwsUnavailable', 'an aborted request', awsError({ name: 'AbortError', message: 'Request aborted' })],
  ['AwsUnavailable', 'an answer that is not JSON', new SyntaxError('Unexpected token <')],
  ['AwsRejected', 'an unknown cluster', awsError({ name: 'ClusterNotFoundException', status: 400 })],
  ['AwsRejected', 'a wrong parameter', awsError({ name: 'InvalidParameterException', status: 400 })],
  ['AwsRejected', 'an unknown target group', awsError({ name: 'TargetGroupNotFoundException', status: 400 })],
  ['AwsRejected', 'a permanent limit', awsError({ name: 'LimitExceededException', status: 400 })],
  [
    'AwsRejected',
    'a 400 whose message mentions aborting',
    awsError({ status: 400, message: 'The deployment was aborted' }),
  ],
  ['AwsRejected', 'no region', new Error('Region is missing')],
  ['AwsRejected', 'a value that is not an error', 'nonsense'],
  ['AwsRejected', 'nothing', undefined],
];

/** Names that decide, because their status is ambiguous, such as 400, or missing. */
const names: Readonly<Record<string, readonly string[]>> = {
  AwsThrottled: [
    'ThrottledException',
    'TooManyRequestsException',
    'TooManyUpdates',
    'RequestLimitExceeded',
    'RequestThrottled',
    'SlowDown',
    'EC2ThrottledException',
    'ProvisionedThroughputExceededException',
    'BandwidthLimitExceeded',
    'PriorRequestNotComplete',
  ],
  AwsAccessDenied: [
    'UnauthorizedOperation',
    'UnauthorizedException',
    'NotAuthorized',
    'AuthFailure',
    'RequestExpired',
    'InvalidSignatureException',
    'SignatureDoesNotMatch',
    'IncompleteSignature',
    'InvalidClientTokenId',
    'InvalidToken',
    'MissingAuthenticationToken',
    'OptInRequired',
    'TokenProviderError',
  ],
  AwsUnavailable: [
    'InternalFailure',
    'InternalError',
    'InternalServerError',
    'InternalServerException',
    'InternalException',
    'InternalServiceError',
    'ServerException',
    'ServiceUnavailableException',
    'RequestTimeoutException',
    'AbortError',
    'RequestAborted',
  ],
  AwsRejected: ['ResourceNotThrottled', 'TokenAccessDenied', 'NoInternalFailure'],
};

/** Node.js codes for a failed connection. */
const networkCodes = [
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ERR_STREAM_PREMATURE_CLOSE',
  'HPE_INVALID_CONSTANT',
];

const call = { service: 'ECS', operation: 'RunTask' } as const;

describe('an error of AWS has one meaning', () => {
  test.each(table)('%s: %s', (expected, _what, error) => {
    const classified = classifyAwsError(error, { service: 'ECS', operation: 'RunTask' });
    expect(classified.name).toBe(expected);
    expect(classified.cause).toBe(error);
  });

  test.each(Object.entries(names))('%s by the name alone', (expected, all) => {
    const told = all.map((name) => [name, classifyAwsError(awsError({ name, status: 400 }), call).name]);
    expect(told).toEqual(all.map((name) => [name, expected]));
  });

  test('AwsUnavailable by the code of a failed connection, which the context contains', () => {
    const told = networkCodes.map((code) => classifyAwsError(awsError({ code }), call));
    expect(told.map(({ name, context }) => [name, context.awsCode])).toEqual(
      networkCodes.map((code) => ['AwsUnavailable', code]),
    );
  });

  test('not AwsUnavailable by a code that only contains the code of a failed connection', () => {
    expect(classifyAwsError(awsError({ code: 'NOT_ECONNRESET' }), call).name).toBe('AwsRejected');
  });

  test('the context contains the call, its subject and the answer of AWS', () => {
    const error = awsError({
      name: 'TargetGroupNotFoundException',
      Code: 'TargetGroupNotFound',
      message: 'One or more target groups not found',
      status: 400,
    });
    const classified = classifyAwsError(error, {
      service: 'ELBv2',
      operation: 'RegisterTargets',
      about: { targetGroupArn: 'arn:1' },
    });
    expect(classified.message).toBe('ELBv2 RegisterTargets: TargetGroupNotFound: One or more target groups not found');
    expect(classified.context).toEqual({
      service: 'ELBv2',
      operation: 'RegisterTargets',
      targetGroupArn: 'arn:1',
      awsCode: 'TargetGroupNotFound',
      requestId: 'request-1',
      httpStatus: 400,
    });
  });

  test('R15: a StartEnginesError is not wrapped again', () => {
    const ours = new StartEnginesError('InvalidRequest', 'too large');
    expect(classifyAwsError(ours, { service: 'ECS', operation: 'RunTask' })).toBe(ours);
  });
});
