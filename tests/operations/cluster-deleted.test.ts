import { listServices, type Ports, reconcileAll, startService, stopService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

/** The function's `CLUSTERS` includes a deleted cluster. */
const ports = (room: EngineRoom): Ports => ({ ...room.ports(), clusters: ['auth-cluster', 'gone-cluster'] });

test('services of other clusters are reconciled although one cluster was deleted', async () => {
  const room = await openEngineRoom();
  const start = { service: 'auth', asked: room.world.clock.now(), overrides: {} };
  const { taskArn } = await room.world.finish(startService(ports(room), start, room.context()));
  await room.world.clock.advance(5_000);
  expect(await room.world.finish(reconcileAll(ports(room), room.context()))).toEqual([]);
  expect(await room.world.finish(listServices(ports(room), room.context()))).toEqual(['auth']);
  const stop = { service: 'auth', asked: room.world.clock.now() };
  const outcome = await room.world.finish(stopService(ports(room), stop, room.context()));
  expect(outcome.tasksStopped).toEqual([taskArn]);
  expect(room.journal).toContainEqual(expect.objectContaining({ kind: 'aws-trouble', code: 'AwsRejected' }));
});

test.each([
  ['ClientException', 'The referenced cluster was inactive.'],
  ['InvalidParameterException', 'Cluster not found.'],
  ['InvalidParameterException', 'The specified cluster is inactive. Specify an active cluster and try again.'],
])('services of other clusters are reconciled for each wording of a deleted cluster: %s %s', async (code, message) => {
  const room = await openEngineRoom();
  const fault = { kind: 'error', code, message } as const;
  const input = { cluster: 'gone-cluster' };
  room.world.faults.plant({ operation: 'ListTasks', input, fault, times: Number.POSITIVE_INFINITY });
  await room.world.finish(room.start());
  await room.world.clock.advance(5_000);
  expect(await room.world.finish(reconcileAll(ports(room), room.context()))).toEqual([]);
});

test('a start fails with the reason if its mapping names a deleted cluster', async () => {
  const room = await openEngineRoom({ mapping: { cluster: 'gone-cluster' } });
  await expect(room.world.finish(room.start())).rejects.toMatchObject({ code: 'AwsRejected' });
});

test('other services are reconciled although one mapping names a cluster that the function may not read', async () => {
  const room = await openEngineRoom();
  const { taskArn } = await room.world.finish(room.start({ waitFor: 'healthy' }));
  await room.world.client('ssm', 'SET-UP').call('PutParameter', {
    Name: '/start-engines/dev/services/pdf',
    Type: 'String',
    Value: JSON.stringify({
      cluster: 'elsewhere',
      taskDefinition: 'auth-api-task',
      port: 8080,
      targetGroupArn: room.secondGroupArn,
      subnets: ['subnet-0aaaaaaaaaaaaaaa1'],
    }),
  });
  const fault = { kind: 'access-denied' } as const;
  const input = { cluster: 'elsewhere' };
  room.world.faults.plant({ operation: 'ListTasks', input, fault, times: Number.POSITIVE_INFINITY });
  room.world.ecs.admin.crashTask(taskArn);
  await room.world.clock.advance(60_000);
  await expect(room.world.finish(reconcileAll(room.ports(), room.context()))).rejects.toMatchObject({
    code: 'AwsAccessDenied',
    results: [{ service: 'auth', deregistered: [{ port: 8080 }] }],
  });
  const failed = room.outcomes.filter(({ type }) => type === 'Service Reconcile Failed');
  expect(failed.map(({ service }) => service)).toEqual(['pdf']);
});
