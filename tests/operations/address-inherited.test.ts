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

test('what stood at the address before the new task had it is no evidence that the new task is registered', async () => {
  const room = await openEngineRoom();
  room.world.ecs.admin.setIpReuseChance(1);
  const first = await room.world.finish(room.start({ waitFor: 'healthy' }));
  room.world.ecs.admin.crashTask(first.taskArn);
  await room.world.clock.advance(60_000);
  // The second start sees the leftover and cannot take it out; somebody else does, while the task is on its way.
  const fault = { kind: 'access-denied' } as const;
  room.world.faults.plant({ operation: 'DeregisterTargets', caller: 'LAMBDA-2', fault, times: Infinity });
  const starting = room.start({}, { caller: 'LAMBDA-2' });
  while (!room.operations({ caller: 'LAMBDA-2' }).includes('RunTask')) await room.world.clock.advance(100);
  const leftover = { ip: first.privateIp ?? '', port: 8080 };
  await room.world.finish(room.ports('EVENT').targets.deregister(room.targetGroupArn, leftover));
  const second = await room.world.finish(starting);
  expect(second.privateIp).toBe(first.privateIp);
  expect(room.targets().filter((target) => !target.includes('draining'))).toHaveLength(1);
});
