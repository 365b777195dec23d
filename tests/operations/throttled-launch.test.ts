import { restartService, stopService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

// A launch that ECS throttles is made again for minutes: what was decided before it was throttled may hold no more.

const live = (room: EngineRoom) => room.world.ecs.admin.tasks().filter((task) => task.desiredStatus === 'RUNNING');
const settled = <Outcome>(promise: Promise<Outcome>) =>
  promise.then(
    () => 'done',
    (error: { code: string }) => error.code,
  );

async function stop(room: EngineRoom) {
  const request = { service: 'auth', asked: room.world.clock.now() };
  return room.world.finish(stopService(room.ports('STOPPER'), request, room.context()));
}

test('a start whose launch was throttled while a stop was carried out is superseded', async () => {
  const room = await openEngineRoom();
  room.world.faults.plant({ operation: 'RunTask', fault: { kind: 'throttle' }, times: 12 });
  const start = settled(room.start());
  await room.world.clock.advance(2_000);
  expect((await stop(room)).status).toBe('not-running');
  expect(await room.world.finish(start)).toBe('Superseded');
  expect(live(room)).toEqual([]);
});

test('so is a restart, where the stop has taken the old task down', async () => {
  const room = await openEngineRoom();
  await room.world.finish(room.start());
  await room.world.clock.advance(5_000);
  room.world.faults.plant({ operation: 'RunTask', fault: { kind: 'throttle' }, times: 12 });
  const request = { service: 'auth', asked: room.world.clock.now() };
  const restart = settled(restartService(room.ports('RESTARTER'), request, room.context()));
  await room.world.clock.advance(2_000);
  expect((await stop(room)).status).toBe('stopped');
  expect(await room.world.finish(restart)).toBe('Superseded');
  expect(live(room)).toEqual([]);
});
