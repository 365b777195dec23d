import { type Ports, StartEnginesError, startService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { openEngineRoom } from './engine-room.ts';

test('a start succeeds if its own registration is refused and another process registers its task', async () => {
  const room = await openEngineRoom();
  const ports = room.ports('LAUNCHER');
  const register: Ports['targets']['register'] = async (targetGroupArn, target) => {
    await room.ports('EVENT').targets.register(targetGroupArn, target);
    await room.world.clock.sleep(10_000);
    throw new StartEnginesError('AwsAccessDenied', 'not by you');
  };
  const refused: Ports = { ...ports, targets: { ...ports.targets, register } };
  const request = { service: 'auth', asked: room.world.clock.now(), overrides: {} };
  const outcome = await room.world.finish(startService(refused, request, room.context()));
  expect(outcome).toMatchObject({ reused: false, waitedFor: 'running' });
  await room.world.clock.advance(120_000);
  expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
  expect(room.targets()).toEqual([`${outcome.privateIp}:8080 healthy`]);
  expect(room.outcomes.map(({ type }) => type)).toEqual(['Service Started']);
});
