import { putResultsIntoMessage, StartEnginesError, type StopOutcome, type StopResult } from '@start-engines/core';
import type { Body, Reply } from './reply.ts';
import { bodyOfFailure, type FailedResult, isFailure, severalFailed } from './reply-of-results.ts';

/**
 * One body for each service, in the order of the request.
 *
 * @throws the service's own error when it was the only one, else `SeveralFailed`; its message ends with what was done all
 * the same, because name and message are all that Lambda tells a caller.
 */
export function replyOfStops(results: readonly StopResult[]): Reply {
  const failures = results.filter(isFailure);
  const [first] = failures;
  if (first === undefined) return { statusCode: 200, body: { results: results.map(bodyOfStopResult) } };
  if (results.length > 1) throw severalFailed(failures, results.map(bodyOfStopResult));
  throw withPartialResult(first);
}

function bodyOfStopResult(result: StopResult): Body {
  if (result.ok) return bodyOfStop(result.outcome);
  return { ...bodyOfFailure(result), ...doneBeforeFailure(result.partial) };
}

function bodyOfStop({ service, tasksStopped, targetsDeregistered, status }: StopOutcome): Body {
  return { service, tasksStopped, targetsDeregistered, status };
}

function doneBeforeFailure(partial: StopOutcome | undefined): Body {
  const { tasksStopped = [], targetsDeregistered = [] } = partial ?? {};
  return { tasksStopped, targetsDeregistered, status: 'failed' };
}

function withPartialResult(failed: FailedResult & { readonly partial?: StopOutcome }): Error {
  const { service, error, partial } = failed;
  const { tasksStopped = [], targetsDeregistered = [] } = partial ?? {};
  if (!(error instanceof StartEnginesError) || tasksStopped.length + targetsDeregistered.length === 0) return error;
  const results = [{ service, ...doneBeforeFailure(partial) }];
  const { partial: _, ...context } = error.context;
  return new StartEnginesError(error.code, putResultsIntoMessage(error.message, results), {
    cause: error.cause,
    context: { ...context, results },
  });
}
