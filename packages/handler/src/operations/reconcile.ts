import { forecastReconcile, operationTriggers, reconcileAll } from '@start-engines/core';
import { fieldOf, readBoolean } from '../read-fields.ts';
import { defineOperation } from './operation.ts';
import { checkFields, commonFields } from './read-services.ts';

/** Every service at once. A dry run only reports what reconcile would do. */
export const reconcile = defineOperation({
  name: 'reconcile',
  triggers: operationTriggers.reconcile,
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
      throw caught;
    }
  },
  reply: (results, { dryRun }) => ({ statusCode: 200, body: dryRun ? { dryRun, results } : { results } }),
});
