import { stopService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { openEngineRoom } from './engine-room.ts';

// A read may be two seconds old; then the mark meets a task that has ended: TagResource answers InvalidParameterException.

test('a start that would adopt a task that has just ended launches the next one', async () => {
  const room = await openEngineRoom();
  const first = await room.world.finish(room.start());
  await room.world.clock.advance(5_000);
  room.world.faults.plant({ operation: 'TagResource', fault: { kind: 'latency', delayMs: 120_000 } });
  const start = room.start({}, { caller: 'LAMBDA-2' });
  await room.world.clock.advance(1_000);
  room.world.ecs.admin.crashTask(first.taskArn);
  const outcome = await room.world.finish(start);
  expect(outcome.taskArn).not.toBe(first.taskArn);
});

test('a stop whose mark meets a task that has just crashed tells the crash, and not that it stopped the task', async () => {
  const room = await openEngineRoom();
  const first = await room.world.finish(room.start());
  await room.world.clock.advance(5_000);
  room.world.faults.plant({ operation: 'TagResource', fault: { kind: 'latency', delayMs: 120_000 } });
  const stop = stopService(room.ports('STOPPER'), { service: 'auth', asked: room.world.clock.now() }, room.context());
  await room.world.clock.advance(1_000);
  room.world.ecs.admin.crashTask(first.taskArn);
  const outcome = await room.world.finish(stop);
  expect(outcome).toMatchObject({ status: 'stopped', tasksStopped: [], targetsDeregistered: [{ port: 8080 }] });
  expect(room.outcomes.map(({ type }) => type)).toEqual(['Service Started', 'Service Interrupted', 'Service Stopped']);
  expect(room.targets().filter((target) => !target.includes('draining'))).toEqual([]);
});

test('a stop that marks a task which has crashed, before a look shows that, does not tell that it stopped the task', async () => {
  const room = await openEngineRoom();
  const first = await room.world.finish(room.start());
  await room.world.clock.advance(5_000);
  room.world.ecs.admin.crashTask(first.taskArn);
  // The start's own reads were the latest of these: what they showed is shown once more.
  room.world.faults.plant({ operation: 'ListTasks', fault: { kind: 'stale' } });
  const described = room.world.faults.plant({ operation: 'DescribeTasks', fault: { kind: 'stale' } });
  const stop = stopService(room.ports('STOPPER'), { service: 'auth', asked: room.world.clock.now() }, room.context());
  const outcome = await room.world.finish(stop);
  expect([described.consumed, [...new Set(room.operations({ mutating: true, caller: 'STOPPER' }))]]).toEqual([
    1,
    ['PutParameter', 'TagResource', 'DeregisterTargets'],
  ]);
  expect(outcome).toMatchObject({ status: 'stopped', tasksStopped: [], targetsDeregistered: [{ port: 8080 }] });
});
