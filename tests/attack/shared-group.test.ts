import { reconcileAll, stopService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { openEngineRoom } from '../operations/engine-room.ts';

// Attack review, finding 11: auth and pdf use one group on two ports, and pdf gets the earlier address of auth. One reconcile
// deregistered pdf's healthy target, the next one registered it again, and so on.

test.each([
  ['neither mapping says that it is shared', {}],
  ['both mappings say that it is shared', { exclusiveTargetGroup: false }],
])('reconcile keeps a healthy target at a reused address if %s', async (_, shared) => {
  const room = await openEngineRoom({ mapping: { ...shared, drainSeconds: 1, containerName: 'app' } });
  const { world } = room;
  const pdf = {
    ...shared,
    cluster: 'auth-cluster',
    taskDefinition: 'auth-api-task',
    containerName: 'app',
    port: 8081,
    targetGroupArn: room.targetGroupArn,
    subnets: ['subnet-0aaaaaaaaaaaaaaa1'],
    drainSeconds: 1,
  };
  await world.client('ssm', 'SET-UP').call('PutParameter', {
    Name: '/start-engines/dev/services/pdf',
    Type: 'String',
    Value: JSON.stringify(pdf),
  });
  world.ecs.admin.setIpReuseChance(1);
  const before = await world.finish(room.start({ waitFor: 'healthy' }));
  const stop = { service: 'auth', asked: world.clock.now() };
  await world.finish(stopService(room.ports('STOPPER'), stop, room.context()));
  await world.clock.advance(60_000);
  const after = await world.finish(room.start({ service: 'pdf', waitFor: 'healthy' }));
  expect(after.privateIp).toBe(before.privateIp);
  for (const caller of ['SCHEDULE-1', 'SCHEDULE-2', 'SCHEDULE-3']) {
    await world.clock.advance(300_000);
    await world.finish(reconcileAll(room.ports(caller), room.context()));
    expect(room.targets()).toEqual([`${after.privateIp}:8081 healthy`]);
    expect(room.operations({ caller })).not.toContain('DeregisterTargets');
  }
});
