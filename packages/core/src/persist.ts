import { isPassing, StartEnginesError, toStartEnginesError } from './errors.ts';
import type { Clock, Journal } from './ports.ts';
import { troubleDelayMs } from './wait-schedule.ts';

/**
 * Does something in AWS again and again while AWS throttles it or does not answer, with a growing pause. Only for what
 * may be done twice.
 *
 * @param until Milliseconds since the epoch after which no new try is begun.
 * @throws StartEnginesError The last error when time is up, and any error that will not pass.
 */
export async function persist<Result>(
  ports: { readonly clock: Clock; readonly journal: Journal },
  service: string,
  until: number,
  attempt: () => Promise<Result>,
): Promise<Result> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt();
    } catch (caught) {
      const error = toStartEnginesError(caught);
      const delayMs = troubleDelayMs(failures);
      if (!isPassing(error) || ports.clock.now() + delayMs >= until) throw error;
      ports.journal.record({ service, kind: 'aws-trouble', code: error.code, message: error.message });
      await ports.clock.sleep(delayMs);
    }
  }
}

/** Both errors in one, so that neither is lost. */
export function compensationFailed(
  cause: StartEnginesError,
  cleanup: StartEnginesError,
  taskArn: string,
): StartEnginesError {
  return new StartEnginesError(
    'CompensationFailed',
    `The start failed (${cause.code}: ${cause.message}) and task ${taskArn} could not be taken down (${cleanup.code}: ${cleanup.message}). Reconcile finishes it.`,
    { cause: new AggregateError([cause, cleanup]), context: { ...cause.context, taskArn, causeCode: cause.code } },
  );
}
