import { type ErrorCode, StartEnginesError } from '@start-engines/core';
import { limitCall } from './call-limit.ts';

/** The call that an error came from. */
export interface AwsOperation {
  readonly service: 'ECS' | 'ELBv2' | 'EventBridge' | 'EC2' | 'IAM' | 'Lambda' | 'CloudWatch Logs' | 'SSM';
  /** The API's own name of the operation, such as `RunTask`. */
  readonly operation: string;
  /** What the call was about, such as a task's ARN. It becomes part of the error's context. */
  readonly about?: Readonly<Record<string, string>>;
}

type AwsErrorCode = Extract<ErrorCode, `Aws${string}`>;

/** What may be found on an error of the SDK or of Node.js. None of it is certain to be there. */
interface ErrorFacts {
  readonly name: string;
  readonly message: string;
  /** The code on the wire, where the query protocol carries one (`TargetGroupNotFound`). */
  readonly wireCode?: string;
  /** Node.js' code of a network error. */
  readonly networkCode?: string;
  readonly httpStatus?: number;
  readonly requestId?: string;
  readonly fault?: string;
  readonly saidToThrottle: boolean;
}

// ECS wraps EC2's throttle in an InvalidParameterException, so the words of the message have to count too.
const throttleCode =
  /^(Throttl|TooManyRequests|TooManyUpdates|RequestLimitExceeded|RequestThrottled|SlowDown|EC2Throttled|ProvisionedThroughputExceeded|BandwidthLimitExceeded|PriorRequestNotComplete)/;
const throttleMessage = /\b(RequestLimitExceeded|Request limit exceeded|Rate exceeded)\b/i;

const accessCode =
  /^(AccessDenied|UnauthorizedOperation|Unauthorized|NotAuthorized|AuthFailure|ExpiredToken|RequestExpired|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|UnrecognizedClient|InvalidClientTokenId|InvalidToken|MissingAuthenticationToken|OptInRequired|CredentialsProviderError|TokenProviderError)/;
const accessMessage = /\bnot authorized to perform\b/i;

const unavailableCode =
  /^(InternalFailure|InternalError|InternalServer|InternalException|InternalServiceError|ServerException|ServiceUnavailable|TimeoutError|RequestTimeout|AbortError|RequestAborted|SyntaxError)/;
const unavailableMessage = /\b(socket hang up|aborted)\b/i;
const networkCode =
  /^(ECONNRESET|ECONNREFUSED|ECONNABORTED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|ERR_STREAM_PREMATURE_CLOSE|HPE_|EADDRNOTAVAIL|EPROTO|ERR_SSL_|ERR_TLS_|CERT_|SELF_SIGNED_CERT_|DEPTH_ZERO_|UNABLE_TO_)/;

/**
 * The one place that tells what an error of an AWS call means: `AwsThrottled`, `AwsAccessDenied`, `AwsUnavailable`, or
 * else `AwsRejected`. The context carries the call, AWS's own code, the request's id and the HTTP status; the error
 * itself is the cause. An error that is ours already comes back as it is.
 */
export function classifyAwsError(error: unknown, operation: AwsOperation): StartEnginesError {
  if (error instanceof StartEnginesError) return error;
  const facts = readFacts(error);
  const awsCode = facts.wireCode ?? facts.networkCode ?? facts.name;
  return new StartEnginesError(
    codeOf(facts),
    `${operation.service} ${operation.operation}: ${awsCode}: ${facts.message}`,
    {
      cause: error,
      context: {
        service: operation.service,
        operation: operation.operation,
        ...operation.about,
        awsCode,
        ...(facts.requestId === undefined ? {} : { requestId: facts.requestId }),
        ...(facts.httpStatus === undefined ? {} : { httpStatus: facts.httpStatus }),
      },
    },
  );
}

/** Makes one call of an SDK client and classifies what goes wrong with it. */
export async function callAws<T>(operation: AwsOperation, call: () => Promise<T>): Promise<T> {
  try {
    return await limitCall(call);
  } catch (error) {
    throw classifyAwsError(error, operation);
  }
}

function codeOf(facts: ErrorFacts): AwsErrorCode {
  const { name, wireCode, message, httpStatus = 0 } = facts;
  const named = (pattern: RegExp) => pattern.test(name) || (wireCode !== undefined && pattern.test(wireCode));
  // A throttle comes first: it may have the status 400, 403 (STS), 429 or 503.
  if (named(throttleCode) || facts.saidToThrottle || httpStatus === 429 || throttleMessage.test(message)) {
    return 'AwsThrottled';
  }
  if (named(accessCode) || httpStatus === 401 || httpStatus === 403 || accessMessage.test(message)) {
    return 'AwsAccessDenied';
  }
  if (httpStatus >= 500 || facts.fault === 'server' || named(unavailableCode)) return 'AwsUnavailable';
  const answered = httpStatus >= 400;
  // The words of an answer are AWS's and may say "aborted" of anything; without one they are the network's.
  const broken = networkCode.test(facts.networkCode ?? '') || unavailableMessage.test(message);
  return !answered && broken ? 'AwsUnavailable' : 'AwsRejected';
}

function readFacts(error: unknown): ErrorFacts {
  if (typeof error !== 'object' || error === null) {
    return { name: 'Error', message: String(error), saidToThrottle: false };
  }
  const raw = error as Record<string, unknown>;
  const metadata = asRecord(raw.$metadata);
  const wireCode = asText(raw.Code);
  const network = asText(raw.code) ?? asText(asRecord(raw.cause).code);
  const httpStatus = asNumber(metadata.httpStatusCode) ?? asNumber(asRecord(raw.$response).statusCode);
  const requestId = asText(metadata.requestId);
  const fault = asText(raw.$fault);
  return {
    name: asText(raw.name) ?? 'Error',
    message: asText(raw.message) ?? 'no message',
    saidToThrottle: asRecord(raw.$retryable).throttling === true,
    ...(wireCode === undefined ? {} : { wireCode }),
    ...(network === undefined ? {} : { networkCode: network }),
    ...(httpStatus === undefined ? {} : { httpStatus }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(fault === undefined ? {} : { fault }),
  };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
