import { stopService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { openEngineRoom } from './engine-room.ts';

const denied = (operation: string) =>
  ({ operation, fault: { kind: 'access-denied' }, times: Number.POSITIVE_INFINITY }) as const;
const settled = <Outcome>(promise: Promise<Outcome>) =>
  promise.then(
    () => 'done',
    (error: { code: string }) => error.code,
  );

test('a stop that may not write its note still deregisters the target of a crashed task', async () => {
  const room = await openEngineRoom();
  const { taskArn } = await room.world.finish(room.start({ waitFor: 'healthy' }));
  room.world.ecs.admin.crashTask(taskArn);
  await room.world.clock.advance(60_000);
  room.world.faults.plant(denied('PutParameter'));
  const request = { service: 'auth', asked: room.world.clock.now() };
  const stop = settled(stopService(room.ports('STOPPER'), request, room.context()));
  expect(await room.world.finish(stop)).toBe('AwsAccessDenied');
  expect(room.targets().filter((target) => !target.includes('draining'))).toEqual([]);
});
