import { reconcileAll, stopService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

// Attack review, findings 6, 16 and 18: a RunTask that is answered late or takes effect late does not undo a stop.

const live = (room: EngineRoom) => room.tasks().filter((task) => task.endsWith('/RUNNING'));
const codeOf = (start: Promise<unknown>) =>
  start.then(
    () => 'started',
    (error: { code: string }) => error.code,
  );
const stop = (room: EngineRoom, asked: number) =>
  stopService(room.ports('STOPPER'), { service: 'auth', asked }, room.context());

test('a start whose RunTask was answered late stops its task if a stop has completed meanwhile', async () => {
  const room = await openEngineRoom({ mapping: { drainSeconds: 5, containerName: 'app' } });
  const asked = room.world.clock.now();
  room.world.faults.plant({ operation: 'RunTask', fault: { kind: 'latency', delayMs: 25_000 } });
  const start = codeOf(room.start({ asked }));
  await room.world.clock.advance(1_000);
  const stopped = await room.world.finish(stop(room, asked + 1_000));
  expect(stopped.status).toBe('not-running');
  expect(await room.world.finish(start)).toBe('Superseded');
  await room.world.clock.advance(60_000);
  expect(live(room)).toEqual([]);
});

test('reconcile stops a task that appears after the stop that superseded it', async () => {
  const room = await openEngineRoom({ mapping: { drainSeconds: 5, containerName: 'app' } });
  const asked = room.world.clock.now();
  // The launcher dies once its RunTask has taken effect: its next call never returns.
  room.world.faults.plant({ operation: 'RunTask', fault: { kind: 'latency', delayMs: 25_000 } });
  for (const operation of ['GetParameters', 'DescribeTasks', 'ListTasks']) {
    const fault = { kind: 'latency', delayMs: 10 * 3_600_000 } as const;
    const hasLaunched = () => room.tasks().length > 0;
    room.world.faults.plant({ operation, caller: 'LAUNCHER', fault, times: Infinity, matches: hasLaunched });
  }
  void codeOf(room.start({ asked }, { caller: 'LAUNCHER' }));
  await room.world.clock.advance(1_000);
  await room.world.finish(stop(room, asked + 1_000));
  await room.world.clock.advance(60_000);
  expect(live(room)).toEqual(['RUNNING/RUNNING']);
  const reconciled = await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));
  expect(live(room)).toEqual([]);
  expect(reconciled.flatMap((outcome) => outcome.registered)).toEqual([]);
});

test.each([2, 26])('a start that arrives %i hours late is superseded by a stop that stopped a task', async (hours) => {
  const room = await openEngineRoom();
  const asked = room.world.clock.now();
  await room.world.clock.advance(1_000);
  await room.world.finish(room.start());
  await room.world.finish(stop(room, room.world.clock.now()));
  await room.world.clock.advance(hours * 3_600_000);
  expect(await room.world.finish(codeOf(room.start({ asked }, { caller: 'LATE' })))).toBe('Superseded');
  expect(live(room)).toEqual([]);
});
