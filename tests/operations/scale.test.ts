import {
  describeServices,
  listServices,
  ownerOf,
  reconcileAll,
  startService,
  startServices,
  stopService,
  stopServices,
  toStartEnginesError,
} from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { type Fleet, openFleet } from '../../scripts/bench/fleet.ts';
import { type ManyStartsRun, runManyStarts } from '../../scripts/bench/many-starts.ts';
import { onVirtualTimers } from '../../scripts/bench/virtual-timers.ts';

const drawSeed = () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  console.log(`seed ${seed}`);
  return seed;
};

/** Each live task as `startedBy ip`, and each registered target as `ip` after the `startedBy` of its group's service. */
function liveTasks({ world }: Fleet): string[] {
  return world.ecs.admin
    .tasks()
    .filter((task) => task.desiredStatus === 'RUNNING')
    .map((task) => `${task.startedBy} ${task.attachments[0]?.details.find(isPrivateIp)?.value}`)
    .toSorted();
}

function registeredTargets({ world, services }: Fleet): string[] {
  return services
    .flatMap(({ workspace, service, targetGroupArn }) =>
      world.elb.admin
        .targets(targetGroupArn)
        .filter((target) => target.health.State !== 'draining')
        .map((target) => `${ownerOf(workspace, service)} ${target.id}`),
    )
    .toSorted();
}

const isPrivateIp = ({ name }: { readonly name?: string }) => name === 'privateIPv4Address';

/** Whether a call reads mappings rather than notes of stops. */
const readsMappings = ({ input }: { readonly input: Readonly<Record<string, unknown>> }) =>
  !JSON.stringify(input).includes('/stops/');

function expectAllUp({ fleet, measured, outcomes }: ManyStartsRun): void {
  expect(measured.failures).toEqual([]);
  expect(fleet.world.ecs.admin.counts().tasksCreated).toBe(measured.starts);
  expect(new Set(outcomes.map((outcome) => outcome.taskArn)).size).toBe(measured.starts);
  expect(outcomes.filter((outcome) => !outcome.reused)).toHaveLength(measured.starts);
  expect(liveTasks(fleet)).toHaveLength(measured.starts);
  expect(registeredTargets(fleet)).toEqual(liveTasks(fleet));
}

describe('under the documented rate limits of ECS and Elastic Load Balancing', { timeout: 180_000 }, () => {
  test('a thousand starts within ten seconds all succeed, once each', async () => {
    const run = await runManyStarts({
      seed: drawSeed(),
      workspaces: 10,
      servicesInEach: 100,
      arrivingWithinMs: 10_000,
    });
    expect(run.measured.starts).toBe(1_000);
    expect(run.measured.throttledCalls).toBeGreaterThan(1_000);
    expectAllUp(run);
    // On the model's clock, which other load on this machine does not affect.
    const { tookSeconds, readBoundSeconds, registrationBoundSeconds } = run.measured;
    console.info(
      `all are up after ${tookSeconds} s. The rates allow ${registrationBoundSeconds} s for the registrations.`,
    );
    expect(tookSeconds / Math.max(readBoundSeconds, registrationBoundSeconds)).toBeLessThan(1.4);
    const { fleet } = run;
    await fleet.world.clock.advance(60_000);
    const outcome = await fleet.world.finish(reconcileAll(fleet.ports('w0', 'RECONCILER'), fleet.context()));
    expect(outcome).toEqual([]);
    expect(fleet.world.calls.list({ caller: 'RECONCILER', mutating: true })).toEqual([]);
  });

  // Attack review, finding 8: 815 of them failed with MappingUnavailable after six seconds.
  test('a thousand services in one request all start', async () => {
    const fleet = await openFleet({
      seed: drawSeed(),
      workspaces: 1,
      servicesInEachCluster: 1_000,
      throttling: 'documented',
    });
    const { world, services } = fleet;
    const requests = services.map(({ service }) => ({ service, asked: world.clock.now(), overrides: {} }));
    const ports = fleet.ports('w0', 'STARTER');
    const results = await onVirtualTimers(world, () => world.finish(startServices(ports, requests, fleet.context())));
    expect(results.flatMap((result) => (result.ok ? [] : [toStartEnginesError(result.error).code]))).toEqual([]);
    expect(liveTasks(fleet)).toHaveLength(1_000);
    expect(registeredTargets(fleet)).toEqual(liveTasks(fleet));
    const loads = world.calls.list({ service: 'ssm', caller: 'STARTER' }).filter(readsMappings);
    // 100 pages of mappings, the defaults, one empty page of Terraform's output, and the throttled ones again.
    expect(loads.filter((call) => call.error === undefined)).toHaveLength(102);
  });

  test('three hundred services in one request are all stopped, each with a note', async () => {
    const fleet = await bringUpFleet(1, 300, 'documented');
    const { world, services } = fleet;
    const requests = services.map(({ service }) => ({ service, asked: world.clock.now() }));
    const ports = fleet.ports('w0', 'STOPPER');
    const results = await onVirtualTimers(world, () => world.finish(stopServices(ports, requests, fleet.context())));
    expect(results.filter((result) => result.ok && result.outcome.status === 'stopped')).toHaveLength(300);
    expect(liveTasks(fleet)).toEqual([]);
    const loads = world.calls.list({ service: 'ssm', caller: 'STOPPER' }).filter(readsMappings);
    expect(loads.filter((call) => call.error === undefined)).toHaveLength(32);
    const notes = world.calls.list({ operation: 'PutParameter', caller: 'STOPPER' });
    expect(notes.filter((call) => call.error === undefined)).toHaveLength(300);
  });

  test('two hundred starts whose events are all delivered twice launch two hundred tasks', async () => {
    const seed = drawSeed();
    const run = await runManyStarts({
      seed,
      workspaces: 2,
      servicesInEach: 100,
      arrivingWithinMs: 2_000,
      deliveries: 2,
    });
    expect(run.measured.throttledCalls).toBeGreaterThan(200);
    expectAllUp(run);
    expect(run.outcomes).toHaveLength(400);
  });
});

test('a throttled read is retried on its own, without repeating reads that succeeded', async () => {
  const fleet = await openFleet({ seed: drawSeed(), workspaces: 1, servicesInEachCluster: 1 });
  const { world } = fleet;
  world.faults.plant({ service: 'ecs', operation: 'ListTasks', nth: 2, times: 3, fault: { kind: 'throttle' } });
  const request = { service: 'service-0', asked: world.clock.now(), overrides: {} };
  await world.finish(startService(fleet.ports('w0', 'STARTER'), request, fleet.context()));
  const calls = world.calls.list({ caller: 'STARTER' }).map((call) => call.operation);
  expect(calls.slice(0, calls.indexOf('RunTask'))).toEqual([
    'GetParameters',
    'DescribeTargetHealth',
    'ListTasks',
    'ListTasks',
    'ListTasks',
    'ListTasks',
    'ListTasks',
  ]);
});

/** Starts everything at once and without throttling. */
async function bringUpFleet(
  clustersInEach: number,
  servicesInEachCluster: number,
  throttling: 'off' | 'documented' = 'off',
): Promise<Fleet> {
  const durations = {
    interfaceCreationMs: [0, 0],
    interfaceAttachmentMs: [0, 0],
    pendingMs: [0, 0],
    imagePullMs: [0, 0],
  } as const;
  const sizes = { workspaces: 1, clustersInEach, servicesInEachCluster };
  const fleet = await openFleet({ seed: drawSeed(), ...sizes, throttling, durations });
  const { world, services } = fleet;
  const ports = fleet.ports('w0', 'STARTER');
  const asked = world.clock.now();
  const started = services.map(({ service }) =>
    startService(ports, { service, asked, overrides: {} }, fleet.context()),
  );
  await world.finish(Promise.all(started));
  await world.clock.advance(30_000);
  return fleet;
}

function ecsReads({ world }: Fleet, caller: string): Record<string, number> {
  const reads = world.calls.list({ service: 'ecs', caller }).map((call) => call.operation);
  return Object.fromEntries(Object.entries(Object.groupBy(reads, (name) => name)).map(([k, v]) => [k, v?.length ?? 0]));
}

describe('the tasks of a thousand services', { timeout: 180_000 }, () => {
  test.for([
    { clusters: 1, each: 1_000, reads: { ListTasks: 11, DescribeTasks: 10 } },
    { clusters: 10, each: 100, reads: { ListTasks: 20, DescribeTasks: 10 } },
  ])(
    'in $clusters cluster(s) are reconciled, and shown, with at most 30 reads of ECS',
    async ({ clusters, each, reads }) => {
      const fleet = await bringUpFleet(clusters, each);
      const { world } = fleet;
      const outcome = await world.finish(reconcileAll(fleet.ports('w0', 'RECONCILER'), fleet.context()));
      expect(outcome).toEqual([]);
      expect(world.calls.list({ caller: 'RECONCILER', mutating: true })).toEqual([]);
      expect(ecsReads(fleet, 'RECONCILER')).toEqual(reads);

      const statuses = await world.finish(describeServices(fleet.ports('w0', 'STATUS'), fleet.context()));
      expect(statuses.filter((status) => status.tasks.length === 1)).toHaveLength(1_000);
      expect(statuses.flatMap((status) => status.targetGroups[0]?.targets ?? [])).toHaveLength(1_000);
      expect(ecsReads(fleet, 'STATUS')).toEqual(reads);
    },
  );
});

describe('more tasks than ListTasks shows on a page (R27)', { timeout: 60_000 }, () => {
  test('are all stopped when every service is stopped, and other tasks are not', async () => {
    const fleet = await bringUpFleet(1, 250);
    const { world } = fleet;
    await forgetMappings(fleet);
    await fleet.setUp('ecs', 'RunTask', tasksOf('another-owner', 1));
    const ports = fleet.ports('w0', 'STOPPER');
    const asked = world.clock.now();
    const named = await world.finish(listServices(ports, fleet.context()));
    expect(named).toHaveLength(250);
    const requests = named.map((service) => ({ service, asked }));
    const results = await world.finish(stopServices(ports, requests, fleet.context()));
    expect(results.filter((result) => result.ok && result.outcome.status === 'stopped')).toHaveLength(250);
    // Separate stops would look at each service several times, with three or more reads each time.
    const { ListTasks = 0, DescribeTasks = 0 } = ecsReads(fleet, 'STOPPER');
    expect(ListTasks + DescribeTasks).toBeLessThan(250);
    expect(registeredTargets(fleet)).toEqual([]);
    expect(liveTasks(fleet)).toEqual([expect.stringMatching(/^another-owner /)]);
  });

  test('are all marked before the first is stopped if they belong to one service', async () => {
    const fleet = await openFleet({ seed: drawSeed(), workspaces: 1, servicesInEachCluster: 1 });
    const { world } = fleet;
    for (let call = 0; call < 13; call += 1) {
      await fleet.setUp('ecs', 'RunTask', tasksOf('start-engines/w0/service-0', 10));
    }
    await world.clock.advance(60_000);
    expect(liveTasks(fleet)).toHaveLength(130);
    const request = { service: 'service-0', asked: world.clock.now() };
    const outcome = await world.finish(stopService(fleet.ports('w0', 'STOPPER'), request, fleet.context()));
    expect(new Set(outcome.tasksStopped).size).toBe(130);
    expect(liveTasks(fleet)).toEqual([]);
    // The tasks have no launch facts, so their marks are no evidence of the stop, and it writes a note first.
    const changes = world.calls.list({ caller: 'STOPPER', mutating: true }).map((call) => call.operation);
    expect(changes.filter((operation) => operation !== 'PutParameter').indexOf('StopTask')).toBe(130);
  });

  test('are all reconciled', async () => {
    const fleet = await bringUpFleet(1, 250);
    const { world } = fleet;
    await forgetMappings(fleet);
    for (const task of world.ecs.admin.tasks()) world.ecs.admin.crashTask(task.taskArn);
    await world.clock.advance(60_000);
    expect(registeredTargets(fleet)).toHaveLength(250);
    const outcomes = await world.finish(reconcileAll(fleet.ports('w0', 'RECONCILER'), fleet.context()));
    expect(outcomes.flatMap((outcome) => outcome.deregistered)).toHaveLength(250);
    expect(registeredTargets(fleet)).toEqual([]);
  });
});

/** A service without a mapping is known only by its tasks, so it is found only if they are listed. */
async function forgetMappings({ setUp, services }: Fleet): Promise<void> {
  for (const { workspace, service } of services) {
    await setUp('ssm', 'DeleteParameter', { Name: `/start-engines/${workspace}/services/${service}` });
  }
}

function tasksOf(startedBy: string, count: number): object {
  return {
    cluster: 'w0-cluster-0',
    taskDefinition: 'w0-cluster-0-task',
    launchType: 'FARGATE',
    count,
    startedBy,
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0aaaaaaaaaaaaaaa1'] } },
  };
}
