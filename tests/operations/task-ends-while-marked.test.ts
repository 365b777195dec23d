import { stopService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { openEngineRoom } from './engine-room.ts';

// A read may be two seconds old. If the task has ended by then, TagResource answers InvalidParameterException.

test('a start launches a new task if the task that it would adopt has just ended', async () => {
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

test('a stop publishes a crash, and not a stopped task, if the task crashes while it is being marked', async () => {
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

test('a stop does not count a crashed task as stopped, even if stale reads still show it as running', async () => {
  const room = await openEngineRoom();
  const first = await room.world.finish(room.start());
  await room.world.clock.advance(5_000);
  room.world.ecs.admin.crashTask(first.taskArn);
  // Stale reads repeat what the start read last.
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
