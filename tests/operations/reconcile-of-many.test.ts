import { ownerOf, reconcileAll, restartService, startService, stopService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { type Fleet, openFleet } from '../../scripts/bench/fleet.ts';

// Reconcile handles ten services at a time: the eleventh waits until one of them is done.

const instantly = {
  interfaceCreationMs: [0, 0],
  interfaceAttachmentMs: [0, 0],
  pendingMs: [0, 0],
  imagePullMs: [0, 0],
} as const;

/** Eleven services, all up. */
async function openElevenServices(): Promise<Fleet> {
  const fleet = await openFleet({ seed: 1, workspaces: 1, servicesInEachCluster: 11, durations: instantly });
  const { world, services } = fleet;
  const asked = world.clock.now();
  const started = services.map(({ service }) =>
    startService(fleet.ports('w0', 'STARTER'), { service, asked, overrides: {}, waitFor: 'healthy' }, fleet.context()),
  );
  await world.finish(Promise.all(started));
  await world.clock.advance(10_000);
  return fleet;
}

const sorted = (fleet: Fleet) => fleet.services.toSorted((a, b) => (a.service < b.service ? -1 : 1));
const taskOf = ({ world }: Fleet, service: string) =>
  world.ecs.admin.tasks().findLast((task) => task.startedBy === ownerOf('w0', service));

test('reconcile looks again before it acts on an earlier finding', async () => {
  const fleet = await openElevenServices();
  const { world } = fleet;
  const [last, ...first] = sorted(fleet).toReversed();
  if (last === undefined) throw new Error('there is no service');
  // Ten services drain, so reconcile does not reach the eleventh yet.
  for (const { service } of first) {
    await fleet.ports('w0', 'STOPPER').tasks.markRetiring(taskOf(fleet, service)?.taskArn ?? '', {
      asked: world.clock.now(),
      by: 'stop',
    });
  }
  // The eleventh service's target was deregistered by hand, so reconcile has something to do for it.
  const task = taskOf(fleet, last.service);
  const ip = task?.attachments[0]?.details.find(({ name }) => name === 'privateIPv4Address')?.value ?? '';
  await fleet.ports('w0', 'HAND').targets.deregister(last.targetGroupArn, { ip, port: 8080 });
  await world.clock.advance(10_000);
  const reconcile = reconcileAll(fleet.ports('w0', 'RECONCILER'), fleet.context());
  await world.clock.advance(1_000);
  const request = { service: last.service, asked: world.clock.now() };
  await world.finish(stopService(fleet.ports('w0', 'STOPPER'), request, fleet.context()));
  await world.finish(reconcile);
  const registered = world.calls
    .list({ caller: 'RECONCILER', mutating: true })
    .filter((call) => call.operation === 'RegisterTargets');
  expect(registered).toEqual([]);
});

test('the eleventh service is reconciled while ten restarts are under way', async () => {
  const fleet = await openElevenServices();
  const { world } = fleet;
  const [last, ...first] = sorted(fleet).toReversed();
  if (last === undefined) throw new Error('there is no service');
  world.runtime.statusCodeFor(() => 503);
  const asked = world.clock.now();
  const restarts = first.map(({ service }) =>
    restartService(fleet.ports('w0', 'RESTARTER'), { service, asked }, fleet.context()).catch(() => undefined),
  );
  // The process of a stop has died after it marked the task.
  const taskArn = taskOf(fleet, last.service)?.taskArn ?? '';
  await fleet.ports('w0', 'STOPPER').tasks.markRetiring(taskArn, { asked, by: 'stop' });
  await world.clock.advance(10_000);
  const outcomes = await world.finish(reconcileAll(fleet.ports('w0', 'RECONCILER'), fleet.context(60_000)));
  expect(outcomes).toMatchObject([{ service: last.service, tasksStopped: [taskArn] }]);
  await world.finish(Promise.all(restarts));
});
