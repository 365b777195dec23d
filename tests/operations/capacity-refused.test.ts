// runnable from tests/operations/
import type { StartRequest } from '@start-engines/core';
import { expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

test('a start after one that found no capacity is not answered with a conflict that names no task', async () => {
  const room = await openEngineRoom();
  room.world.ecs.admin.exhaustCapacity();
  await room.world.finish(room.start()).catch(() => undefined);
  room.world.ecs.admin.restoreCapacity();
  await room.world.clock.advance(120_000);
  const outcome = await room.world.finish(room.start({}, { caller: 'LAMBDA-2' }));
  expect(outcome.reused).toBe(false);
});

/** A start that waits for capacity, and mends what it finds when it looks again. */
async function startBesideStranger(room: EngineRoom, request: Partial<StartRequest> = {}): Promise<boolean> {
  const stranger = { ip: '10.9.9.9', port: 8080 };
  await room.world.finish(room.ports('STRANGER').targets.register(room.targetGroupArn, stranger));
  await room.world.clock.advance(10_000);
  room.world.ecs.admin.exhaustCapacity();
  const start = room.start(request);
  await room.world.clock.advance(4_000);
  room.world.ecs.admin.restoreCapacity();
  await room.world.finish(start);
  return room.targets().some((target) => target.startsWith(stranger.ip) && !target.endsWith('draining'));
}

test('a target without a task is left to the schedule, which can tell who else stands in the group', async () => {
  const room = await openEngineRoom();
  expect(await startBesideStranger(room)).toBe(true);
});

test('what stands in a group that an override names may be anybody’s, and stays', async () => {
  const room = await openEngineRoom();
  const allowOverrides = { targetGroupArn: [room.targetGroupArn] };
  await room.putMapping({ targetGroupArn: room.secondGroupArn, allowOverrides });
  expect(await startBesideStranger(room, { overrides: { targetGroupArn: room.targetGroupArn } })).toBe(true);
});
