import {
  putResultsIntoMessage,
  type ReconcileForecast,
  type ReconcileOutcome,
  StartEnginesError,
} from '@start-engines/core';
import type { Reply } from './reply.ts';

/** The services in which something was done or noticed. */
export function replyOfReconcile(outcomes: readonly ReconcileOutcome[]): Reply {
  return { statusCode: 200, body: { results: outcomes.filter(isWorthTelling) } };
}

/** The services in which something would be done or was noticed. `dryRun` says that nothing was done. */
export function replyOfForecast(forecasts: readonly ReconcileForecast[]): Reply {
  return { statusCode: 200, body: { dryRun: true, results: forecasts } };
}

function isWorthTelling(outcome: ReconcileOutcome): boolean {
  return Object.values(outcome).some((list) => Array.isArray(list) && list.length > 0);
}

/**
 * The error of a reconcile in which services failed. Name and message are all that Lambda tells a caller, so its message ends
 * with what was done for the others.
 */
export function withOthersResults(error: unknown): unknown {
  if (!(error instanceof StartEnginesError)) return error;
  const { results } = error.context;
  if (!Array.isArray(results) || results.length === 0) return error;
  return new StartEnginesError(error.code, putResultsIntoMessage(error.message, results), {
    cause: error.cause,
    context: error.context,
  });
}
