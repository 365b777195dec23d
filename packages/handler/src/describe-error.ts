import { StartEnginesError } from '@start-engines/core';

const longestMessage = 2_000;
const deepestCause = 5;
/** CloudWatch Logs limits a line to 256 KB. */
const mostCauses = 10;
const longestContext = 20_000;

/** An error for the log, with its context and causes. The length of each part is limited. */
export function describeError(error: unknown, depth = 0): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { message: cut(String(error)) };
  const isOurs = error instanceof StartEnginesError;
  const cause = error instanceof AggregateError ? error.errors : error.cause;
  return {
    name: error.name,
    message: cut(error.message),
    ...(isOurs ? { code: error.code, retryable: error.retryable, context: cutFacts(error.context) } : {}),
    ...(isOurs && error.results !== undefined ? { results: cutFacts(error.results) } : {}),
    ...requestOf(error),
    // The stack of our own errors is of no use; the stack of a defect is essential.
    ...((isOurs && error.code !== 'Internal') || error instanceof AggregateError
      ? {}
      : { stack: cut(error.stack ?? '') }),
    ...(cause === undefined || depth >= deepestCause ? {} : { cause: describeCause(cause, depth + 1) }),
  };
}

function describeCause(cause: unknown, depth: number): unknown {
  if (!Array.isArray(cause)) return describeError(cause, depth);
  const rest = cause.length - mostCauses;
  return [
    ...cause.slice(0, mostCauses).map((each) => describeError(each, depth)),
    ...(rest > 0 ? [{ message: `and ${rest} more` }] : []),
  ];
}

// The SDK's errors carry the whole HTTP response. Only these two belong in a log.
function requestOf(error: Error): Readonly<Record<string, unknown>> {
  const metadata = '$metadata' in error ? error.$metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null) return {};
  const { requestId, httpStatusCode } = metadata as { requestId?: string; httpStatusCode?: number };
  return { awsRequestId: requestId, httpStatusCode };
}

function cutFacts(facts: object): unknown {
  const text = JSON.stringify(facts);
  return text.length > longestContext ? { cut: text.slice(0, longestContext) } : facts;
}

function cut(text: string): string {
  return text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text;
}
