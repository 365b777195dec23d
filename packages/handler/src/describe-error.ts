import { StartEnginesError } from '@start-engines/core';

const longestMessage = 2_000;
const deepestCause = 5;
/** CloudWatch Logs takes 256 KB for a line. */
const mostCauses = 10;
const longestContext = 20_000;

/** An error as the log shows it: what it is, its context and what caused it, each once and bounded. */
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
    // Where one of our errors was made says nothing; where a defect was, everything.
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

// The SDK's errors carry the whole HTTP response too; only this much of it is for a log.
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
