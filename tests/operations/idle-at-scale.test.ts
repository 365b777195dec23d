import { reconcileAll, startService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { type Fleet, openFleet } from '../../scripts/bench/fleet.ts';

const minuteMs = 60_000;

const instantly = {
  interfaceCreationMs: [0, 0],
  interfaceAttachmentMs: [0, 0],
  pendingMs: [0, 0],
  imagePullMs: [0, 0],
} as const;

/** Services that are stopped when they are idle for ten minutes; all are up, and every second one has got a request each minute. */
async function openHalfIdleFleet(services: number): Promise<Fleet> {
  const seed = Math.floor(Math.random() * 2 ** 31);
  console.info(`seed ${seed}`);
  const fleet = await openFleet({
    seed,
    workspaces: 1,
    servicesInEachCluster: services,
    durations: instantly,
    wakes: true,
    mapping: { idle: { afterSeconds: 600, minUpSeconds: 0 } },
  });
  const { world } = fleet;
  const [ports, context, asked] = [fleet.ports('w0', 'STARTER'), fleet.context(), world.clock.now()];
  const waitFor = 'healthy' as const;
  await world.finish(
    Promise.all(
      fleet.services.map(({ service }) => startService(ports, { service, asked, waitFor, overrides: {} }, context)),
    ),
  );
  for (let minute = 0; minute < 15; minute += 1) {
    for (const { service, listenerArn } of fleet.services.filter((_one, index) => index % 2 === 0)) {
      const path = `/api/${service}/hello`;
      world.elb.route({ listenerArn, method: 'GET', host: '', path, query: '', headers: {} });
    }
    await world.clock.advance(minuteMs);
  }
  return fleet;
}

/** The rules that send requests to the service. */
async function routedToService({ setUp, services }: Fleet): Promise<string[]> {
  const found = await Promise.all(
    services.map(async ({ service, listenerRuleArn }) => {
      const { Rules } = await setUp('elasticloadbalancing', 'DescribeRules', { RuleArns: [listenerRuleArn] });
      const [rule] = Rules as [{ Actions: [{ ForwardConfig: { TargetGroups: { Weight: number }[] } }] }];
      return rule.Actions[0].ForwardConfig.TargetGroups[0]?.Weight === 1 ? [service] : [];
    }),
  );
  return found.flat();
}

test.each([
  [100, 1],
  [1_000, 4],
])(
  'a scheduled reconcile of %i services, half of them idle, reads their metrics in %i calls and begins to stop the idle half',
  async (count, metricCalls) => {
    const fleet = await openHalfIdleFleet(count);
    const { world, services } = fleet;
    const used = services.flatMap(({ service }, index) => (index % 2 === 0 ? [service] : []));
    const startedAt = world.clock.now();
    const heapBefore = process.memoryUsage().heapUsed;
    const tookMs = performance.now();
    await world.finish(reconcileAll(fleet.ports('w0', 'RECONCILER'), fleet.context()));
    const cpuSeconds = ((performance.now() - tookMs) / 1_000).toFixed(1);
    const heapMb = ((process.memoryUsage().heapUsed - heapBefore) / 2 ** 20).toFixed(0);

    expect(await routedToService(fleet)).toEqual(used);
    const reasons = fleet.journal.flatMap((entry) =>
      entry.kind === 'not-idle' ? [`${entry.service} ${entry.reason}`] : [],
    );
    expect(reasons.filter((reason) => reason.endsWith('recent-use')).toSorted()).toEqual(
      used.map((service) => `${service} recent-use`).toSorted(),
    );
    const calls = world.calls.list({ caller: 'RECONCILER' });
    const made = Object.groupBy(calls, ({ operation }) => operation);
    // Two metrics for each service, and at most 500 in a call.
    expect(made.GetMetricData).toHaveLength(metricCalls);
    const shown = Object.entries(made).map(([operation, list = []]) => `${list.length} ${operation}`);
    const seconds = ((world.clock.now() - startedAt) / 1_000).toFixed(0);
    console.info(
      `${count} services: ${calls.length} calls (${shown.join(', ')}), ${seconds} s on the model's clock, ${cpuSeconds} s of computing, heap ${heapMb} MB more`,
    );
  },
  120_000,
);
