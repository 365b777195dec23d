import { PutMetricDataCommand, type PutMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import { expect } from 'vitest';
import type { Behaviour } from './suite.ts';
import type { World } from './world.ts';

const minuteMs = 60_000;
/** A minute that ended an hour ago. */
const first = Math.floor(Date.now() / minuteMs) * minuteMs - 60 * minuteMs;
const minute = (index: number) => first + index * minuteMs;

const groupNamed = (name: string) => ({
  listenerRuleArn: `arn:aws:elasticloadbalancing:us-east-2:123456789012:listener-rule/app/metered/50dc6c495c0c9188/f2f7dc8efc522ab2/${name}`,
  targetGroupArn: `arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/${name}/73e2d6bc24d8a067`,
});

/** Publishes values as the load balancer does, each in the middle of its minute. */
async function publish(world: World, group: string, MetricName: string, values: Readonly<Record<number, number>>) {
  const Dimensions = [
    { Name: 'LoadBalancer', Value: 'app/metered/50dc6c495c0c9188' },
    { Name: 'TargetGroup', Value: `targetgroup/${group}/73e2d6bc24d8a067` },
  ];
  const MetricData = Object.entries(values).map(([index, Value]) => {
    return { MetricName, Dimensions, Value, Timestamp: new Date(minute(Number(index)) + 30_000) };
  });
  const input: PutMetricDataCommandInput = { Namespace: 'AWS/ApplicationELB', MetricData };
  if (world.backend.publish !== undefined) world.backend.publish(input);
  else await (await world.clients.cloudWatch()).send(new PutMetricDataCommand(input));
}

export function describeRequests(behaviour: Behaviour): void {
  behaviour(
    'requests and healthy hosts are read by the minute, and only those of the group and the window',
    async (world) => {
      await publish(world, 'counted', 'RequestCount', { [-1]: 9, 0: 2, 3: 1, 5: 9 });
      await publish(world, 'counted', 'HealthyHostCount', { 0: 1, 1: 1, 2: 0 });
      await publish(world, 'other', 'RequestCount', { 2: 7 });
      const group = groupNamed('counted');
      const use = await world.meter.read([group, groupNamed('unknown')], minute(0), minute(5));
      expect(use.get(group.targetGroupArn)).toEqual({
        requests: new Map([
          [minute(0), 2],
          [minute(3), 1],
        ]),
        healthyHosts: new Map([
          [minute(0), 1],
          [minute(1), 1],
          [minute(2), 0],
        ]),
        isComplete: true,
      });
      expect(use.get(groupNamed('unknown').targetGroupArn)).toEqual({
        requests: new Map(),
        healthyHosts: new Map(),
        isComplete: true,
      });
    },
  );

  behaviour('more groups than one call reads are all read', async (world) => {
    const groups = Array.from({ length: 251 }, (_, index) => groupNamed(`many-${index}`));
    await publish(world, 'many-250', 'RequestCount', { 1: 4 });
    const use = await world.meter.read(groups, minute(0), minute(5));
    expect(use.size).toBe(251);
    expect(use.get(groupNamed('many-250').targetGroupArn)?.requests).toEqual(new Map([[minute(1), 4]]));
  });
}
