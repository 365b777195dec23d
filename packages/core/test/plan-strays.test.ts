import { expect, test } from 'vitest';
import { neighboursAmong } from '../src/model/neighbours.ts';
import { needsNeighbours, planUpkeep } from '../src/plan/plan-upkeep.ts';
import { at, facts, group, groupArn, secondGroupArn, target, task, taskArn, view } from './samples.ts';

// Attack review, finding 12: the fate of a target without a task of the service, once ECS has forgotten its owner.

const key = `${groupArn} 10.0.1.99:8080`;
const stray = target('healthy', { ip: '10.0.1.99' });
const own = facts();
const other = facts({ targets: [{ targetGroupArn: secondGroupArn, port: 8080 }] });
const neighbour = (startedBy: string, of = own) =>
  task({ taskArn: taskArn('n'), startedBy, facts: of, privateIp: '10.0.1.99' });

const seen = (exclusive: boolean, changes: Parameters<typeof view>[0] = {}) =>
  view({
    groups: [group(stray)],
    strayingSince: new Map([[key, at - 5_000]]),
    exclusiveGroupArns: new Set(exclusive ? [groupArn] : []),
    endedTargets: new Set(),
    neighbours: neighboursAmong([], at),
    ...changes,
  });

const goes = (...looks: Parameters<typeof seen>) => planUpkeep(seen(...looks)).length === 1;

test.for([
  { who: 'no task', tasks: [], exclusive: true, shared: false },
  {
    who: 'a task with this target in its facts',
    tasks: [neighbour('start-engines/prod/auth')],
    exclusive: false,
    shared: false,
  },
  {
    who: 'a task with other targets',
    tasks: [neighbour('start-engines/dev/pdf', other)],
    exclusive: true,
    shared: true,
  },
  { who: 'a stranger', tasks: [neighbour('ecs-svc/123', other)], exclusive: true, shared: false },
])(
  'a stray at the address of $who is deregistered from an exclusive group: $exclusive, from a shared one: $shared',
  (row) => {
    const neighbours = neighboursAmong(row.tasks, at);
    expect(goes(true, { neighbours })).toBe(row.exclusive);
    expect(goes(false, { neighbours })).toBe(row.shared);
  },
);

test('a stray in a shared group is deregistered after two looks, five seconds apart', () => {
  const neighbours = neighboursAmong([neighbour('start-engines/dev/pdf', other)], at);
  expect(goes(false, { neighbours, strayingSince: new Map([[key, at - 4_999]]) })).toBe(false);
  expect(goes(false, { neighbours, strayingSince: new Map([[key, at - 5_000]]) })).toBe(true);
});

test('a leftover of another service in a shared group stays for that service to deregister', () => {
  const neighbours = neighboursAmong([neighbour('start-engines/dev/pdf', other)], at);
  expect(goes(false, { neighbours, endedTargets: new Set([key]) })).toBe(false);
});

test('only a look at the whole workspace deregisters a stray', () => {
  const neighbours = neighboursAmong([neighbour('start-engines/dev/pdf', other)], at);
  const { endedTargets: _, ...single } = seen(false, { neighbours });
  expect(planUpkeep(single)).toEqual([]);
});

test('the owner of an address is looked up again if it was read more than five seconds before the group', () => {
  const neighbours = neighboursAmong([neighbour('start-engines/dev/pdf', other)], at - 5_001);
  expect(goes(false, { neighbours })).toBe(false);
  expect(needsNeighbours(seen(false, { neighbours }))).toBe(true);
  expect(needsNeighbours(seen(false, { neighbours, strayingSince: new Map([[key, at]]) }))).toBe(false);
  expect(needsNeighbours(seen(true, { neighbours }))).toBe(false);
});

test('another port is a stray at the address of an ended task, but not at that of a live one', () => {
  const groups = [group(target('healthy', { port: 9999 }))];
  const strayingSince = new Map([[`${groupArn} 10.0.1.10:9999`, at - 5_000]]);
  const ended = task({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED' });
  expect(planUpkeep(seen(true, { groups, strayingSince, tasks: [ended] }))).toEqual([
    { kind: 'deregister', targetGroupArn: groupArn, ip: '10.0.1.10', port: 9999, stray: true },
  ]);
  const live = seen(true, { groups: [group(target('healthy'), target('healthy', { port: 9999 }))], strayingSince });
  expect(planUpkeep({ ...live, tasks: [task()] })).toEqual([]);
});
