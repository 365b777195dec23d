import { expect, test } from 'vitest';
import { planStart } from '../src/plan/plan-start.ts';
import type { StartState } from '../src/plan/start-state.ts';
import { at, view } from './samples.ts';

function intent(changes: Partial<StartState>): StartState {
  return {
    service: 'auth',
    asked: at - 60_000,
    waitFor: 'running',
    launchId: 'launch-1',
    restart: false,
    requested: {},
    giveUpAt: at + 60_000,
    heldUpMs: 0,
    startTimeoutMs: 300_000,
    refusals: [],
    ...changes,
  };
}

const stopped = at - 90_000;

test.each([
  ['requested five seconds ago is launched directly', { asked: at - 5_000 }, 'launch'],
  ['requested longer ago first reads the note of a stop', { asked: at - 5_001 }, 'read-stop-note'],
  ['that has found no note is launched', { stopNote: { readAt: at - 4_999, asked: undefined } }, 'launch'],
  ['that has found the note of an earlier stop is launched', { stopNote: { readAt: at, asked: stopped } }, 'launch'],
  [
    'that read the note five seconds ago reads it again, because a stop may have arrived since',
    { stopNote: { readAt: at - 5_000, asked: stopped } },
    'read-stop-note',
  ],
] as const)('a start %s', (_what, changes, kind) => {
  expect(planStart(view(), intent(changes)).kind).toBe(kind);
});

test('a start that has found the note of a later stop is superseded', () => {
  const step = planStart(view(), intent({ stopNote: { readAt: at, asked: at - 59_999 } }));
  expect(step.kind === 'fail' && step.error.code).toBe('Superseded');
});
