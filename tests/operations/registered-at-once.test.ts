import { type Ports, reconcileChange } from '@start-engines/core';
import { expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

const startedBy = 'start-engines/dev/auth';

/** A start that waited for nothing, and ECS's event that its task is now running. */
async function startAndRun(room: EngineRoom) {
  const { taskArn } = await room.world.finish(room.start({ waitFor: 'none' }));
  return untilRunning(room, taskArn);
}

async function untilRunning(room: EngineRoom, taskArn: string) {
  while (room.tasks()[0] !== 'RUNNING/RUNNING') await room.world.clock.advance(50);
  const version = room.world.ecs.admin.tasks()[0]?.version ?? 0;
  return { taskArn, version, startedBy, running: true };
}

const callsOf = (room: EngineRoom, caller: string) => room.operations({ caller });

test('the RUNNING event registers its task, however old the reads of the task are', async () => {
  const room = await openEngineRoom({ durations: { taskReadLagMs: 0 } });
  const { taskArn } = await room.world.finish(room.start({ waitFor: 'none' }));
  while (room.tasks()[0] !== 'ACTIVATING/RUNNING') await room.world.clock.advance(50);
  await room.world.finish(room.ports('EARLIER').tasks.describe('auth-cluster', [taskArn]));
  const change = await untilRunning(room, taskArn);
  room.world.faults.plant({ operation: 'DescribeTasks', caller: 'LOOK', times: 1, fault: { kind: 'stale' } });
  await room.world.finish(reconcileChange(room.ports('LOOK'), change, room.context()));
  const calls = callsOf(room, 'LOOK');
  const [look] = room.world.calls.list({ caller: 'LOOK', operation: 'DescribeTasks' });
  expect(look?.output?.tasks).toMatchObject([{ lastStatus: 'ACTIVATING' }]);
  expect(calls.slice(0, 3).toSorted()).toEqual(['DescribeTasks', 'GetParameters', 'RegisterTargets']);
  expect(calls.filter((call) => call === 'RegisterTargets')).toHaveLength(1);
  expect(room.targets()).toHaveLength(1);
});

test('an event does not register a retiring task', async () => {
  const room = await openEngineRoom();
  const change = await startAndRun(room);
  const mark = { asked: room.world.clock.now(), by: 'stop' } as const;
  await room.world.finish(room.ports('STOPPER').tasks.markRetiring(change.taskArn, mark));
  await room.world.clock.advance(10_000);
  await room.world.finish(reconcileChange(room.ports('LOOK'), change, room.context()));
  expect(callsOf(room, 'LOOK')).not.toContain('RegisterTargets');
});

test("an event does not register another service's task for this service", async () => {
  const room = await openEngineRoom();
  const change = await startAndRun(room);
  const forged = { ...change, version: change.version + 1, startedBy: 'start-engines/dev/pdf' };
  await room.world.finish(reconcileChange(room.ports('LOOK'), forged, room.context()));
  expect(callsOf(room, 'LOOK')).not.toContain('RegisterTargets');
});

test('an operation waits for an address that appears after RUNNING, because no other event reports it', async () => {
  const room = await openEngineRoom();
  const change = await startAndRun(room);
  const shownFrom = room.world.clock.now() + 6_000;
  const ports = room.ports('LOOK');
  const describe: Ports['tasks']['describe'] = async (cluster, taskArns) => {
    const readings = await ports.tasks.describe(cluster, taskArns);
    const withoutAddress = readings.tasks.map(({ privateIp: _, ...task }) => task);
    return room.world.clock.now() < shownFrom ? { ...readings, tasks: withoutAddress } : readings;
  };
  const late: Ports = { ...ports, tasks: { ...ports.tasks, describe } };
  await room.world.finish(reconcileChange(late, change, room.context()));
  expect(room.targets()).toHaveLength(1);
  expect(room.outcomes.map(({ type }) => type)).toEqual(['Service Started']);
});

test('the next look completes a delayed registration', async () => {
  const room = await openEngineRoom();
  const change = await startAndRun(room);
  room.world.faults.plant({ operation: 'RegisterTargets', caller: 'LOOK', times: 1, fault: { kind: 'throttle' } });
  await room.world.finish(reconcileChange(room.ports('LOOK'), change, room.context()));
  expect(callsOf(room, 'LOOK').filter((call) => call === 'RegisterTargets')).toHaveLength(2);
  expect(room.targets()).toHaveLength(1);
});
