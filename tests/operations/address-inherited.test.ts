// runnable from tests/operations/
import { expect, test } from 'vitest';
import { openEngineRoom } from './engine-room.ts';

test('a new task with the address of the crashed one before it is registered again after the leftover was taken out', async () => {
  const room = await openEngineRoom();
  room.world.ecs.admin.setIpReuseChance(1);
  const first = await room.world.finish(room.start({ waitFor: 'healthy' }));
  room.world.ecs.admin.crashTask(first.taskArn);
  await room.world.clock.advance(60_000);
  const second = await room.world.finish(room.start({}, { caller: 'LAMBDA-2' }));
  expect(second.privateIp).toBe(first.privateIp);
  expect(room.targets().filter((target) => !target.includes('draining'))).toHaveLength(1);
});
