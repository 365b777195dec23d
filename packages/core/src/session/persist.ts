import { createHash } from 'node:crypto';
import { isTransient, StartEnginesError, toStartEnginesError } from '../model/errors.ts';
import type { Ports } from '../model/ports.ts';
import { troubleDelayMs } from '../plan/wait-schedule.ts';

/**
 * Repeats a call with growing pauses while AWS throttles it or does not answer. Only for calls that may be made twice.
 *
 * @param until Milliseconds since the epoch after which the call is not repeated.
 * @param onPause Called with the milliseconds of each pause.
 * @throws StartEnginesError The last error when time is up, and any error that is not transient.
 */
export async function persist<Result>(
  ports: Pick<Ports, 'clock' | 'journal' | 'newId'>,
  service: string,
  until: number,
  attempt: () => Promise<Result>,
  onPause: (delayMs: number) => void = () => {},
): Promise<Result> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt();
    } catch (caught) {
      const error = toStartEnginesError(caught);
      const delayMs = pauseAfter(ports, failures);
      if (!isTransient(error) || ports.clock.now() + delayMs >= until) throw error;
      ports.journal.record({ service, kind: 'aws-trouble', code: error.code, message: error.message });
      onPause(delayMs);
      await ports.clock.sleep(delayMs);
    }
  }
}

/** Repeats a call while AWS throttles it, but not while AWS does not answer: an outage would hold up all other services. */
export async function persistThrottled<Result>(
  ports: Pick<Ports, 'clock' | 'journal' | 'newId'>,
  service: string,
  until: number,
  attempt: () => Promise<Result>,
): Promise<Result> {
  const result = await persist(ports, service, until, async () => {
    try {
      return { value: await attempt() };
    } catch (caught) {
      const error = toStartEnginesError(caught);
      if (error.code === 'AwsThrottled') throw error;
      return { error };
    }
  });
  if ('error' in result) throw result.error;
  return result.value;
}

/**
 * Makes one change that was decided on a look. If AWS throttles it or does not answer, it pauses and returns `look-again`: the look
 * is out of date, and the caller looks and plans again.
 *
 * @param failures How many times in a row that has happened before.
 * @param onPause Called with the milliseconds of the pause.
 * @throws StartEnginesError An error that is not transient, and a transient one when time is up.
 */
export async function tryOnce(
  ports: Pick<Ports, 'clock' | 'journal' | 'newId'>,
  { service, until, failures }: { readonly service: string; readonly until: number; readonly failures: number },
  attempt: () => Promise<void>,
  onPause: (delayMs: number) => void = () => {},
): Promise<'done' | 'look-again'> {
  try {
    await attempt();
    return 'done';
  } catch (caught) {
    const error = toStartEnginesError(caught);
    const delayMs = pauseAfter(ports, failures + 1);
    if (!isTransient(error) || ports.clock.now() + delayMs >= until) throw error;
    ports.journal.record({ service, kind: 'aws-trouble', code: error.code, message: error.message });
    onPause(delayMs);
    await ports.clock.sleep(delayMs);
    return 'look-again';
  }
}

/** The pause after so many failures in a row, in milliseconds, with jitter. */
export function pauseAfter({ newId }: Pick<Ports, 'newId'>, failures: number): number {
  const jitter = createHash('sha256').update(newId()).digest().readUInt32BE() / 2 ** 32;
  return troubleDelayMs(failures, jitter);
}

/** Both errors in one. */
export function compensationFailed(
  cause: StartEnginesError,
  cleanup: StartEnginesError,
  taskArn: string,
): StartEnginesError {
  return new StartEnginesError(
    'CompensationFailed',
    `The start failed (${cause.code}: ${cause.message}) and task ${taskArn} could not be stopped (${cleanup.code}: ${cleanup.message}). The next reconcile stops it.`,
    { cause: new AggregateError([cause, cleanup]), context: { ...cause.context, taskArn, causeCode: cause.code } },
  );
}
