import { expect, test } from 'vitest';
import type { Task } from '../src/model/task.ts';
import type { View } from '../src/model/view.ts';
import { takesDown } from '../src/plan/plan-compensation.ts';
import type { Followed, StartState } from '../src/plan/start-state.ts';
import { at, facts, group, groupArn, target, task, taskArn, view } from './samples.ts';

// Attack review, findings 1 and 5: which tasks a failed start may stop.

const followed: Followed = {
  taskArn: taskArn('a'),
  since: at - 60_000,
  looks: 9,
  seenLive: true,
  standingSince: at - 50_000,
};
const intent: StartState = {
  service: 'auth',
  asked: at - 70_000,
  waitFor: 'healthy',
  launchId: 'launch-1',
  restart: false,
  requested: {},
  giveUpAt: at,
  heldUpMs: 0,
  startTimeoutMs: 300_000,
  refusals: [],
  followed,
};
const launched: Partial<Task> = { facts: facts({ waitFor: 'healthy', asked: at - 70_000 }) };
const unreadable = { targetGroupArn: groupArn, readAt: at, readable: false, problem: new Error('throttled') } as const;
const other = task({ taskArn: taskArn('b'), privateIp: '10.0.1.11', createdAt: at - 900_000 });
const bothHealthy = group(target('healthy'), { ip: '10.0.1.11', port: 8080, state: 'healthy' });
const onlyOtherHealthy = group(target('unhealthy'), { ip: '10.0.1.11', port: 8080, state: 'healthy' });

interface Case {
  readonly mine?: Partial<Task>;
  readonly seen?: Partial<View>;
  readonly how?: Partial<StartState>;
  readonly superseded?: boolean;
}

const pending: Partial<Task> = { lastStatus: 'PENDING' };
const adoptedAt = (asked: number): Partial<Task> => ({ adoptedAsked: asked, facts: facts({ waitFor: 'running' }) });
const healthy = { groups: [group(target('healthy'))] };
const stoppedAt = (asked: number): Case => ({
  superseded: true,
  seen: healthy,
  how: { stopNote: { readAt: at, asked } },
});
const markedBy = (by: 'stop' | 'restart'): Case => ({
  superseded: true,
  seen: { ...healthy, tasks: [{ ...other, retire: { asked: at - 60_000, by } }] },
});

test.each<[string, boolean, Case]>([
  ['an unhealthy task that no other start relies on', true, { seen: { groups: [group(target('unhealthy'))] } }],
  ['a task that never ran', true, { mine: { lastStatus: 'PENDING' } }],
  ['a task whose health could not be read', false, { seen: { groups: [unreadable] } }],
  ['a task whose health was read long ago', false, { seen: { at: at + 16_000, groups: [group(target('unhealthy'))] } }],
  [
    'a task that this start has not registered, in a group that cannot be read',
    false,
    {
      seen: { groups: [unreadable] },
      how: { followed: { taskArn: taskArn('a'), since: at - 60_000, looks: 9, seenLive: true } },
    },
  ],
  [
    'a task that another start reported as up',
    false,
    { mine: { upAt: at - 9_000 }, seen: { groups: [group(target('unhealthy'))] } },
  ],
  ['the last healthy task', false, { seen: { groups: [group(target('healthy'))] } }],
  ['a healthy task next to another', true, { seen: { groups: [bothHealthy], tasks: [other] } }],
  [
    'a restart’s unhealthy task while the old one is healthy',
    true,
    {
      how: { restart: true },
      seen: { groups: [onlyOtherHealthy], tasks: [other] },
    },
  ],
  [
    'a restart’s unhealthy task if no other is left',
    false,
    {
      how: { restart: true },
      seen: { groups: [group(target('unhealthy'))] },
    },
  ],
  [
    'a healthy task that a stop has superseded',
    true,
    {
      superseded: true,
      seen: { groups: [group(target('healthy'))] },
      how: { stopNote: { readAt: at, asked: at - 60_000 } },
    },
  ],
  [
    'a superseded task that a start after the stop adopted',
    false,
    {
      superseded: true,
      mine: { adoptedAsked: at - 50_000, upAt: at - 40_000 },
      seen: { groups: [group(target('healthy'))] },
      how: { stopNote: { readAt: at, asked: at - 60_000 } },
    },
  ],
  ['a task that never ran, in a group that cannot be read', true, { mine: pending, seen: { groups: [unreadable] } }],
  ['a restart’s task that never ran if no other is left', true, { mine: pending, how: { restart: true } }],
  ['a task that never ran and that a later start adopted', false, { mine: { ...pending, ...adoptedAt(at - 60_000) } }],
  ['a task that a start with the same time adopted', true, { mine: { ...pending, ...adoptedAt(at - 70_000) } }],
  ['a task that no start adopted', true, { mine: { ...pending, facts: facts({ waitFor: 'running' }) } }],
  [
    'a task that a later start adopted, which still waits for healthy',
    true,
    { mine: { ...pending, adoptedAsked: at - 60_000 } },
  ],
  ['a healthy task, with a stop at the time of its request', true, stoppedAt(at - 70_000)],
  ['a healthy task, with a stop that marked another task', true, markedBy('stop')],
  ['a healthy task, with a restart that marked another task', false, markedBy('restart')],
  [
    'a healthy task, with the note of an earlier stop and the mark of a later one',
    true,
    { ...markedBy('stop'), how: { stopNote: { readAt: at, asked: at - 80_000 } } },
  ],
])('%s is stopped: %s', (_what, expected, { mine, seen, how, superseded = false }) => {
  const own = task({ ...launched, ...mine });
  const found = view({ ...seen, tasks: [own, ...(seen?.tasks ?? [])] });
  expect(takesDown(found, own, { ...intent, ...how }, superseded)).toBe(expected);
});
