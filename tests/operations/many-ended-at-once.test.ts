import { reconcileAll, reconcileChange, startServices, stopServices } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { type Fleet, openFleet } from '../../scripts/bench/fleet.ts';

// Attack review, findings 11 and 12: the cost of finding the owners of the addresses after a zone has failed.

const atOnce = 120;

/** Services whose tasks have all ended at once without an event, and whose targets still count as healthy. */
async function openFailedZone(): Promise<Fleet> {
  const durations = {
    interfaceCreationMs: [0, 0],
    interfaceAttachmentMs: [0, 0],
    pendingMs: [0, 0],
    imagePullMs: [0, 0],
    stopNoticeMs: [0, 0],
    deactivationMs: [0, 0],
    deprovisioningMs: [0, 0],
  } as const;
  const fleet = await openFleet({ seed: 1, workspaces: 1, servicesInEachCluster: atOnce, durations });
  const { world } = fleet;
  await world.finish(startServices(fleet.ports('w0', 'STARTER'), requests(fleet), fleet.context()));
  await world.clock.advance(30_000);
  for (const task of world.ecs.admin.tasks()) world.ecs.admin.crashTask(task.taskArn);
  // Longer than reads of tasks lag, shorter than the health checks take to fail.
  await world.clock.advance(3_000);
  const states = fleet.services.map(({ targetGroupArn }) => world.elb.admin.targets(targetGroupArn)[0]?.health.State);
  expect(states).toEqual(Array.from({ length: atOnce }, () => 'healthy'));
  return fleet;
}

function requests({ world, services }: Fleet) {
  const asked = world.clock.now();
  return services.map(({ service }) => ({ service, asked, overrides: {} }));
}

/** How often whole clusters were listed; each page of a hundred tasks counts once. */
function listings({ world }: Fleet, caller: string): number {
  const lists = world.calls.list({ caller, operation: 'ListTasks' });
  return lists.filter(({ input }) => input.startedBy === undefined).length;
}

const registered = ({ world, services }: Fleet) =>
  services.flatMap(({ targetGroupArn }) =>
    world.elb.admin.targets(targetGroupArn).filter(({ health }) => health.State !== 'draining'),
  );

describe('120 tasks that have ended at once', () => {
  test('are each handled by a process that lists the cluster at most once', async () => {
    const fleet = await openFailedZone();
    const { world } = fleet;
    const ended = world.ecs.admin
      .tasks()
      .map(({ taskArn, startedBy = '', version }) => ({ taskArn, startedBy, version }));
    const changes = ended.map((task, index) =>
      reconcileChange(fleet.ports('w0', `EVENT-${index}`), { ...task, running: false }, fleet.context()),
    );
    await world.finish(Promise.all(changes));
    expect(registered(fleet)).toEqual([]);
    const perProcess = ended.map((_, index) => listings(fleet, `EVENT-${index}`));
    expect(Math.max(...perProcess)).toBe(1);
  });

  test('cost no list at all once their targets are unhealthy', async () => {
    const fleet = await openFailedZone();
    const { world } = fleet;
    await world.clock.advance(60_000);
    const ended = world.ecs.admin
      .tasks()
      .map(({ taskArn, startedBy = '', version }) => ({ taskArn, startedBy, version }));
    const ports = fleet.ports('w0', 'EVENT');
    await world.finish(
      Promise.all(ended.map((task) => reconcileChange(ports, { ...task, running: false }, fleet.context()))),
    );
    expect(registered(fleet)).toEqual([]);
    expect(listings(fleet, 'EVENT')).toBe(0);
  });

  test.for([
    [
      'start',
      (fleet: Fleet, caller: string) => startServices(fleet.ports('w0', caller), requests(fleet), fleet.context()),
    ],
    [
      'stop',
      (fleet: Fleet, caller: string) => stopServices(fleet.ports('w0', caller), requests(fleet), fleet.context()),
    ],
  ] as const)('are started or stopped together with a few lists in total: %s', async ([, operate]) => {
    const fleet = await openFailedZone();
    const before = new Set(registered(fleet).map(({ id }) => id));
    await fleet.world.finish(operate(fleet, 'OPERATION') as Promise<unknown>);
    const left = registered(fleet).filter(({ id }) => before.has(id));
    expect(left).toEqual([]);
    expect(listings(fleet, 'OPERATION')).toBeLessThan(20);
  });

  test('are handled by the scheduled reconcile with a few lists in total', async () => {
    const fleet = await openFailedZone();
    const outcomes = await fleet.world.finish(reconcileAll(fleet.ports('w0', 'RECONCILER'), fleet.context()));
    expect(outcomes.flatMap(({ deregistered }) => deregistered)).toHaveLength(atOnce);
    expect(registered(fleet)).toEqual([]);
    expect(listings(fleet, 'RECONCILER')).toBeLessThan(20);
  });
});
