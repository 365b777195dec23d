import { restartService, stopService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

const codeOf = <Outcome>(operation: Promise<Outcome>) =>
  operation.then(
    () => 'done',
    (error: { code: string }) => error.code,
  );

/** A restart whose new task is healthy and whose old task is draining. */
async function openRoomInMidRestart() {
  const room = await openEngineRoom();
  await room.world.finish(room.start({ waitFor: 'healthy' }));
  await room.world.clock.advance(5_000);
  const request = { service: 'auth', asked: room.world.clock.now() };
  const restart = codeOf(restartService(room.ports('RESTARTER'), request, room.context()));
  while (!room.journal.some((entry) => entry.kind === 'retiring')) await room.world.clock.advance(250);
  const [, newer] = room.world.ecs.admin.tasks();
  return { room, restart, taskArn: newer?.taskArn ?? '' };
}

const published = (room: EngineRoom) => room.outcomes.slice(1).map(({ type }) => type);

test('a restart fails if its new task loses its capacity while the old one drains', async () => {
  const { room, restart, taskArn } = await openRoomInMidRestart();
  room.world.ecs.admin.interruptSpot(taskArn);
  expect(await room.world.finish(restart)).toBe('TaskStopped');
  expect(published(room)).toEqual(['Service Interrupted', 'Service Start Failed']);
});

test('a restart is superseded if the service is stopped while the old task drains', async () => {
  const { room, restart } = await openRoomInMidRestart();
  const request = { service: 'auth', asked: room.world.clock.now() };
  const stop = stopService(room.ports('STOPPER'), request, room.context());
  expect(await room.world.finish(restart)).toBe('Superseded');
  expect((await room.world.finish(stop)).status).toBe('stopped');
  expect(published(room).toSorted()).toEqual(['Service Start Superseded', 'Service Stopped']);
});

test('a restart fails at once if its new task crashes before the old one is marked, and the old one continues to serve', async () => {
  const room = await openEngineRoom({ durations: { taskReadLagMs: 0 } });
  const first = await room.world.finish(room.start({ waitFor: 'healthy' }));
  await room.world.clock.advance(5_000);
  const begunAt = room.world.clock.now();
  const ports = room.ports('RESTARTER');
  let healthyLooks = 0;
  const read: typeof ports.targets.read = async (targetGroupArn) => {
    const targets = await ports.targets.read(targetGroupArn);
    if (targets.filter(({ state }) => state === 'healthy').length === 2) healthyLooks += 1;
    // The first such look ends the wait for the new task. At the second one the old task would be marked.
    const [, newer] = room.world.ecs.admin.tasks();
    if (healthyLooks === 2 && newer?.desiredStatus === 'RUNNING') room.world.ecs.admin.crashTask(newer.taskArn);
    return targets;
  };
  const watching = { ...ports, targets: { ...ports.targets, read } };
  const restart = restartService(watching, { service: 'auth', asked: begunAt }, room.context());
  expect(await room.world.finish(codeOf(restart))).toBe('TaskStopped');
  expect(room.world.clock.now() - begunAt).toBeLessThan(120_000);
  const live = room.world.ecs.admin.tasks().filter((task) => task.desiredStatus === 'RUNNING');
  expect(live.map((task) => task.taskArn)).toEqual([first.taskArn]);
  expect(published(room)).toEqual(['Service Interrupted', 'Service Start Failed']);
});
