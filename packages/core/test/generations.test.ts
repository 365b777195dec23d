import { expect, test } from 'vitest';
import type { Generation, Task } from '../src/model/task.ts';
import { generationSettlesInMs, mayHaveMissedAnEnd } from '../src/plan/generations.ts';
import { planStart } from '../src/plan/plan-start.ts';
import { at, facts, group, groupArn, target, task, taskArn, view } from './samples.ts';

// Attack review, finding 3: two tasks after a crash, once ECS has forgotten the token that created the first.

const hour = 3_600_000;

function crashed(generation: Generation | undefined, changes: Partial<Task> = {}): Task {
  const launch = facts(generation === undefined ? {} : { generation });
  const ended = { desiredStatus: 'STOPPED', lastStatus: 'STOPPED', stoppingAt: at - 2_000 } as const;
  return task({ ...ended, createdAt: at - 3 * hour, facts: launch, ...changes });
}

const first: Generation = { predecessor: 'none', attempt: 0 };
const older = crashed(first, { taskArn: taskArn('0'), createdAt: at - 4 * hour, stoppingAt: at - 3.5 * hour });

const { facts: _, ...withoutFacts } = crashed(undefined);

test.each([
  ['of the first generation within a day', [crashed(first)], undefined],
  ['of the first generation, a day after its launch', [crashed(first, { createdAt: at - 24 * hour })], 23_000],
  ['whose predecessor ECS has forgotten', [crashed({ predecessor: taskArn('0'), attempt: 0 })], 23_000],
  ['whose predecessor is known', [crashed({ predecessor: taskArn('0'), attempt: 0 }), older], undefined],
  ['that a later attempt created', [crashed({ predecessor: 'none', attempt: '2026-11-23T07:58' })], 23_000],
  ['of an earlier version, which did not record its generation', [crashed(undefined)], 23_000],
  ['without facts, started by another system', [withoutFacts], 23_000],
  ['so old that ECS may forget its token', [crashed(first, { createdAt: at - 24 * hour + 300_000 })], 23_000],
  ['and one that ended later', [crashed(undefined, { stoppingAt: at - 10_000 }), crashed(undefined)], 23_000],
  ['that ended 25 seconds ago', [crashed(undefined, { stoppingAt: at - 25_000 })], undefined],
] as const)('the next launch waits for settled reads after a task %s', (_what, tasks, delayMs) => {
  expect(generationSettlesInMs(view({ tasks }))).toBe(delayMs);
});

test('a start waits until reads have settled, and looks again', () => {
  const intent = {
    service: 'auth',
    asked: at - 1_000,
    waitFor: 'running',
    launchId: 'launch-2',
    restart: false,
    requested: {},
    giveUpAt: at + 60_000,
    heldUpMs: 0,
    startTimeoutMs: 300_000,
    refusals: [],
  } as const;
  const step = planStart(view({ tasks: [crashed(undefined)], groups: [] }), intent);
  expect(step).toEqual({ kind: 'wait', delayMs: 23_000, look: 'service' });
});

test('lists older than five seconds may have missed an end only if a target is registered', () => {
  const old = { listedAt: at - 5_001 };
  expect(mayHaveMissedAnEnd(view({ ...old, groups: [group(target('unhealthy'))] }))).toBe(true);
  expect(mayHaveMissedAnEnd(view({ ...old, groups: [group()] }))).toBe(false);
  expect(mayHaveMissedAnEnd(view({ listedAt: at - 5_000, groups: [group(target('unhealthy'))] }))).toBe(false);
});

test('old lists may have missed an end if one of several groups has a target or cannot be read', () => {
  const stray = group(target('unhealthy'));
  const unreadable = { targetGroupArn: groupArn, readAt: at, readable: false, problem: new Error('denied') } as const;
  expect(mayHaveMissedAnEnd(view({ listedAt: at - 5_001, groups: [group(), stray] }))).toBe(true);
  expect(mayHaveMissedAnEnd(view({ listedAt: at - 5_001, groups: [group(), unreadable] }))).toBe(true);
});
