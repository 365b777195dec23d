import { expect, test } from 'vitest';
import type { Task } from '../src/model/task.ts';
import { missedStopOf } from '../src/plan/later-stop.ts';
import { at, facts, task, taskArn, view } from './samples.ts';

/** Requested ten seconds ago; ECS created the task two seconds ago. */
const late = task({ createdAt: at - 2_000, facts: facts({ asked: at - 10_000 }) });
const marked = (by: 'stop' | 'restart', asked: number): Task =>
  task({ taskArn: taskArn('marked'), retire: { asked, by } });

test.each([
  ['the note of a stop between request and creation', late, at - 5_000, [], at - 5_000],
  ['another task that such a stop has marked', late, undefined, [marked('stop', at - 5_000)], at - 5_000],
  [
    'several of those: the latest',
    late,
    at - 5_000,
    [marked('stop', at - 3_000), marked('stop', at - 9_000)],
    at - 3_000,
  ],
  ['a note that is later than the mark', late, at - 3_000, [marked('stop', at - 5_000)], at - 3_000],
  ['no stop', late, undefined, [task({ taskArn: taskArn('other') })], undefined],
  ['another task that a restart has marked', late, undefined, [marked('restart', at - 5_000)], undefined],
  ['a stop at the time of the request', late, at - 10_000, [], undefined],
  ['a stop at the time of the creation', late, at - 2_000, [], undefined],
  ['a stop that was requested after the creation', late, at - 1_000, [], undefined],
  ['a stop before a later start adopted the task', { ...late, adoptedAsked: at - 4_000 }, at - 5_000, [], undefined],
  [
    'a stop that has marked the task',
    { ...late, retire: { asked: at - 5_000, by: 'stop' } },
    at - 5_000,
    [],
    undefined,
  ],
  ['a stop, for a task that has ended', { ...late, desiredStatus: 'STOPPED' }, at - 5_000, [], undefined],
  ['a stop, for a task that somebody else started', { ...late, facts: undefined }, at - 5_000, [], undefined],
] as [string, Task, number | undefined, Task[], number | undefined][])(
  'a task that was created late has missed, with %s in view',
  (_what, created, stopNote, others, missed) => {
    expect(
      missedStopOf(view({ tasks: [created, ...others], ...(stopNote === undefined ? {} : { stopNote }) }), created),
    ).toBe(missed);
  },
);
