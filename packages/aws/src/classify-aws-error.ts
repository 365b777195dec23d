import {
  type AwsErrorMeaning,
  awsErrorMeaning,
  type ErrorCode,
  readAwsError,
  StartEnginesError,
} from '@start-engines/core';
import { limitCall } from './call-limit.ts';

/** The call that an error came from. */
export interface AwsOperation {
  readonly service: 'ECS' | 'ELBv2' | 'EventBridge' | 'EC2' | 'Lambda' | 'CloudWatch' | 'CloudWatch Logs' | 'SSM';
  /** The API's own name of the operation, such as `RunTask`. */
  readonly operation: string;
  /** What the call was about, such as a task's ARN. It becomes part of the error's context. */
  readonly about?: Readonly<Record<string, string>>;
}

const codes = {
  throttled: 'AwsThrottled',
  'access-denied': 'AwsAccessDenied',
  unavailable: 'AwsUnavailable',
  'no-capacity': 'CapacityUnavailable',
  rejected: 'AwsRejected',
} as const satisfies Record<AwsErrorMeaning, ErrorCode>;

/**
 * Turns an error of an AWS call into a `StartEnginesError`, by core's table of meanings: `AwsThrottled`, `AwsAccessDenied`,
 * `AwsUnavailable`, for RunTask also `CapacityUnavailable`, and `AwsRejected` for all others. The context has the call, AWS's own code,
 * the request ID and the HTTP status; the cause is the original error. A `StartEnginesError` is returned unchanged.
 */
export function classifyAwsError(error: unknown, operation: AwsOperation): StartEnginesError {
  if (error instanceof StartEnginesError) return error;
  const facts = readAwsError(error);
  const launches = operation.operation === 'RunTask';
  const awsCode = facts.wireCode ?? facts.networkCode ?? facts.name;
  return new StartEnginesError(
    codes[awsErrorMeaning(facts, launches)],
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

/** Makes one call of an SDK client and classifies its errors. */
export async function callAws<T>(operation: AwsOperation, call: () => Promise<T>): Promise<T> {
  try {
    return await limitCall(call);
  } catch (error) {
    throw classifyAwsError(error, operation);
  }
}
