import {
  forecastReconcile,
  putResultsIntoMessage,
  type ReconcileOutcome,
  reconcileAll,
  StartEnginesError,
} from '@start-engines/core';
import { fieldOf, readBoolean } from '../read-fields.ts';
import type { Reply } from '../replies/reply.ts';
import { defineOperation } from './operation.ts';
import { checkFields, commonFields } from './read-services.ts';

/** Every service at once. A dry run only reports what reconcile would do. */
export const reconcile = defineOperation({
  name: 'reconcile',
  triggers: { action: 'reconcile' },
  read(fields, origin) {
    checkFields(fields, [...commonFields, 'dryRun'], origin);
    const dryRun = fieldOf(fields, 'dryRun');
    return { dryRun: dryRun === undefined ? false : readBoolean(dryRun, 'dryRun') };
  },
  services: () => undefined,
  logDetails: ({ dryRun }) => (dryRun ? { dryRun } : {}),
  async run({ dryRun }, { ports, meter, context }) {
    if (!dryRun) meter.count('ReconcileCount', undefined);
    try {
      return await (dryRun ? forecastReconcile(ports, context) : reconcileAll(ports, context));
    } catch (caught) {
      if (!dryRun) meter.count('ReconcileFailure', undefined);
      throw withOthersResults(caught);
    }
  },
  reply: (outcomes, { dryRun }) =>
    dryRun ? { statusCode: 200, body: { dryRun, results: outcomes } } : replyOfReconcile(outcomes),
});

/** The services in which something was done or noticed. */
export function replyOfReconcile(outcomes: readonly ReconcileOutcome[]): Reply {
  return { statusCode: 200, body: { results: outcomes.filter(isWorthTelling) } };
}

function isWorthTelling(outcome: ReconcileOutcome): boolean {
  return Object.values(outcome).some((list) => Array.isArray(list) && list.length > 0);
}

/**
 * The error of a reconcile in which services failed. Name and message are all that Lambda tells a caller, so its message ends
 * with what was done for the others.
 */
function withOthersResults(error: unknown): unknown {
  if (!(error instanceof StartEnginesError)) return error;
  const { results } = error.context;
  if (!Array.isArray(results) || results.length === 0) return error;
  return new StartEnginesError(error.code, putResultsIntoMessage(error.message, results), {
    cause: error.cause,
    context: error.context,
  });
}
