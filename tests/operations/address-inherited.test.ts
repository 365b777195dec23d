import { expect, test } from 'vitest';
import { openEngineRoom } from './engine-room.ts';

test('a new task that gets the crashed task’s address is registered after the leftover target is deregistered', async () => {
  const room = await openEngineRoom();
  room.world.ecs.admin.setIpReuseChance(1);
  const first = await room.world.finish(room.start({ waitFor: 'healthy' }));
  room.world.ecs.admin.crashTask(first.taskArn);
  await room.world.clock.advance(60_000);
  const second = await room.world.finish(room.start({}, { caller: 'LAMBDA-2' }));
  expect(second.privateIp).toBe(first.privateIp);
  expect(room.targets().filter((target) => !target.includes('draining'))).toHaveLength(1);
});

test('a leftover target at the new task’s address does not count as the registration of the new task', async () => {
  const room = await openEngineRoom();
  room.world.ecs.admin.setIpReuseChance(1);
  const first = await room.world.finish(room.start({ waitFor: 'healthy' }));
  room.world.ecs.admin.crashTask(first.taskArn);
  await room.world.clock.advance(60_000);
  // The second start sees the leftover and may not deregister it. Another caller does, while the task is starting.
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
