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
/** Longer than a mapping is used before it is read again. */
const ttlMs = 31_000;
/** Longer than a start may take, with what its launcher has for taking the task down. */
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

/** A task is up in the first group, the mapping moves on to the second one, and the first one is deleted. */
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
  test('the mapping names one: the start fails by that name, and its task is stopped (R3)', async () => {
    const room = await openEngineRoom({ mapping: { targetGroupArn: nowhere } });
    const error = await failureOf(room, room.start());
    expect(error).toMatchObject({ name: 'AwsRejected', context: { awsCode: 'TargetGroupNotFound' } });
    await room.world.clock.advance(120_000);
    expect(room.tasks()).toEqual(['STOPPED/STOPPED']);
    await reconcile(room);
  });

  test('it was deleted under a live task: the service can be stopped', async () => {
    const { room, first } = await openRoomWithDeletedGroup();
    expect(await stop(room)).toMatchObject({ status: 'stopped', tasksStopped: [first.taskArn] });
    await room.world.clock.advance(120_000);
    expect(room.tasks()).toEqual(['STOPPED/STOPPED']);
  });

  test('it was deleted under a live task: the service can be restarted into another', async () => {
    const { room, first } = await openRoomWithDeletedGroup();
    const outcome = await restart(room);
    expect(outcome.replacedTasks).toEqual([first.taskArn]);
    expect(room.targets(room.secondGroupArn)).toEqual([`${outcome.privateIp}:8080 healthy`]);
    await room.world.clock.advance(120_000);
    expect(room.tasks()).toEqual(['STOPPED/STOPPED', 'RUNNING/RUNNING']);
  });

  test('it was deleted under a live task: reconcile says so', async () => {
    const { room } = await openRoomWithDeletedGroup();
    const error = await failureOf(room, reconcileAll(room.ports('RECONCILER'), room.context()));
    expect(error).toMatchObject({ name: 'AwsRejected', context: { awsCode: 'TargetGroupNotFound' } });
  });

  test('it was deleted under a live task: past its deadline reconcile takes the task down and tells of it', async () => {
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

  test('it was deleted under a live task: past its deadline a start brings up another where the mapping says', async () => {
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

  test('one of two was deleted under a live task: the task serves on in the other', async () => {
    const { room } = await openRoomWithDeletedGroup({ targets: 'both' });
    await room.world.clock.advance(pastDeadlineMs);
    const error = await failureOf(room, reconcileAll(room.ports('RECONCILER'), room.context()));
    expect(error).toMatchObject({ name: 'AwsRejected', context: { awsCode: 'TargetGroupNotFound' } });
    expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
    expect(room.targets(room.secondGroupArn)).toHaveLength(1);
  });
});

describe('a target group that the function may not change', () => {
  test('a task that could not be registered there is stopped all the same (R38)', async () => {
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

  test('a task that stands there is not stopped before it is taken out', async () => {
    const room = await openEngineRoom();
    await room.world.finish(room.start({ waitFor: 'healthy' }));
    room.world.faults.plant({ operation: 'DeregisterTargets', fault: { kind: 'access-denied' }, times: Infinity });
    expect(await stop(room).catch((error: StartEnginesError) => error)).toMatchObject({ name: 'AwsAccessDenied' });
    await room.world.clock.advance(120_000);
    expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
  });
});
