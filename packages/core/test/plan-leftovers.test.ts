import type { Task } from '@start-engines/core';
import { expect, test } from 'vitest';
import { StartEnginesError } from '../src/model/errors.ts';
import { type Neighbours, neighboursAmong } from '../src/model/neighbours.ts';
import { needsNeighbours, planUpkeep } from '../src/plan/plan-upkeep.ts';
import { at, facts, group, groupArn, secondGroupArn, target, task, taskArn, view } from './samples.ts';

// Attack review, findings 11 and 12: the fate of an ended task's target, depending on the task that has its address now.

const ended = (exclusiveTargetGroup: boolean) =>
  task({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED', facts: facts({ exclusiveTargetGroup }) });

const sameTarget = facts();
const otherGroup = facts({ targets: [{ targetGroupArn: secondGroupArn, port: 8080 }] });
const otherPort = facts({ targets: [{ targetGroupArn: groupArn, port: 8081 }] });

function neighbour(startedBy: string, changes: Partial<Task> = {}): Task {
  return task({ taskArn: taskArn('n'), startedBy, ...changes });
}

function unaddressed(changes: Partial<Task>): Task {
  const { privateIp: _, ...others } = neighbour('start-engines/dev/pdf', changes);
  return { ...others, lastStatus: 'PROVISIONING' };
}

const denied = new StartEnginesError('AwsAccessDenied', 'no');
const { facts: _, ...withoutFacts } = neighbour('ecs-svc/123');
const read = (...tasks: Task[]): Neighbours => neighboursAmong(tasks, at);

type Becomes = 'goes' | 'stays';
/** Healthy and exclusive, healthy and shared, unhealthy and exclusive, unhealthy and shared. */
type Row = readonly [who: string, neighbours: Neighbours | undefined, ...becomes: [Becomes, Becomes, Becomes, Becomes]];

const rows: readonly Row[] = [
  ['no task', read(), 'goes', 'goes', 'goes', 'goes'],
  [
    'a service with the same target',
    read(neighbour('start-engines/dev/pdf', { facts: sameTarget })),
    'stays',
    'stays',
    'stays',
    'stays',
  ],
  [
    'the same service of another workspace',
    read(neighbour('start-engines/prod/auth', { facts: sameTarget })),
    'stays',
    'stays',
    'stays',
    'stays',
  ],
  [
    'a service in another group',
    read(neighbour('start-engines/dev/pdf', { facts: otherGroup })),
    'goes',
    'goes',
    'goes',
    'goes',
  ],
  [
    'a service on another port',
    read(neighbour('start-engines/dev/pdf', { facts: otherPort })),
    'goes',
    'goes',
    'goes',
    'goes',
  ],
  [
    'a task of the same service with another target',
    read(neighbour('start-engines/dev/auth', { facts: otherPort })),
    'goes',
    'goes',
    'goes',
    'goes',
  ],
  ['a stranger', read(withoutFacts), 'goes', 'stays', 'goes', 'stays'],
  [
    'a foreign task with the target in forged facts',
    read(neighbour('ecs-svc/123', { facts: sameTarget })),
    'goes',
    'stays',
    'goes',
    'stays',
  ],
  [
    'a task that has ended',
    read(neighbour('start-engines/dev/pdf', { desiredStatus: 'STOPPED' })),
    'goes',
    'goes',
    'goes',
    'goes',
  ],
  [
    'a service with the same target whose task has no address yet',
    read(unaddressed({ facts: sameTarget })),
    'stays',
    'stays',
    'goes',
    'goes',
  ],
  [
    'a service with another target whose task has no address yet',
    read(unaddressed({ facts: otherGroup })),
    'goes',
    'goes',
    'goes',
    'goes',
  ],
  ['unknown, because it was not read', undefined, 'stays', 'stays', 'goes', 'goes'],
  [
    'unknown, because AWS did not answer',
    { readable: false, readAt: at, problem: denied },
    'stays',
    'stays',
    'goes',
    'goes',
  ],
  [
    'unknown, because the last read is older than five seconds',
    neighboursAmong([], at - 5_001),
    'stays',
    'stays',
    'goes',
    'goes',
  ],
];

const cells = rows.flatMap(([who, neighbours, ...becomes]) =>
  becomes.map((become, index) => ({
    who,
    neighbours,
    become,
    state: index < 2 ? ('healthy' as const) : ('unhealthy' as const),
    exclusive: index % 2 === 0,
  })),
);

test.for(cells)('a $state leftover, exclusive $exclusive, at the address of: $who: $become', (cell) => {
  const { neighbours, become, state, exclusive } = cell;
  const seen = view({
    tasks: [ended(exclusive)],
    groups: [group(target(state))],
    ...(neighbours === undefined ? {} : { neighbours }),
  });
  expect(planUpkeep(seen).map(({ kind }) => kind)).toEqual(become === 'goes' ? ['deregister'] : []);
});

test.for([
  { state: 'healthy', exclusive: true, asks: true },
  { state: 'initial', exclusive: true, asks: true },
  { state: 'unavailable', exclusive: true, asks: true },
  { state: 'unhealthy', exclusive: true, asks: false },
  { state: 'unused', exclusive: true, asks: false },
  { state: 'draining', exclusive: true, asks: false },
  { state: 'healthy', exclusive: false, asks: true },
  { state: 'unhealthy', exclusive: false, asks: true },
  { state: 'draining', exclusive: false, asks: false },
] as const)(
  'a leftover that is $state, exclusive $exclusive: looks up its address: $asks',
  ({ state, exclusive, asks }) => {
    const seen = view({ tasks: [ended(exclusive)], groups: [group(target(state))] });
    expect(needsNeighbours(seen)).toBe(asks);
    expect(needsNeighbours({ ...seen, neighbours: read() })).toBe(false);
    // A failed lookup is repeated by a look that reads the group more than five seconds later.
    expect(needsNeighbours({ ...seen, neighbours: { readable: false, readAt: at - 5_000, problem: denied } })).toBe(
      false,
    );
    expect(needsNeighbours({ ...seen, neighbours: { readable: false, readAt: at - 5_001, problem: denied } })).toBe(
      asks,
    );
  },
);

test('an address is not looked up if its task has not stopped yet, or if the service’s next task has it', () => {
  const groups = [group(target('healthy'))];
  const ending = task({ lastStatus: 'DEPROVISIONING', desiredStatus: 'STOPPED' });
  expect(needsNeighbours(view({ tasks: [ending], groups }))).toBe(false);
  const next = task({ taskArn: taskArn('b'), createdAt: at - 1_000 });
  expect(needsNeighbours(view({ tasks: [next, ended(true)], groups }))).toBe(false);
});
