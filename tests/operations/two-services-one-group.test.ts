import { reconcileAll, stopService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

/** `auth` and `pdf` use one target group, each on its own port. Neither mapping says that the group is shared. */
async function openRoomWithSharedGroup(): Promise<EngineRoom> {
  const room = await openEngineRoom();
  const document = {
    cluster: 'auth-cluster',
    taskDefinition: 'auth-api-task',
    port: 8081,
    targetGroupArn: room.targetGroupArn,
    subnets: ['subnet-0aaaaaaaaaaaaaaa1'],
  };
  const Name = '/start-engines/dev/services/pdf';
  const parameter = { Name, Type: 'String', Value: JSON.stringify(document) };
  await room.world.client('ssm', 'SET-UP').call('PutParameter', parameter);
  await room.world.finish(room.start({ waitFor: 'healthy' }));
  await room.world.finish(room.start({ service: 'pdf', waitFor: 'healthy' }));
  await room.world.clock.advance(10_000);
  return room;
}

test('a reconcile deregisters neither service, and reports that another service uses the group', async () => {
  const room = await openRoomWithSharedGroup();
  const outcomes = await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));
  expect(room.operations({ mutating: true, caller: 'RECONCILER' })).toEqual([]);
  expect(outcomes.flatMap(({ service, remarks }) => remarks.map((remark) => `${service}: ${remark}`))).toEqual([
    `auth: Services pdf also use target group ${room.targetGroupArn}. Set exclusiveTargetGroup to false.`,
    `pdf: Services auth also use target group ${room.targetGroupArn}. Set exclusiveTargetGroup to false.`,
  ]);
});

test('a stop of one does not deregister the target of the other', async () => {
  const room = await openRoomWithSharedGroup();
  const request = { service: 'auth', asked: room.world.clock.now() };
  await room.world.finish(stopService(room.ports('STOPPER'), request, room.context()));
  const standing = room.targets().filter((target) => !target.includes('draining'));
  expect(standing).toEqual([expect.stringMatching(/:8081 healthy$/)]);
});
