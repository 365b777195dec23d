import type { ReconcileOutcome } from '@start-engines/core';
import type { Reply } from './reply.ts';

/** The services in which something was done or noticed. */
export function replyOfReconcile(outcomes: readonly ReconcileOutcome[]): Reply {
  return { statusCode: 200, body: { results: outcomes.filter(isWorthTelling) } };
}

function isWorthTelling(outcome: ReconcileOutcome): boolean {
  return Object.values(outcome).some((list) => Array.isArray(list) && list.length > 0);
}
