import { setTimeout as delay } from 'node:timers/promises';

/** Reads until the result is as expected, and returns the last result in any case, for a test to assert. */
export async function eventually<T>(read: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> {
  const giveUpAt = Date.now() + 30_000;
  for (;;) {
    const value = await read();
    if (wanted(value) || Date.now() > giveUpAt) return value;
    await delay(50);
  }
}
