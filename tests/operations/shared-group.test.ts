import { reconcileAll } from '@start-engines/core';
import { expect, test } from 'vitest';
import { openEngineRoom } from './engine-room.ts';

test('reconcile keeps a target in a shared group if another owner’s task now has the crashed task’s address', async () => {
  const room = await openEngineRoom({ mapping: { exclusiveTargetGroup: false } });
  room.world.ecs.admin.setIpReuseChance(1);
  const ours = await room.world.finish(room.start({ waitFor: 'healthy' }));
  room.world.ecs.admin.crashTask(ours.taskArn);
  await room.world.clock.advance(60_000);
  await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));
  await room.world.clock.advance(60_000);
  expect(room.targets()).toEqual([]);

  // An ECS service registers its task, which has got the address, in the group.
  const otherOwner = { cluster: 'auth-cluster', taskDefinition: 'auth-api-task', startedBy: 'ecs-svc/123' };
  const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-0aaaaaaaaaaaaaaa1'] } };
  const setUp = { ...otherOwner, launchType: 'FARGATE', networkConfiguration };
  await room.world.client('ecs', 'SET-UP').call('RunTask', setUp);
  await room.world.clock.advance(60_000);
  await room.world.client('elasticloadbalancing', 'SET-UP').call('RegisterTargets', {
    TargetGroupArn: room.targetGroupArn,
    Targets: [{ Id: ours.privateIp, Port: 8080 }],
  });
  await room.world.clock.advance(30_000);
  expect(room.targets()).toEqual([`${ours.privateIp}:8080 healthy`]);

  await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));
  expect(room.targets()).toEqual([`${ours.privateIp}:8080 healthy`]);
});
