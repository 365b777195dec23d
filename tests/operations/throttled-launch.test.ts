import { restartService, stopService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

// A throttled launch is retried for minutes. The facts behind the decision may have changed by then.

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

test('a start whose launch was throttled during a stop is superseded', async () => {
  const room = await openEngineRoom();
  room.world.faults.plant({ operation: 'RunTask', fault: { kind: 'throttle' }, times: 12 });
  const start = settled(room.start());
  await room.world.clock.advance(2_000);
  expect((await stop(room)).status).toBe('not-running');
  expect(await room.world.finish(start)).toBe('Superseded');
  expect(live(room)).toEqual([]);
});

test('a restart whose launch was throttled while a stop stopped the old task is superseded', async () => {
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

// Found by the interleavings with outages of Parameter Store.
test('a throttled restart that sees neither the mark nor the note of the stop is superseded, too, and launches nothing', async () => {
  const room = await openEngineRoom();
  await room.world.finish(room.start());
  // A look at a younger task would also read the ended tasks, because the task may be a copy of one of them.
  await room.world.clock.advance(2 * 3_600_000);
  const always = { times: Number.POSITIVE_INFINITY };
  room.world.faults.plant({ operation: 'PutParameter', fault: { kind: 'throttle' }, ...always });
  const throttles = room.world.faults.plant({ operation: 'RunTask', fault: { kind: 'throttle' }, times: 1 });
  const ports = room.ports('RESTARTER');
  const launch: typeof ports.tasks.launch = async (request) => {
    // The SDK's attempts and their pauses take longer than the stop.
    if (throttles.consumed === 0) await room.world.clock.sleep(150_000);
    return ports.tasks.launch(request);
  };
  const delayed = { ...ports, tasks: { ...ports.tasks, launch } };
  const restart = settled(restartService(delayed, { service: 'auth', asked: room.world.clock.now() }, room.context()));
  await room.world.clock.advance(2_000);
  const request = { service: 'auth', asked: room.world.clock.now() };
  const stop = stopService(room.ports('STOPPER'), request, room.context(120_000));
  expect((await room.world.finish(stop)).status).toBe('stopped');
  expect(await room.world.finish(restart)).toBe('Superseded');
  expect(room.world.ecs.admin.tasks()).toHaveLength(1);
});
