import { expect } from 'vitest';
import type { Behaviour } from './suite.ts';

/** Declares the behaviour of the port `StopNotes` on AWS. */
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
}
