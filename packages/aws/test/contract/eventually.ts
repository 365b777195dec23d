import { setTimeout as delay } from 'node:timers/promises';

/** Reads until what was read is what is wanted; the last reading is returned either way, for a test to assert. */
export async function eventually<T>(read: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> {
  const giveUpAt = Date.now() + 30_000;
  for (;;) {
    const value = await read();
    if (wanted(value) || Date.now() > giveUpAt) return value;
    await delay(50);
  }
}
