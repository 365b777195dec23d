import { type StartOutcome, toStartEnginesError } from '@start-engines/core';
import type { FleetService } from './fill-cluster.ts';
import { type Fleet, openFleet } from './fleet.ts';
import { countReads, type ReadsOfStart } from './reads-of-start.ts';
import { type Spread, spreadOf } from './spread.ts';
import { onVirtualTimers } from './virtual-timers.ts';
import { ourWait, type Way } from './ways.ts';

export interface ManyStartsOptions {
  readonly seed: number;
  readonly workspaces: number;
  readonly servicesInEach: number;
  /** The starts arrive evenly distributed over this time. */
  readonly arrivingWithinMs: number;
  /** How often each start event is delivered. Default 1. */
  readonly deliveries?: number;
  /** Default: ours. */
  readonly way?: Way;
}

/** Results of simultaneous starts under AWS's documented rates. Times are in seconds of the model's clock. */
export interface ManyStarts {
  readonly starts: number;
  readonly arrivingWithinSeconds: number;
  /** From the first arrival until the last result. */
  readonly tookSeconds: number;
  /** From the first arrival until the last target is registered. */
  readonly registeredSeconds: number;
  /** When each target was registered, in order. */
  readonly registeredAtSeconds: readonly number[];
  /** From the arrival of a start until its result. */
  readonly eachTookSeconds: Spread;
  /** The minimum that RunTask's rate allows. */
  readonly launchBoundSeconds: number;
  /** The minimum that the rate of DescribeTasks and ListTasks allows for our minimum of reads. */
  readonly readBoundSeconds: number;
  /** The minimum that the rate of RegisterTargets allows. */
  readonly registrationBoundSeconds: number;
  /** Successful DescribeTasks and ListTasks calls per start, and our minimum. */
  readonly readsForEach: number;
  readonly fewestReadsForEach: number;
  /** The reads of all starts, by purpose. */
  readonly readsByReason: ReadsOfStart;
  readonly throttledCalls: number;
  /** Running tasks that are in no target group. */
  readonly orphans: number;
  /** Error codes of failed starts. */
  readonly failures: readonly string[];
}

export interface ManyStartsRun {
  readonly fleet: Fleet;
  readonly measured: ManyStarts;
  readonly outcomes: readonly StartOutcome[];
}

/** The lists of running and stopped tasks before the launch, a read of the RUNNING task, and one after its registration. */
const fewestReadsForEach = 4;
/** ECS's burst, and its rate per second. */
const launchRate = { burst: 20, perSecond: 20 };
const readRate = { burst: 100, perSecond: 20 };
/** Elastic Load Balancing's. */
const registrationRate = { burst: 20, perSecond: 4 };

/** Each delivery is a start in its own process, as on Lambda. Our path does not use the SDK's retries. */
export async function runManyStarts(options: ManyStartsOptions): Promise<ManyStartsRun> {
  const { seed, workspaces, servicesInEach, arrivingWithinMs, deliveries = 1, way = ourWait } = options;
  const fleet = await openFleet({ seed, workspaces, servicesInEachCluster: servicesInEach, throttling: 'documented' });
  const { world, services } = fleet;
  const begunAt = world.clock.now();
  const after = world.calls.lastSequence;
  const startAll = () =>
    services.flatMap((service, index) =>
      Array.from({ length: deliveries }, async (_, delivery) => {
        await world.clock.sleep((index * arrivingWithinMs) / services.length);
        return startOne(fleet, way, service, `LAMBDA-${index}-${delivery}`);
      }),
    );
  const results = await onVirtualTimers(world, () => world.finish(Promise.all(startAll())));
  const answered = world.calls.list({ after }).filter((call) => call.error === undefined);
  const reads = countReads(answered);
  const registeredAtSeconds = answered
    .filter((call) => call.operation === 'RegisterTargets')
    .map((call) => ((call.endedAt ?? call.startedAt) - begunAt) / 1000)
    .toSorted((a, b) => a - b);
  const measured: ManyStarts = {
    starts: services.length,
    arrivingWithinSeconds: arrivingWithinMs / 1000,
    tookSeconds: (Math.max(...results.map((result) => result.endedAt)) - begunAt) / 1000,
    registeredSeconds: registeredAtSeconds.at(-1) ?? Number.NaN,
    registeredAtSeconds,
    eachTookSeconds: spreadOf(results.map((result) => (result.endedAt - result.arrivedAt) / 1000)),
    launchBoundSeconds: secondsFor(services.length, launchRate),
    readBoundSeconds: secondsFor(services.length * fewestReadsForEach, readRate),
    registrationBoundSeconds: secondsFor(services.length, registrationRate),
    readsForEach: Object.values(reads).reduce((total, count) => total + count, 0) / services.length,
    fewestReadsForEach,
    readsByReason: reads,
    throttledCalls: world.stats().throttledCalls,
    orphans: world.ecs.admin.counts().tasksCreated - registeredAtSeconds.length,
    failures: results.flatMap((result) => result.failure ?? []),
  };
  return { fleet, measured, outcomes: results.flatMap((result) => result.outcome ?? []) };
}

function secondsFor(calls: number, { burst, perSecond }: typeof readRate): number {
  return Math.max(0, calls - burst) / perSecond;
}

interface OneStart {
  readonly arrivedAt: number;
  readonly endedAt: number;
  readonly outcome?: StartOutcome;
  readonly failure?: string;
}

async function startOne(fleet: Fleet, way: Way, service: FleetService, caller: string): Promise<OneStart> {
  const { clock } = fleet.world;
  const arrivedAt = clock.now();
  try {
    const outcome = (await way(fleet, service, caller)) as StartOutcome;
    return { arrivedAt, endedAt: clock.now(), outcome };
  } catch (caught) {
    const { name } = caught as Error;
    const failure = way === ourWait ? toStartEnginesError(caught).code : name;
    return { arrivedAt, endedAt: clock.now(), failure };
  }
}
