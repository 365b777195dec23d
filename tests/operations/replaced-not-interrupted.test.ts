import { restartService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

/** Deletes the first target group and its rule, as an apply does after it created a replacement. */
async function deleteFirstGroup(room: EngineRoom): Promise<void> {
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
}

test('a task that a restart replaces is marked once and not reported as interrupted, even if its group is already deleted', async () => {
  const room = await openEngineRoom();
  const first = await room.world.finish(room.start({ waitFor: 'healthy' }));
  await room.world.clock.advance(320_000);
  await room.putMapping({ targetGroupArn: room.secondGroupArn });
  const request = { service: 'auth', asked: room.world.clock.now() };
  const restart = restartService(room.ports('RESTARTER'), request, room.context());
  await room.world.clock.advance(5_000);
  await deleteFirstGroup(room);
  expect((await room.world.finish(restart)).replacedTasks).toEqual([first.taskArn]);
  expect(room.outcomes.map(({ type }) => type)).toEqual(['Service Started', 'Service Restarted']);
  expect(room.journal.filter((entry) => entry.kind === 'retiring')).toHaveLength(1);
});
