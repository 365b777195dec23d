import { expect, test } from 'vitest';
import type { Task } from '../src/model/task.ts';
import { missedStopOf } from '../src/plan/later-stop.ts';
import { at, facts, task, taskArn, view } from './samples.ts';

/** Requested ten seconds ago. ECS created the task two seconds ago. */
const late = task({ createdAt: at - 2_000, facts: facts({ asked: at - 10_000 }) });
const marked = (by: 'stop' | 'restart', asked: number): Task =>
  task({ taskArn: taskArn('marked'), retire: { asked, by } });

test.each([
  ['the note of a stop between request and creation', late, at - 5_000, [], at - 5_000],
  ['the mark of such a stop on another task', late, undefined, [marked('stop', at - 5_000)], at - 5_000],
  [
    'several marks, of which the latest counts',
    late,
    at - 5_000,
    [marked('stop', at - 3_000), marked('stop', at - 9_000)],
    at - 3_000,
  ],
  ['a note later than the mark', late, at - 3_000, [marked('stop', at - 5_000)], at - 3_000],
  ['no stop', late, undefined, [task({ taskArn: taskArn('other') })], undefined],
  ['the mark of a restart on another task', late, undefined, [marked('restart', at - 5_000)], undefined],
  ['a stop at the time of the request', late, at - 10_000, [], undefined],
  ['a stop at the time of the creation', late, at - 2_000, [], undefined],
  ['a stop requested after the creation', late, at - 1_000, [], undefined],
  ['a stop before a later start adopted the task', { ...late, adoptedAsked: at - 4_000 }, at - 5_000, [], undefined],
  [
    'a stop that marked the task itself',
    { ...late, retire: { asked: at - 5_000, by: 'stop' } },
    at - 5_000,
    [],
    undefined,
  ],
  ['a stop, for a task that has ended', { ...late, desiredStatus: 'STOPPED' }, at - 5_000, [], undefined],
  ['a stop, for a task that another system started', { ...late, facts: undefined }, at - 5_000, [], undefined],
] as [string, Task, number | undefined, Task[], number | undefined][])(
  'the stop that a late task has missed, with %s in view',
  (_what, created, stopNote, others, missed) => {
    expect(
      missedStopOf(view({ tasks: [created, ...others], ...(stopNote === undefined ? {} : { stopNote }) }), created),
    ).toBe(missed);
  },
);
