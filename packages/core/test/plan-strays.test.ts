import { expect, test } from 'vitest';
import { neighboursAmong } from '../src/model/neighbours.ts';
import { needsNeighbours, planUpkeep } from '../src/plan/plan-upkeep.ts';
import { at, facts, group, groupArn, secondGroupArn, target, task, taskArn, view } from './samples.ts';

// Attack review, finding 12: what becomes of a target that belongs to no task of the service, once ECS has forgotten whose it was.

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
  { who: 'nobody', tasks: [], exclusive: true, shared: false },
  {
    who: 'a task that was started with it',
    tasks: [neighbour('start-engines/prod/auth')],
    exclusive: false,
    shared: false,
  },
  {
    who: 'a task for other targets',
    tasks: [neighbour('start-engines/dev/pdf', other)],
    exclusive: true,
    shared: true,
  },
  { who: 'a stranger', tasks: [neighbour('ecs-svc/123', other)], exclusive: true, shared: false },
])('a stray at the address of $who goes from an exclusive group: $exclusive, from a shared one: $shared', (row) => {
  const neighbours = neighboursAmong(row.tasks, at);
  expect(goes(true, { neighbours })).toBe(row.exclusive);
  expect(goes(false, { neighbours })).toBe(row.shared);
});

test('in a shared group it goes after two looks, five seconds apart', () => {
  const neighbours = neighboursAmong([neighbour('start-engines/dev/pdf', other)], at);
  expect(goes(false, { neighbours, strayingSince: new Map([[key, at - 4_999]]) })).toBe(false);
  expect(goes(false, { neighbours, strayingSince: new Map([[key, at - 5_000]]) })).toBe(true);
});

test('in a shared group it stays when an ended task of another service has left it, which that service takes out', () => {
  const neighbours = neighboursAmong([neighbour('start-engines/dev/pdf', other)], at);
  expect(goes(false, { neighbours, endedTargets: new Set([key]) })).toBe(false);
});

test('nobody but a look at the whole workspace takes it out', () => {
  const neighbours = neighboursAmong([neighbour('start-engines/dev/pdf', other)], at);
  const { endedTargets: _, ...single } = seen(false, { neighbours });
  expect(planUpkeep(single)).toEqual([]);
});

test('who has the address is asked again when that was read more than five seconds before the group', () => {
  const neighbours = neighboursAmong([neighbour('start-engines/dev/pdf', other)], at - 5_001);
  expect(goes(false, { neighbours })).toBe(false);
  expect(needsNeighbours(seen(false, { neighbours }))).toBe(true);
  expect(needsNeighbours(seen(false, { neighbours, strayingSince: new Map([[key, at]]) }))).toBe(false);
  expect(needsNeighbours(seen(true, { neighbours }))).toBe(false);
});

test('another port at the address of an ended task is a stray; at that of a live task it is not', () => {
  const groups = [group(target('healthy', { port: 9999 }))];
  const strayingSince = new Map([[`${groupArn} 10.0.1.10:9999`, at - 5_000]]);
  const ended = task({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED' });
  expect(planUpkeep(seen(true, { groups, strayingSince, tasks: [ended] }))).toEqual([
    { kind: 'deregister', targetGroupArn: groupArn, ip: '10.0.1.10', port: 9999, stray: true },
  ]);
  const live = seen(true, { groups: [group(target('healthy'), target('healthy', { port: 9999 }))], strayingSince });
  expect(planUpkeep({ ...live, tasks: [task()] })).toEqual([]);
});
