import { setTimeout } from 'node:timers/promises';

/** Waits. An abort ends the wait at once, without an error. */
export async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  await setTimeout(delayMs, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
