import { type StartOutcome, startService, toStartEnginesError } from '@start-engines/core';
import { type Fleet, openFleet } from './fleet.ts';
import { type Spread, spreadOf } from './spread.ts';

export interface ManyStartsOptions {
  readonly seed: number;
  readonly workspaces: number;
  readonly servicesInEach: number;
  /** The starts arrive evenly within this time. */
  readonly arrivingWithinMs: number;
  /** How often each start event is delivered; once unless said. */
  readonly deliveries?: number;
}

/** How starts at once get on under the rates that AWS documents. Times are seconds of the model's clock. */
export interface ManyStarts {
  readonly starts: number;
  readonly arrivingWithinSeconds: number;
  /** From the first arrival until the last answer. */
  readonly tookSeconds: number;
  /** From a start's own arrival until its own answer. */
  readonly eachTookSeconds: Spread;
  /** The least that RunTask's rate allows. */
  readonly launchBoundSeconds: number;
  /** The least that the rate of DescribeTasks and ListTasks allows. */
  readonly readBoundSeconds: number;
  /** DescribeTasks and ListTasks that were answered, for each start; and the fewest that a start can do with. */
  readonly readsForEach: number;
  readonly fewestReadsForEach: number;
  readonly throttledCalls: number;
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

/** Each delivery is a start in a process of its own, as Lambda would run them. The SDK's own retries are not in this path. */
export async function runManyStarts(options: ManyStartsOptions): Promise<ManyStartsRun> {
  const { seed, workspaces, servicesInEach, arrivingWithinMs, deliveries = 1 } = options;
  const fleet = await openFleet({ seed, workspaces, servicesInEachCluster: servicesInEach, throttling: 'documented' });
  const { world, services } = fleet;
  const begunAt = world.clock.now();
  const before = world.calls.lastSequence;
  const results = await world.finish(
    Promise.all(
      services.flatMap((service, index) =>
        Array.from({ length: deliveries }, async (_, delivery) => {
          await world.clock.sleep((index * arrivingWithinMs) / services.length);
          return startOne(fleet, service, `LAMBDA-${index}-${delivery}`);
        }),
      ),
    ),
  );
  const reads = world.calls
    .list({ service: 'ecs', mutating: false, after: before })
    .filter((call) => call.error === undefined).length;
  const endedAt = Math.max(...results.map((result) => result.endedAt));
  const measured: ManyStarts = {
    starts: services.length,
    arrivingWithinSeconds: arrivingWithinMs / 1000,
    tookSeconds: (endedAt - begunAt) / 1000,
    eachTookSeconds: spreadOf(results.map((result) => (result.endedAt - result.arrivedAt) / 1000)),
    launchBoundSeconds: secondsFor(services.length, launchRate),
    readBoundSeconds: secondsFor(services.length * fewestReadsForEach, readRate),
    readsForEach: reads / services.length,
    fewestReadsForEach,
    throttledCalls: world.stats().throttledCalls,
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

async function startOne(
  fleet: Fleet,
  { workspace, service }: { readonly workspace: string; readonly service: string },
  caller: string,
): Promise<OneStart> {
  const { clock } = fleet.world;
  const arrivedAt = clock.now();
  try {
    const request = { service, asked: arrivedAt, overrides: {} };
    const outcome = await startService(fleet.ports(workspace, caller), request, fleet.context());
    return { arrivedAt, endedAt: clock.now(), outcome };
  } catch (caught) {
    return { arrivedAt, endedAt: clock.now(), failure: toStartEnginesError(caught).code };
  }
}
