import { reconcileAll } from '@start-engines/core';
import { expect, test } from 'vitest';
import { openEngineRoom } from './engine-room.ts';

test('a start that waited for nothing is told when a reconcile finishes it', async () => {
  const room = await openEngineRoom();
  await room.world.finish(room.start({ waitFor: 'none' }));
  await room.world.clock.advance(60_000);
  await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));
  expect(room.targets()).toHaveLength(1);
  expect(room.outcomes).toMatchObject([
    { type: 'Service Started' },
    {
      type: 'Service Reconciled',
      service: 'auth',
      operation: 'reconcile',
      message: 'Targets registered: 1, deregistered: 0; tasks marked to go: 0, stopped: 0.',
    },
  ]);
  // Nothing is left to do, and nothing to tell, once reads show it.
  await room.world.clock.advance(10_000);
  await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));
  expect(room.outcomes).toHaveLength(2);
});

test('a reconcile that fails for a service is told', async () => {
  const room = await openEngineRoom();
  const { taskArn } = await room.world.finish(room.start({ waitFor: 'healthy' }));
  room.world.ecs.admin.crashTask(taskArn);
  await room.world.clock.advance(60_000);
  const fault = { kind: 'access-denied' } as const;
  room.world.faults.plant({ operation: 'DeregisterTargets', fault, times: Number.POSITIVE_INFINITY });
  const reconcile = reconcileAll(room.ports('RECONCILER'), room.context());
  await expect(room.world.finish(reconcile)).rejects.toMatchObject({ code: 'AwsAccessDenied' });
  expect(room.outcomes.at(-1)).toMatchObject({
    type: 'Service Reconcile Failed',
    service: 'auth',
    errorCode: 'AwsAccessDenied',
  });
});

test('a start that waited for nothing is told when its task is taken down because it is late', async () => {
  const room = await openEngineRoom({
    mapping: { startTimeoutSeconds: 10 },
    durations: { imagePullMs: [600_000, 600_000] },
  });
  const { taskArn } = await room.world.finish(room.start({ waitFor: 'none' }));
  await room.world.clock.advance(26_000);
  await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));
  expect(room.outcomes).toMatchObject([
    { type: 'Service Start Failed', errorCode: 'StartTimedOut', taskArns: [taskArn], correlationId: 'test' },
    { type: 'Service Reconciled', taskArns: [taskArn] },
  ]);
  await room.world.clock.advance(60_000);
  expect(room.tasks()).toEqual(['STOPPED/STOPPED']);
});
