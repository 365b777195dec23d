import { statSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { root } from '../tasks.ts';
import { bundlePath } from '../world/seed-world.ts';
import { type BilledTime, measureBilledTime } from './billed-time.ts';
import { type ColdVariant, measureColdStart } from './cold-start.ts';
import { type Growth, measureGrowth } from './growth.ts';
import { type ManyStarts, runManyStarts } from './many-starts.ts';
import { measureReadyLag, type ReadyLag } from './ready-lag.ts';
import { measureStartCost, type StartCost } from './start-cost.ts';
import { fixedPoll, ourWait, sdkWaiter } from './ways.ts';

export interface Machine {
  readonly platform: string;
  readonly cpus: number;
  readonly model: string;
  readonly memoryGb: number;
  readonly node: string;
}

/** All measurements of a run. */
export interface Measured {
  readonly date: string;
  readonly quick: boolean;
  readonly seed: number;
  readonly machine: Machine;
  readonly zipBytes: number;
  readonly coldStart: readonly ColdVariant[];
  readonly startCost: StartCost;
  readonly readyLag: readonly ReadyLag[];
  /** The same with task reads that may be two seconds stale. */
  readonly staleReadyLag: readonly ReadyLag[];
  readonly manyStarts: ManyStarts;
  readonly otherManyStarts: Readonly<Record<string, ManyStarts>>;
  readonly growth: readonly Growth[];
  readonly billedTime: readonly BilledTime[];
}

const seed = 1;
const staleReadMs = 2_000;

/** Runs all measurements in sequence. `quick`: small samples that only check that measuring works. */
export async function measureAll(quick: boolean, tell: (what: string) => void): Promise<Measured> {
  const starts = quick ? 6 : 200;
  tell('cold starts');
  const coldStart = await measureColdStart(quick ? 1 : 30, join(root, 'reports', 'bench-variants'));
  tell('warm starts');
  const startCost = await measureStartCost(quick ? 5 : 60);
  tell('ready lag');
  const readyLag = await measureReadyLag({ starts, seed, readLagMs: 0 });
  const staleReadyLag = await measureReadyLag({ starts, seed, readLagMs: staleReadMs });
  tell('many starts');
  const many = { seed, workspaces: quick ? 1 : 10, servicesInEach: 100, arrivingWithinMs: 10_000 };
  const { measured: manyStarts } = await runManyStarts({ ...many, way: ourWait });
  const others = { 'fixed poll, 5 s': fixedPoll, "the SDK's waiter": sdkWaiter };
  const otherManyStarts: Record<string, ManyStarts> = {};
  for (const [name, way] of Object.entries(others)) {
    otherManyStarts[name] = (await runManyStarts({ ...many, way })).measured;
  }
  tell('growth');
  const growth: Growth[] = [];
  for (const services of quick ? [10] : [10, 100, 1_000]) growth.push(...(await measureGrowth(services, seed)));
  tell('billed time');
  const billedTime = await measureBilledTime(seed);
  return {
    date: new Date().toISOString(),
    quick,
    seed,
    machine: {
      platform: `${platform()} ${release()} ${arch()}`,
      cpus: cpus().length,
      model: cpus()[0]?.model ?? 'unknown',
      memoryGb: Math.round(totalmem() / 1024 ** 3),
      node: process.version,
    },
    zipBytes: statSync(bundlePath).size,
    coldStart,
    startCost,
    readyLag,
    staleReadyLag,
    manyStarts,
    otherManyStarts,
    growth,
    billedTime,
  };
}
