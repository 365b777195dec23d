import {
  type ErrorCode,
  isOfKnownService,
  listFirst,
  putResultsIntoMessage,
  StartEnginesError,
  toStartEnginesError,
} from '@start-engines/core';
import type { Meter } from '../meter.ts';
import { isSuperseded } from './error.ts';
import type { Body, Reply } from './reply.ts';

/** What became of one service of several. */
export type Result<Outcome> = { readonly ok: true; readonly outcome: Outcome } | FailedResult;

export interface FailedResult {
  readonly ok: false;
  readonly service: string;
  readonly error: Error;
}

const longestMessage = 1_000;

/** What became of the operation on one service, where that is a promise. */
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

/** Counts what became of an operation on one service. */
export function countResult(meter: Meter, metric: string, result: Result<{ readonly service: string }>): void {
  const service = result.ok ? result.outcome.service : isOfKnownService(result.error) ? result.service : undefined;
  meter.count(`${metric}Count`, service);
  if (isFailure(result)) meter.count(`${metric}Failure`, service);
}

/** Whether the operation failed. One that a later stop overtook did not. */
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
  bodyOf: (outcome: Outcome) => Body,
): Reply {
  const failures = results.filter(isFailure);
  const [first] = failures;
  const bodies = results.map((result) => (result.ok ? bodyOf(result.outcome) : bodyOfFailure(result)));
  if (first === undefined) return { statusCode: 200, body: { results: bodies } };
  if (results.length === 1) throw first.error;
  throw severalFailed(failures, bodies);
}

/** What is told of one service that failed, or that a later stop overtook, beside the results of others. */
export function bodyOfFailure({ service, error }: FailedResult): Body {
  if (isSuperseded(error)) return { service, message: error.message, superseded: true };
  return { service, error: codeOf(error), message: error.message.slice(0, longestMessage) };
}

// Lambda tells a caller name and message of an error and nothing else, so what became of the others has to be in the
// message: a Step Function's `Catch` finds it there.
export function severalFailed(failures: readonly FailedResult[], bodies: readonly Body[]): StartEnginesError {
  const names = failures.map(({ service, error }) => `${service}: ${codeOf(error)}`);
  const named = listFirst(names, ', ');
  return new StartEnginesError(
    'SeveralFailed',
    putResultsIntoMessage(`${failures.length} of ${bodies.length} services failed (${named}).`, bodies),
    {
      cause: new AggregateError(
        failures.map(({ error }) => error),
        named,
      ),
    },
  );
}

function codeOf(error: Error): ErrorCode {
  return error instanceof StartEnginesError ? error.code : 'Internal';
}
