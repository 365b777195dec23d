import {
  isOfKnownService,
  listFirst,
  type ServiceResult,
  StartEnginesError,
  toStartEnginesError,
} from '@start-engines/core';
import type { Meter } from '../meter.ts';
import { isSuperseded } from './error.ts';
import type { Reply } from './reply.ts';

/** The result for one of several services. */
export type Result<Outcome> = { readonly ok: true; readonly outcome: Outcome } | FailedResult;

export interface FailedResult {
  readonly ok: false;
  readonly service: string;
  readonly error: StartEnginesError;
}

const longestMessage = 1_000;

/** Turns the end of an operation on one service into a result. */
export async function settle<Outcome>(service: string, run: () => Promise<Outcome>): Promise<Result<Outcome>> {
  try {
    return { ok: true, outcome: await run() };
  } catch (caught) {
    return { ok: false, service, error: toStartEnginesError(caught) };
  }
}

/** @throws the error of the only result, when it is a failure. */
export function onlyOutcome<Outcome>([only]: readonly Result<Outcome>[]): Outcome {
  if (only === undefined) throw new Error('The operation has no result.');
  if (only.ok) return only.outcome;
  throw only.error;
}

/** Counts an operation on one service, and its failure. */
export function countResult(meter: Meter, metric: string, result: Result<{ readonly service: string }>): void {
  const service = result.ok ? result.outcome.service : isOfKnownService(result.error) ? result.service : undefined;
  meter.count(`${metric}Count`, service);
  if (isFailure(result)) meter.count(`${metric}Failure`, service);
}

/** Whether the operation failed. A start that a later stop overtook did not fail. */
export function isFailure<Outcome>(result: Result<Outcome>): result is FailedResult {
  return !result.ok && !isSuperseded(result.error);
}

/**
 * One body for each service, in the order of the request.
 *
 * @throws the service's own error when it was the only one, else `SeveralFailed`.
 */
export function replyOfResults<Outcome>(
  results: readonly Result<Outcome>[],
  bodyOf: (outcome: Outcome) => ServiceResult,
): Reply {
  const failures = results.filter(isFailure);
  const [first] = failures;
  const bodies = results.map((result) => (result.ok ? bodyOf(result.outcome) : bodyOfFailure(result)));
  if (first === undefined) return { statusCode: 200, body: { results: bodies } };
  if (results.length === 1) throw first.error;
  throw severalFailed(failures, bodies);
}

/** The result of a service that failed, or that a later stop overtook, next to the results of the others. */
export function bodyOfFailure({ service, error }: FailedResult): ServiceResult {
  if (isSuperseded(error)) return { service, message: error.message, superseded: true };
  return { service, error: error.code, message: error.message.slice(0, longestMessage) };
}

export function severalFailed(failures: readonly FailedResult[], results: readonly ServiceResult[]): StartEnginesError {
  const named = listFirst(
    failures.map(({ service, error }) => `${service}: ${error.code}`),
    ', ',
  );
  const errors = failures.map(({ error }) => error);
  return new StartEnginesError('SeveralFailed', `${failures.length} of ${results.length} services failed (${named}).`, {
    cause: new AggregateError(errors, named),
    results,
  });
}
