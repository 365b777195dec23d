import {
  type RestartOutcome,
  reconcileAll,
  restartService,
  type StartEnginesError,
  type StopOutcome,
  stopService,
} from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

const nowhere = 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/nowhere/0123456789abcdef';
/** Longer than a mapping is cached. */
const ttlMs = 31_000;
/** Longer than a start may take, plus the launcher's time to stop the task. */
const pastDeadlineMs = 320_000;

function stop(room: EngineRoom): Promise<StopOutcome> {
  const request = { service: 'auth', asked: room.world.clock.now() };
  return room.world.finish(stopService(room.ports('STOPPER'), request, room.context()));
}

function restart(room: EngineRoom): Promise<RestartOutcome> {
  const request = { service: 'auth', asked: room.world.clock.now() };
  return room.world.finish(restartService(room.ports('RESTARTER'), request, room.context()));
}

const reconcile = (room: EngineRoom) => room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));

async function failureOf<Outcome>(room: EngineRoom, operation: Promise<Outcome>): Promise<StartEnginesError> {
  const failure = operation.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: StartEnginesError) => error,
  );
  return room.world.finish(failure);
}

/** A task is up in the first group. Then the mapping names the second group, and the first one is deleted. */
async function openRoomWithDeletedGroup({ targets = 'first' }: { targets?: 'first' | 'both' } = {}) {
  const room = await openEngineRoom();
  if (targets === 'both') {
    const targetGroups = [{ arn: room.targetGroupArn }, { arn: room.secondGroupArn }];
    await room.putMapping({ targetGroupArn: undefined, targetGroups });
  }
  const first = await room.world.finish(room.start({ waitFor: 'healthy' }));
  await room.putMapping({ targetGroupArn: room.secondGroupArn, targetGroups: undefined });
  const balancer = room.world.client('elasticloadbalancing', 'SET-UP');
  const { LoadBalancers } = await balancer.call('DescribeLoadBalancers', {});
  const [{ LoadBalancerArn }] = LoadBalancers as [{ LoadBalancerArn: string }];
  const { Listeners } = await balancer.call('DescribeListeners', { LoadBalancerArn });
  const [{ ListenerArn }] = Listeners as [{ ListenerArn: string }];
  const { Rules } = await balancer.call('DescribeRules', { ListenerArn });
  for (const { RuleArn, Actions } of Rules as { RuleArn: string; Actions: { TargetGroupArn?: string }[] }[]) {
    if (Actions[0]?.TargetGroupArn === room.targetGroupArn) await balancer.call('DeleteRule', { RuleArn });
  }
  await balancer.call('DeleteTargetGroup', { TargetGroupArn: room.targetGroupArn });
  await room.world.clock.advance(ttlMs);
  return { room, first };
}

describe('a target group that does not exist', () => {
  test('named by the mapping fails the start, whose error names it, and the task is stopped (R3)', async () => {
    const room = await openEngineRoom({ mapping: { targetGroupArn: nowhere } });
    const error = await failureOf(room, room.start());
    expect(error).toMatchObject({ name: 'AwsRejected', context: { awsCode: 'TargetGroupNotFound' } });
    await room.world.clock.advance(120_000);
    expect(room.tasks()).toEqual(['STOPPED/STOPPED']);
    await reconcile(room);
  });

  test('does not prevent a stop of the live task', async () => {
    const { room, first } = await openRoomWithDeletedGroup();
    expect(await stop(room)).toMatchObject({ status: 'stopped', tasksStopped: [first.taskArn] });
    await room.world.clock.advance(120_000);
    expect(room.tasks()).toEqual(['STOPPED/STOPPED']);
  });

  test('does not prevent a restart into another group', async () => {
    const { room, first } = await openRoomWithDeletedGroup();
    const outcome = await restart(room);
    expect(outcome.replacedTasks).toEqual([first.taskArn]);
    expect(room.targets(room.secondGroupArn)).toEqual([`${outcome.privateIp}:8080 healthy`]);
    await room.world.clock.advance(120_000);
    expect(room.tasks()).toEqual(['STOPPED/STOPPED', 'RUNNING/RUNNING']);
  });

  test('is reported by reconcile while its task is live', async () => {
    const { room } = await openRoomWithDeletedGroup();
    const error = await failureOf(room, reconcileAll(room.ports('RECONCILER'), room.context()));
    expect(error).toMatchObject({ name: 'AwsRejected', context: { awsCode: 'TargetGroupNotFound' } });
  });

  test('makes reconcile stop the task after its deadline, and publish that', async () => {
    const { room, first } = await openRoomWithDeletedGroup();
    await room.world.clock.advance(pastDeadlineMs);
    const [outcome] = await reconcile(room);
    expect(outcome).toMatchObject({ registered: [], tasksRetired: [first.taskArn], tasksStopped: [first.taskArn] });
    expect(room.outcomes.slice(1)).toMatchObject([
      {
        type: 'Service Interrupted',
        taskArns: [first.taskArn],
        correlationId: 'test',
        message: `Task ${first.taskArn} is running but unreachable, because its target groups no longer exist. It is stopped; the next start uses the mapping's target groups.`,
      },
      { type: 'Service Reconciled', taskArns: [first.taskArn] },
    ]);
    await room.world.clock.advance(120_000);
    expect(room.tasks()).toEqual(['STOPPED/STOPPED']);
  });

  test('makes a start after the task’s deadline launch another task in the mapping’s group', async () => {
    const { room, first } = await openRoomWithDeletedGroup();
    await room.world.clock.advance(pastDeadlineMs);
    const second = await room.world.finish(room.start({ waitFor: 'healthy' }));
    expect(second.reused).toBe(false);
    expect(second.taskArn).not.toBe(first.taskArn);
    expect(room.targets(room.secondGroupArn)).toEqual([`${second.privateIp}:8080 healthy`]);
    await reconcile(room);
    await room.world.clock.advance(120_000);
    expect(room.tasks()).toEqual(['STOPPED/STOPPED', 'RUNNING/RUNNING']);
  });

  test('does not affect a live task’s other group, where it continues to serve', async () => {
    const { room } = await openRoomWithDeletedGroup({ targets: 'both' });
    await room.world.clock.advance(pastDeadlineMs);
    const error = await failureOf(room, reconcileAll(room.ports('RECONCILER'), room.context()));
    expect(error).toMatchObject({ name: 'AwsRejected', context: { awsCode: 'TargetGroupNotFound' } });
    expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
    expect(room.targets(room.secondGroupArn)).toHaveLength(1);
  });
});

describe('a target group that the function may not change', () => {
  test('fails the start, and its task is stopped (R38)', async () => {
    const room = await openEngineRoom();
    for (const operation of ['RegisterTargets', 'DeregisterTargets']) {
      room.world.faults.plant({ operation, fault: { kind: 'access-denied' }, times: Infinity });
    }
    const error = await failureOf(room, room.start());
    expect(error).toMatchObject({ name: 'AwsAccessDenied', context: { operation: 'RegisterTargets' } });
    await room.world.clock.advance(120_000);
    expect(room.tasks()).toEqual(['STOPPED/STOPPED']);
    await reconcile(room);
  });

  test('keeps a registered task from being stopped until it can be deregistered', async () => {
    const room = await openEngineRoom();
    await room.world.finish(room.start({ waitFor: 'healthy' }));
    room.world.faults.plant({ operation: 'DeregisterTargets', fault: { kind: 'access-denied' }, times: Infinity });
    expect(await stop(room).catch((error: StartEnginesError) => error)).toMatchObject({ name: 'AwsAccessDenied' });
    await room.world.clock.advance(120_000);
    expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
  });
});
