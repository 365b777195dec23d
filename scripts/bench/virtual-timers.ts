import type { InMemoryWorld } from '@start-engines/sandbox/in-memory';

/**
 * Makes code that uses the global timers, such as the SDK's waiter, run on the world's clock during `run`. The clock
 * itself uses `setImmediate`, which is not replaced.
 */
export async function onVirtualTimers<Result>(
  { clock }: Pick<InMemoryWorld, 'clock'>,
  run: () => Promise<Result>,
): Promise<Result> {
  const { setTimeout, clearTimeout } = globalThis;
  const { now } = Date;
  const waiting = new Map<number, () => void>();
  let last = 0;
  globalThis.setTimeout = ((callback: () => void, delayMs = 0) => {
    last += 1;
    waiting.set(last, clock.after(delayMs, callback));
    return last;
  }) as unknown as typeof setTimeout;
  globalThis.clearTimeout = ((id: number | undefined) => {
    if (id !== undefined) waiting.get(id)?.();
  }) as typeof clearTimeout;
  Date.now = () => clock.now();
  try {
    return await run();
  } finally {
    Object.assign(globalThis, { setTimeout, clearTimeout });
    Date.now = now;
  }
}
