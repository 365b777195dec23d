import { reconcileChange, startService } from '@start-engines/core';
import type { FleetService } from './fill-cluster.ts';
import { type Fleet, openFleet } from './fleet.ts';
import { callMs, eventMs } from './ready-lag.ts';
import { onVirtualTimers } from './virtual-timers.ts';
import { fixedPoll, ourWait } from './ways.ts';

/** How long functions run for one start of a task that is RUNNING after 45 s, in seconds of the models' clock. */
export interface BilledTime {
  readonly name: string;
  /** One for each invocation, including the round trips of calls, but not computing time. */
  readonly invocationSeconds: readonly number[];
}

const fixedLife = {
  interfaceCreationMs: [6_000, 6_000],
  interfaceAttachmentMs: [4_000, 4_000],
  pendingMs: [3_000, 3_000],
  imagePullMs: [32_000, 32_000],
  taskReadLagMs: 0,
} as const;

export async function measureBilledTime(seed: number): Promise<readonly BilledTime[]> {
  return [
    { name: 'the plain steps: fixed poll in the function', invocationSeconds: await bill(seed, waiting(fixedPoll)) },
    { name: 'our wait in the function', invocationSeconds: await bill(seed, waiting(ourWait)) },
    { name: 'our event path', invocationSeconds: await bill(seed, eventPath) },
  ];
}

type Invoke = (fleet: Fleet, service: FleetService, invocation: Meter) => Promise<unknown>;
type Meter = <Result>(run: () => Promise<Result>) => Promise<Result>;

async function bill(seed: number, invoke: Invoke): Promise<readonly number[]> {
  const fleet = await openFleet({ seed, workspaces: 1, servicesInEachCluster: 1, durations: fixedLife, callMs });
  const { world, services } = fleet;
  const seconds: number[] = [];
  const meter: Meter = async (run) => {
    const begunAt = world.clock.now();
    const result = await run();
    seconds.push((world.clock.now() - begunAt) / 1000);
    return result;
  };
  await onVirtualTimers(world, () => world.finish(invoke(fleet, services[0] as FleetService, meter)));
  return seconds;
}

function waiting(way: typeof ourWait): Invoke {
  return (fleet, service, invocation) => invocation(() => way(fleet, service, 'STARTER'));
}

const eventPath: Invoke = async (fleet, { workspace, service }, invocation) => {
  const { world } = fleet;
  const ports = fleet.ports(workspace, 'FUNCTION');
  const { promise: running, resolve } = Promise.withResolvers<Readonly<Record<string, unknown>>>();
  world.ecs.onTaskStateChange((detail) => {
    if (detail.lastStatus === 'RUNNING' && detail.desiredStatus === 'RUNNING') resolve(detail);
  });
  const request = { service, asked: world.clock.now(), overrides: {}, waitFor: 'none' } as const;
  await invocation(() => startService(ports, request, fleet.context()));
  const { taskArn, version, startedBy } = await running;
  await world.clock.sleep(eventMs[1]);
  const change = { taskArn: String(taskArn), version: Number(version), startedBy: String(startedBy), running: true };
  // The process is warm, but its cached mapping has expired, so it is read again.
  await invocation(() => reconcileChange(ports, change, fleet.context()));
};
