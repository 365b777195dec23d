import { reconcileAll, reconcileChange } from '@start-engines/core';
import { expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

test('a reconcile that completes a start publishes it', async () => {
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
      message: 'Targets registered: 1, deregistered: 0; tasks marked as retiring: 0, stopped: 0.',
    },
  ]);
  // Once reads show the registration, there is nothing to do or to publish.
  await room.world.clock.advance(10_000);
  await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));
  expect(room.outcomes).toHaveLength(2);
});

test('a task that ECS lists but does not describe at first is reconciled', async () => {
  const room = await openEngineRoom();
  await room.world.finish(room.start({ waitFor: 'none' }));
  await room.world.clock.advance(60_000);
  room.world.faults.plant({ operation: 'DescribeTasks', fault: { kind: 'missing' } });
  await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));
  expect(room.targets()).toHaveLength(1);
});

test('a reconcile that fails for a service is published', async () => {
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

test('the failure of a start that waited for nothing is published when its overdue task is stopped', async () => {
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

test('a running task without an address is stopped after its deadline, and the failed start is published', async () => {
  const room = await openEngineRoom();
  const { taskArn } = await room.world.finish(room.start({ waitFor: 'none' }));
  await room.world.clock.advance(320_000);
  const ports = room.ports('RECONCILER');
  const describe = async (cluster: string, taskArns: readonly string[]) => {
    const { tasks, missing } = await ports.tasks.describe(cluster, taskArns);
    return { tasks: tasks.map(({ privateIp: _, ...task }) => task), missing };
  };
  await room.world.finish(reconcileAll({ ...ports, tasks: { ...ports.tasks, describe } }, room.context()));
  expect(room.outcomes).toMatchObject([
    {
      type: 'Service Start Failed',
      errorCode: 'StartTimedOut',
      message: `Task ${taskArn} is running, and had no private IP address by its deadline.`,
    },
    { type: 'Service Reconciled', taskArns: [taskArn] },
  ]);
  await room.world.clock.advance(60_000);
  expect(room.tasks()).toEqual(['STOPPED/STOPPED']);
});

/** ECS's event that the start's task now has this version. */
async function changeTo(room: EngineRoom, version: number) {
  const { taskArn } = await room.world.finish(room.start({ waitFor: 'healthy' }));
  await room.world.clock.advance(10_000);
  return { taskArn, version, startedBy: 'start-engines/dev/auth', running: false };
}

test('a change that reads do not show for ten seconds is a failure, so that Lambda retries it', async () => {
  const room = await openEngineRoom();
  const change = await changeTo(room, 99);
  const look = reconcileChange(room.ports('LOOK'), change, room.context());
  await expect(room.world.finish(look)).rejects.toMatchObject({
    code: 'AwsUnavailable',
    retryable: true,
    message: expect.stringMatching(
      /^ECS still shows task arn:\S+ of service "auth" at version \d+, not 99\. Lambda's retry/,
    ),
  });
});

test('a change of a task that has ended since is handled at once', async () => {
  const room = await openEngineRoom();
  const change = await changeTo(room, 99);
  room.world.ecs.admin.crashTask(change.taskArn);
  await room.world.clock.advance(60_000);
  const before = room.world.clock.now();
  const outcome = await room.world.finish(reconcileChange(room.ports('LOOK'), change, room.context()));
  expect(outcome?.deregistered).toMatchObject([{ targetGroupArn: room.targetGroupArn }]);
  expect(room.world.clock.now() - before).toBeLessThan(10_000);
});

test('a change of a task that ECS has forgotten is ignored', async () => {
  const room = await openEngineRoom({ durations: { stoppedTaskVisibleMs: 60_000 } });
  const change = await changeTo(room, 99);
  room.world.ecs.admin.crashTask(change.taskArn);
  await room.world.clock.advance(60_000);
  await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));
  await room.world.clock.advance(120_000);
  const outcome = await room.world.finish(reconcileChange(room.ports('LOOK'), change, room.context()));
  expect(outcome).toMatchObject({ service: 'auth', tasksStopped: [], deregistered: [] });
});
