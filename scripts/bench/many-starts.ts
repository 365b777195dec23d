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
  /** The starts arrive evenly within this time. */
  readonly arrivingWithinMs: number;
  /** How often each start event is delivered; once unless said. */
  readonly deliveries?: number;
  /** Ours unless said. */
  readonly way?: Way;
}

/** How starts at once get on under the rates that AWS documents. Times are seconds of the model's clock. */
export interface ManyStarts {
  readonly starts: number;
  readonly arrivingWithinSeconds: number;
  /** From the first arrival until the last answer. */
  readonly tookSeconds: number;
  /** From the first arrival until the last target is registered. */
  readonly registeredSeconds: number;
  /** When each target was registered, in order. */
  readonly registeredAtSeconds: readonly number[];
  /** From a start's own arrival until its own answer. */
  readonly eachTookSeconds: Spread;
  /** The least that RunTask's rate allows. */
  readonly launchBoundSeconds: number;
  /** The least that the rate of DescribeTasks and ListTasks allows for the fewest reads that our start can do with. */
  readonly readBoundSeconds: number;
  /** DescribeTasks and ListTasks that were answered, for each start; and the fewest that ours can do with. */
  readonly readsForEach: number;
  readonly fewestReadsForEach: number;
  /** The same by their reason, for all starts together. */
  readonly readsByReason: ReadsOfStart;
  readonly throttledCalls: number;
  /** Tasks that run and stand in no target group. */
  readonly orphans: number;
  /** Codes of the errors, of starts that failed. */
  readonly failures: readonly string[];
}

export interface ManyStartsRun {
  readonly fleet: Fleet;
  readonly measured: ManyStarts;
  readonly outcomes: readonly StartOutcome[];
}

/** The lists of running and of ended tasks before the launch, a look that shows the task RUNNING, one after it was registered. */
const fewestReadsForEach = 4;
/** What ECS takes at once, and then in every second. */
const launchRate = { burst: 20, perSecond: 20 };
const readRate = { burst: 100, perSecond: 20 };

/** Each delivery is a start in a process of its own, as Lambda would run them. The SDK's own retries are not in our path. */
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
