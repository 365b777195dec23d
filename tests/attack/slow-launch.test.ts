import { stopService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { openEngineRoom } from '../operations/engine-room.ts';

test('a task whose launch was throttled for long gets its full start time-out', async () => {
  // Attack review, finding 14: the deadline counted from the first attempt, and the task was stopped while it was PROVISIONING.
  const room = await openEngineRoom({ mapping: { containerName: 'app', startTimeoutSeconds: 60 } });
  const { world } = room;
  const throttledUntil = world.clock.now() + 45_000;
  world.faults.plant({
    operation: 'RunTask',
    fault: { kind: 'throttle' },
    times: Number.POSITIVE_INFINITY,
    matches: () => world.clock.now() < throttledUntil,
  });
  const outcome = await world.finish(room.start({}, { timeoutMs: 300_000 }));
  expect(outcome.reused).toBe(false);
  expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
  expect(room.targets()).toHaveLength(1);
});

test('a start whose RunTask was answered after eleven seconds does not undo a stop that has completed meanwhile', async () => {
  // Attack review, finding 6: AWS answered only the third of the SDK's attempts, and the start answered 200.
  const room = await openEngineRoom({ mapping: { containerName: 'app', drainSeconds: 5 } });
  const { world } = room;
  world.faults.plant({ operation: 'RunTask', fault: { kind: 'latency', delayMs: 11_000 } });
  const starting = room.start().catch((error: { code: string }) => error.code);
  await world.clock.advance(1_000);
  const stop = { service: 'auth', asked: world.clock.now() };
  const stopped = stopService(room.ports('STOPPER'), stop, room.context());
  await world.finish(Promise.all([starting, stopped]));
  expect(await starting).toBe('Superseded');
  await world.clock.advance(60_000);
  expect(room.tasks()).toEqual(['STOPPED/STOPPED']);
});
