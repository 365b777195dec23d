import type { ReconcileForecast, ReconcileOutcome } from '@start-engines/core';
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
