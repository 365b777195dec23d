import { isOfKnownService } from '@start-engines/core';
import type { Meter } from './meter.ts';
import type { Result } from './replies/reply-of-results.ts';
import { isFailure } from './replies/reply-of-results.ts';

export type CountedOperation = 'Start' | 'Stop' | 'Restart';

/** Counts what became of an operation on one service. */
export function countResult<Outcome extends { readonly service: string }>(
  meter: Meter,
  operation: CountedOperation,
  result: Result<Outcome>,
): void {
  const service = result.ok ? result.outcome.service : knownService(result);
  meter.count(`${operation}Count`, service);
  if (isFailure(result)) meter.count(`${operation}Failure`, service);
}

function knownService({ service, error }: Extract<Result<unknown>, { ok: false }>): string | undefined {
  return isOfKnownService(error) ? service : undefined;
}

/** Counts a reconcile of everything, and its failure. */
export async function countReconcile<Outcome>(meter: Meter, reconcile: () => Promise<Outcome>): Promise<Outcome> {
  meter.count('ReconcileCount', undefined);
  try {
    return await reconcile();
  } catch (error) {
    meter.count('ReconcileFailure', undefined);
    throw error;
  }
}
