import { reconcileChange, startService } from '@start-engines/core';
import { createInMemoryWorld } from '@start-engines/sandbox/in-memory';
import type { FleetService } from './fill-cluster.ts';
import { type Fleet, openFleet } from './fleet.ts';
import { type Spread, spreadOf } from './spread.ts';
import { onVirtualTimers } from './virtual-timers.ts';
import { fixedPoll, ourWait, sdkWaiter, type Way } from './ways.ts';

/** The results of one way, in seconds of the models' clock. */
export interface ReadyLag {
  readonly name: string;
  /** From the moment a task is RUNNING, and so has an address, until its target is registered. */
  readonly lagSeconds: Spread;
  /** The lag of each start that was not lost, in the order of the schedule. */
  readonly lags: readonly number[];
  /** DescribeTasks calls per second from RunTask until RUNNING. */
  readonly looksPerSecond: number;
  /** DescribeTasks calls per start until the target was registered. */
  readonly looksEach: number;
  readonly lost: number;
}

/** The phases of a task's life cycle until RUNNING, in milliseconds. */
interface Life {
  readonly interfaceCreationMs: number;
  readonly interfaceAttachmentMs: number;
  readonly pendingMs: number;
  readonly imagePullMs: number;
}

/** The range of each random phase: 8 to 60 s in total. */
export const phasesMs = {
  interfaceCreationMs: [2_000, 8_000],
  interfaceAttachmentMs: [2_000, 6_000],
  pendingMs: [1_000, 4_000],
  imagePullMs: [3_000, 42_000],
} as const satisfies Record<keyof Life, readonly [number, number]>;

/** The round trip of a call. */
export const callMs = [20, 60] as const;
/** The delay of an event from ECS to the running function. */
export const eventMs = [40, 130] as const;

/** The event path: a start that does not wait, and a function that receives ECS's event. */
const eventPath: Way = async (fleet, { workspace, service, targetGroupArn }, caller) => {
  const { world } = fleet;
  const heard: Promise<unknown>[] = [];
  const end = world.ecs.onTaskStateChange((detail) => {
    const { taskArn, version, startedBy, lastStatus, desiredStatus } = detail as Record<string, string>;
    const running = lastStatus === 'RUNNING' && desiredStatus === 'RUNNING';
    if (!running || taskArn === undefined) return;
    const change = { taskArn, version: Number(version), startedBy, running };
    heard.push(
      world.clock
        .sleep(world.random.integer(...eventMs))
        .then(() => reconcileChange(fleet.ports(workspace, `${caller}-EVENT`), change, fleet.context())),
    );
  });
  const request = { service, asked: world.clock.now(), overrides: {}, waitFor: 'none' } as const;
  await startService(fleet.ports(workspace, caller), request, fleet.context());
  while (world.elb.admin.targets(targetGroupArn).length === 0) await world.clock.sleep(1_000);
  await Promise.all(heard);
  end();
};

const ways: Readonly<Record<string, Way>> = {
  'fixed poll, 5 s': fixedPoll,
  "the SDK's waiter": sdkWaiter,
  'our wait': ourWait,
  'our event path': eventPath,
};

export interface ReadyLagOptions {
  readonly starts: number;
  readonly seed: number;
  /** The maximum staleness of task reads. */
  readonly readLagMs: number;
}

/** Measures all ways with the same schedule. Each start has its own world, so that its life cycle does not depend on other random draws. */
export async function measureReadyLag({ starts, seed, readLagMs }: ReadyLagOptions): Promise<readonly ReadyLag[]> {
  const lives = drawLives(starts, seed);
  const measured: ReadyLag[] = [];
  for (const [name, way] of Object.entries(ways)) {
    const results: OneLag[] = [];
    for (const [index, life] of lives.entries())
      results.push(await startOnce(way, { ...life, readLagMs }, seed + index));
    const lags = results.flatMap(({ lagMs }) => (lagMs === undefined ? [] : [lagMs / 1000]));
    const waited = sum(results.map(({ waitedMs }) => waitedMs)) / 1000;
    measured.push({
      name,
      lagSeconds: spreadOf(lags),
      lags,
      looksPerSecond: sum(results.map(({ looksBefore }) => looksBefore)) / waited,
      looksEach: sum(results.map(({ looks }) => looks)) / results.length,
      lost: results.length - lags.length,
    });
  }
  return measured;
}

interface OneLag {
  /** `undefined` for a lost start. */
  readonly lagMs: number | undefined;
  readonly waitedMs: number;
  readonly looksBefore: number;
  readonly looks: number;
}

async function startOnce(way: Way, { readLagMs, ...life }: Life & { readonly readLagMs: number }, seed: number) {
  const phases = Object.fromEntries(Object.entries(life).map(([phase, ms]) => [phase, [ms, ms]]));
  const durations = { ...phases, taskReadLagMs: readLagMs };
  const fleet = await openFleet({ seed, workspaces: 1, servicesInEachCluster: 1, durations, callMs });
  const { world } = fleet;
  let runningAt = Number.NaN;
  world.ecs.onTaskStateChange(({ lastStatus }) => {
    if (lastStatus === 'RUNNING' && Number.isNaN(runningAt)) runningAt = world.clock.now();
  });
  const before = world.calls.lastSequence;
  const service = fleet.services[0] as FleetService;
  let isLost = false;
  await onVirtualTimers(world, () => world.finish(way(fleet, service, 'STARTER'))).catch(() => {
    isLost = true;
  });
  // A task whose start gave up still reaches RUNNING. Its duration is part of the schedule.
  while (Number.isNaN(runningAt)) await world.clock.advance(1_000);
  return readOff(fleet, before, runningAt, isLost);
}

function readOff({ world }: Fleet, after: number, runningAt: number, isLost: boolean): OneLag {
  const calls = world.calls.list({ after });
  const launchedAt = calls.find((call) => call.operation === 'RunTask')?.endedAt ?? 0;
  const registeredAt = calls.find((call) => call.operation === 'RegisterTargets')?.endedAt ?? runningAt;
  const looks = calls.filter((call) => call.operation === 'DescribeTasks' && call.startedAt <= registeredAt);
  return {
    lagMs: isLost ? undefined : registeredAt - runningAt,
    waitedMs: runningAt - launchedAt,
    looksBefore: looks.filter((call) => call.startedAt > launchedAt && call.startedAt <= runningAt).length,
    looks: looks.length,
  };
}

function drawLives(count: number, seed: number): readonly Life[] {
  const { random } = createInMemoryWorld({ seed });
  const draw = (range: readonly [number, number]) => random.integer(...range);
  return Array.from({ length: count }, () => ({
    interfaceCreationMs: draw(phasesMs.interfaceCreationMs),
    interfaceAttachmentMs: draw(phasesMs.interfaceAttachmentMs),
    pendingMs: draw(phasesMs.pendingMs),
    imagePullMs: draw(phasesMs.imagePullMs),
  }));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
