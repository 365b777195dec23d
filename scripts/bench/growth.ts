import { describeServices, listServices, reconcileAll, startService, stopAllServices } from '@start-engines/core';
import { type Fleet, openFleet } from './fleet.ts';
import { callMs } from './ready-lag.ts';

/** The cost of one operation on all services of a workspace. */
export interface Growth {
  readonly operation: 'reconcile' | 'status' | 'stop all';
  readonly services: number;
  /** Calls by API. */
  readonly ecsReads: number;
  readonly elbReads: number;
  readonly ssmReads: number;
  readonly changes: number;
  /** On the models' clock, including the round trips of calls. */
  readonly seconds: number;
  /** Growth of the heap during the operation, including garbage. */
  readonly heapMb: number;
}

const instantly = {
  interfaceCreationMs: [0, 0],
  interfaceAttachmentMs: [0, 0],
  pendingMs: [0, 0],
  imagePullMs: [0, 0],
} as const;

/** Measures all operations on a fleet where every service is running and correct. The stop is last. */
export async function measureGrowth(services: number, seed: number): Promise<readonly Growth[]> {
  const options = { seed, workspaces: 1, servicesInEachCluster: services, durations: instantly, callMs };
  const fleet = await openFleet(options);
  await bringUp(fleet);
  return [
    await measure(fleet, 'reconcile', (caller) => reconcileAll(fleet.ports('w0', caller), fleet.context())),
    await measure(fleet, 'status', (caller) => describeServices(fleet.ports('w0', caller), fleet.context())),
    await measure(fleet, 'stop all', async (caller) => {
      const asked = fleet.world.clock.now();
      const ports = fleet.ports('w0', caller);
      const names = await listServices(ports, fleet.context());
      const results = await stopAllServices(
        ports,
        names.map((service) => ({ service, asked })),
        fleet.context(),
      );
      const failed = results.filter((result) => !result.ok || result.outcome.status !== 'stopped');
      if (failed.length > 0) throw new Error(`${failed.length} services were not stopped`);
    }),
  ];
}

async function bringUp(fleet: Fleet): Promise<void> {
  const { world, services } = fleet;
  const ports = fleet.ports('w0', 'STARTER');
  const asked = world.clock.now();
  const context = fleet.context();
  await world.finish(
    Promise.all(services.map(({ service }) => startService(ports, { service, asked, overrides: {} }, context))),
  );
  await world.clock.advance(30_000);
}

async function measure(
  { world, services }: Fleet,
  operation: Growth['operation'],
  run: (caller: string) => Promise<unknown>,
): Promise<Growth> {
  const heapBefore = process.memoryUsage().heapUsed;
  let heapAtMost = heapBefore;
  const watch = setInterval(() => {
    heapAtMost = Math.max(heapAtMost, process.memoryUsage().heapUsed);
  }, 20);
  const begunAt = world.clock.now();
  await world.finish(run(operation));
  clearInterval(watch);
  const calls = world.calls.list({ caller: operation });
  const readsOf = (service: string) => calls.filter((call) => call.service === service && !call.mutating).length;
  return {
    operation,
    services: services.length,
    ecsReads: readsOf('ecs'),
    elbReads: readsOf('elasticloadbalancing'),
    ssmReads: readsOf('ssm'),
    changes: calls.filter((call) => call.mutating).length,
    seconds: (world.clock.now() - begunAt) / 1000,
    heapMb: (heapAtMost - heapBefore) / 1024 ** 2,
  };
}
