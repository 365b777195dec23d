import { reconcileChange, wakeService } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { createWakes } from '../../packages/activator/src/wakes.ts';
import { type Fleet, openFleet } from '../../scripts/bench/fleet.ts';
import { onVirtualTimers } from '../../scripts/bench/virtual-timers.ts';

/** How often Lambda invokes a function for an event, and the pauses between, in milliseconds. */
const lambdaPausesMs = [0, 60_000, 120_000];

interface Woken extends Fleet {
  /** Resolves when the functions have handled every event so far. */
  settled(): Promise<void>;
  /** An event for a function, which Lambda invokes again if it throws. Each invocation is in a process of its own. */
  invoke(name: string, run: (caller: string) => Promise<unknown>): Promise<void>;
}

/** Services that are down, and the function that ECS's events reach. */
async function openSleepingFleet(seed: number, services: number): Promise<Woken> {
  console.info(`seed ${seed}`);
  const fleet = await openFleet({
    seed,
    workspaces: 1,
    servicesInEachCluster: services,
    throttling: 'documented',
    wakes: true,
  });
  const underWay = new Set<Promise<void>>();
  let invocations = 0;
  const invoke: Woken['invoke'] = (name, run) => {
    const handled = (async () => {
      for (const pauseMs of lambdaPausesMs) {
        await fleet.world.clock.sleep(pauseMs);
        invocations += 1;
        const error = await run(`${name}-${invocations}`).then(
          () => undefined,
          (caught: Error) => caught,
        );
        if (error === undefined) return;
      }
    })();
    underWay.add(handled);
    return handled.finally(() => underWay.delete(handled));
  };
  fleet.world.ecs.onTaskStateChange(({ taskArn, version, startedBy, lastStatus }) => {
    if (lastStatus !== 'RUNNING' && lastStatus !== 'STOPPED') return;
    const change = {
      taskArn: String(taskArn),
      version: Number(version),
      startedBy: String(startedBy),
      running: lastStatus === 'RUNNING',
    };
    void invoke('CHANGE', (caller) => reconcileChange(fleet.ports('w0', caller), change, fleet.context()));
  });
  return {
    ...fleet,
    invoke,
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

const wake = (fleet: Woken, service: string) => {
  const request = { service, asked: fleet.world.clock.now() };
  return fleet.invoke('WAKE', (caller) => wakeService(fleet.ports('w0', caller), request, fleet.context()));
};

/** The weights of the service's group and the activator's. */
async function routesOf({ setUp, services }: Fleet): Promise<string[]> {
  const RuleArns = services.map(({ listenerRuleArn }) => listenerRuleArn);
  const { Rules } = await setUp('elasticloadbalancing', 'DescribeRules', { RuleArns });
  const rules = Rules as { Actions: { ForwardConfig: { TargetGroups: { Weight: number }[] } }[] }[];
  return rules.map(({ Actions: [action] }) =>
    (action?.ForwardConfig.TargetGroups ?? []).map(({ Weight }) => Weight).join(':'),
  );
}

describe('under the documented rates of ECS, Elastic Load Balancing and Parameter Store', { timeout: 120_000 }, () => {
  test('a hundred services that are woken within a second each start one task and get their requests', async () => {
    const fleet = await openSleepingFleet(Math.floor(Math.random() * 2 ** 31), 100);
    const { world, services } = fleet;
    const from = world.clock.now();
    await onVirtualTimers(world, async () => {
      for (const { service } of services) {
        void wake(fleet, service);
        await world.clock.advance(10);
      }
      // The tasks run within a minute.
      await world.clock.advance(60_000);
      await world.finish(fleet.settled());
    });
    expect(await routesOf(fleet)).toEqual(services.map(() => '1:0'));
    expect(world.ecs.admin.tasks().map(({ lastStatus }) => lastStatus)).toEqual(services.map(() => 'RUNNING'));
    expect(world.ecs.admin.counts().tasksCreated).toBe(100);

    const made = world.calls
      .list({ service: 'elasticloadbalancing' })
      .filter(({ caller, error }) => caller !== 'SET-UP' && error === undefined);
    const changes = made.filter(({ operation }) => operation === 'ModifyRule');
    const lastChange = Math.max(...changes.map(({ startedAt }) => startedAt));
    const bounds = {
      'rule changes': (services.length - 20) / 3,
      registrations: (services.length - 20) / 4,
      [`all ${made.length} calls`]: (made.length - 40) / 10,
    };
    const shown = Object.entries(bounds).map(([of, seconds]) => `${seconds.toFixed(0)} s for ${of}`);
    const took = ((lastChange - from) / 1_000).toFixed(0);
    console.info(`all routes are right after ${took} s; the rates of Elastic Load Balancing need ${shown.join(', ')}`);
    expect(changes).toHaveLength(100);
  });

  test('10,000 requests at once to one service that is down start one task', async () => {
    const fleet = await openSleepingFleet(Math.floor(Math.random() * 2 ** 31), 1);
    const { world } = fleet;
    const events: string[] = [];
    await onVirtualTimers(world, async () => {
      // Lambda runs a thousand environments of the activator, and each answers one request at a time.
      await Promise.all(
        Array.from({ length: 1_000 }, async () => {
          const source = { eventBusName: 'engines', workspace: 'w0' };
          const put = async (_operation: object, input: object) => {
            events.push(JSON.stringify(input));
            return { FailedEntryCount: 0 };
          };
          const wakes = createWakes(put, source, () => {});
          for (let request = 0; request < 10; request += 1) expect(await wakes.wake('service-0', 'id')).toBe(true);
        }),
      );
      // The function for wakes runs ten at a time.
      const waiting = events.map(() => () => wake(fleet, 'service-0'));
      const lanes = Array.from({ length: 10 }, async () => {
        for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await next();
      });
      await world.finish(Promise.all(lanes));
      await world.finish(fleet.settled());
    });
    expect(events).toHaveLength(1_000);
    expect(world.calls.list({ operation: 'RunTask' }).filter(({ error }) => error === undefined)).toHaveLength(1);
    expect(world.ecs.admin.tasks().map(({ lastStatus }) => lastStatus)).toEqual(['RUNNING']);
    expect(await routesOf(fleet)).toEqual(['1:0']);
  });
});
