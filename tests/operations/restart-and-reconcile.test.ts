import {
  type RestartOutcome,
  reconcileAll,
  reconcileChange,
  restartService,
  type StartEnginesError,
} from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

function restart(room: EngineRoom, asked = room.world.clock.now()): Promise<RestartOutcome> {
  return room.world.finish(restartService(room.ports('RESTARTER'), { service: 'auth', asked }, room.context()));
}

const reconcile = (room: EngineRoom) => room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));
const registered = (room: EngineRoom) => room.targets().filter((target) => !target.includes('draining'));
const live = (room: EngineRoom) =>
  room.world.ecs.admin
    .tasks()
    .filter((task) => task.desiredStatus === 'RUNNING')
    .map((task) => task.taskArn);

describe('restarting a service', () => {
  test('waits until the new task is healthy before it stops the old one', async () => {
    const room = await openEngineRoom();
    const first = await room.world.finish(room.start({ waitFor: 'healthy' }));
    const outcome = await restart(room);
    expect(outcome.taskArn).not.toBe(first.taskArn);
    expect(outcome.replacedTasks).toEqual([first.taskArn]);
    expect(outcome.targets?.[0].healthStatus).toBe('healthy');
    expect(live(room)).toEqual([outcome.taskArn]);
    expect(registered(room)).toEqual([`${outcome.privateIp}:8080 healthy`]);
    // A stale read may show the old target again, and it is then deregistered again.
    expect([...new Set(room.operations({ mutating: true, caller: 'RESTARTER' }))]).toEqual([
      'RunTask',
      'RegisterTargets',
      'TagResource',
      'DeregisterTargets',
      'StopTask',
    ]);
    expect(room.outcomes.at(-1)).toMatchObject({ type: 'Service Restarted', operation: 'restart' });
  });

  test('uses the current mapping', async () => {
    const room = await openEngineRoom();
    await room.world.finish(room.start({ waitFor: 'healthy' }));
    await room.putMapping({ port: 8081 });
    const outcome = await restart(room);
    expect(registered(room)).toEqual([`${outcome.privateIp}:8081 healthy`]);
  });

  test('keeps the old task if the new one does not become healthy', async () => {
    const room = await openEngineRoom();
    const first = await room.world.finish(room.start({ waitFor: 'healthy' }));
    room.world.runtime.statusCodeFor(() => 503);
    const error = await restart(room).catch((caught: StartEnginesError) => caught);
    expect(error).toMatchObject({ name: 'TargetNotHealthy' });
    await room.world.clock.advance(120_000);
    expect(live(room)).toEqual([first.taskArn]);
    expect(registered(room)).toEqual([`${first.privateIp}:8080 healthy`]);
  });

  test('replaces the task once if the same restart arrives twice', async () => {
    const room = await openEngineRoom();
    await room.world.finish(room.start({ waitFor: 'healthy' }));
    await room.world.clock.advance(1_000);
    const asked = room.world.clock.now();
    await room.world.clock.advance(1_000);
    const first = await restart(room, asked);
    const second = await restart(room, asked);
    expect(second.taskArn).toBe(first.taskArn);
    expect(room.world.ecs.admin.counts().tasksCreated).toBe(2);
  });

  test('starts a service that is down', async () => {
    const room = await openEngineRoom();
    const outcome = await restart(room);
    expect(outcome.replacedTasks).toEqual([]);
    expect(live(room)).toEqual([outcome.taskArn]);
  });
});

describe('reconciling', () => {
  test('finds nothing to do for a service without drift', async () => {
    const room = await openEngineRoom();
    await room.world.finish(room.start({ waitFor: 'healthy' }));
    await room.world.clock.advance(10_000);
    expect(await reconcile(room)).toEqual([]);
    expect(room.operations({ mutating: true, caller: 'RECONCILER' })).toEqual([]);
  });

  test('registers a task whose start waited for nothing, and publishes that it is up', async () => {
    const room = await openEngineRoom();
    const { taskArn } = await room.world.finish(room.start({ waitFor: 'none' }));
    await room.world.clock.advance(60_000);
    const version = room.world.ecs.admin.tasks()[0]?.version ?? 0;
    const change = { taskArn, version, startedBy: 'start-engines/dev/auth', running: true };
    await room.world.finish(reconcileChange(room.ports('RECONCILER'), change, room.context()));
    expect(registered(room)).toHaveLength(1);
    expect(room.outcomes).toMatchObject([{ type: 'Service Started', taskArns: [taskArn], correlationId: 'test' }]);
  });

  test('leaves tasks of other workspaces alone', async () => {
    const room = await openEngineRoom();
    const change = {
      taskArn: 'arn:aws:ecs:us-east-2:123456789012:task/auth-cluster/x',
      version: 1,
      startedBy: 'start-engines/prod/auth',
      running: true,
    };
    expect(await reconcileChange(room.ports('RECONCILER'), change, room.context())).toBeUndefined();
    expect(room.operations({ caller: 'RECONCILER' })).toEqual([]);
  });

  test('deregisters the target of a crashed task, and publishes the crash (R34)', async () => {
    const room = await openEngineRoom();
    const { taskArn, privateIp } = await room.world.finish(room.start({ waitFor: 'healthy' }));
    room.world.ecs.admin.crashTask(taskArn);
    await room.world.clock.advance(60_000);
    const [outcome] = await reconcile(room);
    expect(outcome?.deregistered).toEqual([{ targetGroupArn: room.targetGroupArn, ip: privateIp, port: 8080 }]);
    expect(registered(room)).toEqual([]);
    expect(room.outcomes.at(-2)).toMatchObject({ type: 'Service Interrupted', taskArns: [taskArn] });
    expect(room.world.ecs.admin.counts().tasksCreated).toBe(1);
  });

  test('never evicts a correct target that is not healthy yet (R44)', async () => {
    const room = await openEngineRoom();
    room.world.runtime.statusCodeFor(() => 503);
    await room.world.finish(room.start());
    await room.world.clock.advance(60_000);
    expect(await reconcile(room)).toEqual([]);
    expect(registered(room)).toHaveLength(1);
  });

  test('deregisters a target without a task, but only in a group that no other service uses', async () => {
    for (const [exclusiveTargetGroup, left] of [
      [true, 0],
      [false, 1],
    ] as const) {
      const room = await openEngineRoom({ mapping: { exclusiveTargetGroup } });
      await room.world.client('elasticloadbalancing', 'SET-UP').call('RegisterTargets', {
        TargetGroupArn: room.targetGroupArn,
        Targets: [{ Id: '10.9.9.9', Port: 8080 }],
      });
      await room.world.clock.advance(5_000);
      await reconcile(room);
      expect(registered(room)).toHaveLength(left);
    }
  });

  test('stops a task that its launcher never saw running', async () => {
    const room = await openEngineRoom({ durations: { imagePullMs: [900_000, 900_000] } });
    await room.world.finish(room.start({ waitFor: 'none' }));
    await room.world.clock.advance(330_000);
    const [outcome] = await reconcile(room);
    expect(outcome?.tasksStopped).toHaveLength(1);
    expect(live(room)).toEqual([]);
  });

  test('finishes a stop whose process died after it marked the task', async () => {
    const room = await openEngineRoom();
    const { taskArn } = await room.world.finish(room.start({ waitFor: 'healthy' }));
    await room.ports().tasks.markRetiring(taskArn, { asked: room.world.clock.now(), by: 'stop' });
    await room.world.clock.advance(5_000);
    await reconcile(room);
    expect(live(room)).toEqual([]);
    expect(registered(room)).toEqual([]);
  });

  test('reports a task whose service no longer has a mapping, and leaves it running', async () => {
    const room = await openEngineRoom();
    const { taskArn } = await room.world.finish(room.start({ waitFor: 'healthy' }));
    await room.world.client('ssm', 'SET-UP').call('DeleteParameter', { Name: '/start-engines/dev/services/auth' });
    const outcomes = await reconcile(room);
    expect(outcomes).toMatchObject([{ remarks: [`Task ${taskArn} is running, and its service has no mapping.`] }]);
    expect(live(room)).toEqual([taskArn]);
    expect(registered(room)).toHaveLength(1);
  });
});
