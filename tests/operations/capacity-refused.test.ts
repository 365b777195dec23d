// runnable from tests/operations/
import { expect, test } from 'vitest';
import { openEngineRoom } from './engine-room.ts';

test('a start after one that found no capacity is not answered with a conflict that names no task', async () => {
  const room = await openEngineRoom();
  room.world.ecs.admin.exhaustCapacity();
  await room.world.finish(room.start()).catch(() => undefined);
  room.world.ecs.admin.restoreCapacity();
  await room.world.clock.advance(120_000);
  const outcome = await room.world.finish(room.start({}, { caller: 'LAMBDA-2' }));
  expect(outcome.reused).toBe(false);
});
