import { setTimeout } from 'node:timers/promises';

/** Waits; an abort ends it at once and without an error. */
export async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  await setTimeout(delayMs, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
