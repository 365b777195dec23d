import { restartService, stopService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

// One event runs one task: when the event of a completed start arrives again, it is answered and not repeated.

const launches = (room: EngineRoom) => room.operations().filter((operation) => operation === 'RunTask').length;

async function endContainers(room: EngineRoom, exitCode: number) {
  for (const container of [...room.world.runtime.running]) container.exit(exitCode);
  await room.world.clock.advance(60_000);
}

test.each([
  ['running', 0],
  ['running', 1],
  ['healthy', 0],
  ['healthy', 137],
] as const)(
  'a completed start that waited for %s is not repeated after its task has ended with %i',
  async (waitFor, exitCode) => {
    const room = await openEngineRoom();
    const asked = room.world.clock.now();
    const first = await room.world.finish(room.start({ asked, waitFor }));
    await endContainers(room, exitCode);
    const again = await room.world.finish(room.start({ asked, waitFor }, { caller: 'LAMBDA-2' }));
    expect(again).toMatchObject({ taskArn: first.taskArn, reused: true, targets: [{ healthStatus: 'unused' }] });
    expect(again.ended).toContain(`exit code ${exitCode}`);
    expect(launches(room)).toBe(1);
  },
);

test('a completed start that adopted a task is not repeated', async () => {
  const room = await openEngineRoom();
  const first = await room.world.finish(room.start());
  await room.world.clock.advance(30_000);
  const asked = room.world.clock.now();
  await room.world.finish(room.start({ asked }, { caller: 'LAMBDA-2' }));
  await endContainers(room, 1);
  const again = await room.world.finish(room.start({ asked }, { caller: 'LAMBDA-3' }));
  expect(again.taskArn).toBe(first.taskArn);
  expect(launches(room)).toBe(1);
});

test('a start whose task ended before it was up is repeated', async () => {
  const room = await openEngineRoom();
  room.world.runtime.statusCodeFor(() => 503);
  const asked = room.world.clock.now();
  const failed = room.start({ asked, waitFor: 'healthy' }).catch((error: { code: string }) => error.code);
  await room.world.clock.advance(60_000);
  await endContainers(room, 1);
  expect(await room.world.finish(failed)).toBe('TaskStopped');
  room.world.runtime.statusCodeFor(() => 200);
  const again = await room.world.finish(room.start({ asked, waitFor: 'healthy' }, { caller: 'LAMBDA-2' }));
  expect(again.ended).toBeUndefined();
  expect(launches(room)).toBe(2);
});

test('a start whose task finished its work at once is complete, and its event does not run it again', async () => {
  const room = await openEngineRoom();
  const asked = room.world.clock.now();
  const start = room.start({ asked });
  room.world.ecs.onTaskStateChange(() => {
    for (const container of [...room.world.runtime.running]) container.exit(0);
  });
  const first = await room.world.finish(start);
  expect(first.ended).toContain('exit code 0');
  await room.world.finish(room.start({ asked }, { caller: 'LAMBDA-2' }));
  expect(launches(room)).toBe(1);
});

test('another event starts the service again', async () => {
  const room = await openEngineRoom();
  await room.world.finish(room.start());
  await endContainers(room, 1);
  const next = await room.world.finish(room.start({}, { caller: 'LAMBDA-2' }));
  expect(next.reused).toBe(false);
  expect(launches(room)).toBe(2);
});

test('a start is superseded if a stop that was requested later has ended its task', async () => {
  const room = await openEngineRoom();
  const asked = room.world.clock.now();
  await room.world.finish(room.start({ asked }));
  const stop = { service: 'auth', asked: room.world.clock.now() };
  await room.world.finish(stopService(room.ports('STOPPER'), stop, room.context()));
  const again = room.start({ asked }, { caller: 'LAMBDA-2' }).catch((error: { code: string }) => error.code);
  expect(await room.world.finish(again)).toBe('Superseded');
});

test('a completed restart is not repeated after its new task has ended', async () => {
  const room = await openEngineRoom();
  await room.world.finish(room.start({ waitFor: 'healthy' }));
  await room.world.clock.advance(30_000);
  const request = { service: 'auth', asked: room.world.clock.now() };
  const first = await room.world.finish(restartService(room.ports('RESTARTER'), request, room.context()));
  await endContainers(room, 1);
  const again = await room.world.finish(restartService(room.ports('AGAIN'), request, room.context()));
  expect(again).toMatchObject({ taskArn: first.taskArn, reused: true });
  expect(launches(room)).toBe(2);
});
