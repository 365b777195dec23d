import { expect } from 'vitest';
import type { Behaviour } from './suite.ts';

/** Declares the behaviour of the ports `StopNotes` and `Pauses` on AWS. */
export function describeStopNotes(behaviour: Behaviour): void {
  behaviour('a stop without a note is unknown, and a note can be read back', async ({ stopNotes }) => {
    expect(await stopNotes.latest('auth')).toBeUndefined();
    await stopNotes.note('auth', Date.UTC(2026, 0, 2, 3, 4, 5, 678));
    expect(await stopNotes.latest('auth')).toBe(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
    expect(await stopNotes.latest('pdf')).toBeUndefined();
  });

  behaviour(
    'a later stop replaces the note of an earlier one, but an earlier stop does not replace a later note',
    async ({ stopNotes }) => {
      for (const asked of [2_000, 3_000, 1_000]) await stopNotes.note('users', asked);
      expect(await stopNotes.latest('users')).toBe(3_000);
    },
  );

  behaviour('a pause and its end are two records, and an earlier one replaces no later one', async ({ pauses }) => {
    expect(await pauses.read('auth')).toEqual({ pausedAt: 0, resumedAt: 0 });
    for (const asked of [2_000, 3_000, 1_000]) await pauses.note('auth', 'paused', asked);
    await pauses.note('auth', 'resumed', 2_500);
    expect(await pauses.read('auth')).toEqual({ pausedAt: 3_000, resumedAt: 2_500 });
    expect(await pauses.list()).toEqual(new Map([['auth', { pausedAt: 3_000, resumedAt: 2_500 }]]));
  });

  behaviour('more pauses than a page are listed', async ({ pauses }) => {
    const names = Array.from({ length: 12 }, (_, index) => `service-${index}`);
    for (const name of names) await pauses.note(name, 'paused', 1_000);
    expect([...(await pauses.list()).keys()].filter((name) => name.startsWith('service-')).toSorted()).toEqual(
      names.toSorted(),
    );
  });
}
