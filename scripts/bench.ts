import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runManyStarts } from './bench/many-starts.ts';
import { printManyStarts, printStartCost } from './bench/print-table.ts';
import { measureStartCost } from './bench/start-cost.ts';
import { root, runTurbo } from './tasks.ts';
import { bundlePath } from './world/seed-world.ts';

/** Measures, prints a table and writes `reports/bench.json`. It judges nothing: a slow machine is no failure. */
const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});

const aims = { warmCpuMs: 25, peakMemoryMb: 128, timesTheBound: 1.3 };

const built = runTurbo('build');
if (built !== 0) process.exit(built);

const startCost = await measureStartCost(values.quick ? 5 : 60);
const { measured: manyStarts } = await runManyStarts({
  seed: 1,
  workspaces: values.quick ? 1 : 10,
  servicesInEach: 100,
  arrivingWithinMs: 10_000,
});
const result = {
  date: new Date().toISOString(),
  machine: {
    platform: `${platform()} ${arch()}`,
    cpus: cpus().length,
    model: cpus()[0]?.model ?? '',
    node: process.version,
  },
  zipBytes: statSync(bundlePath).size,
  startCost,
  manyStarts,
  aims,
};
mkdirSync(join(root, 'reports'), { recursive: true });
writeFileSync(join(root, 'reports', 'bench.json'), `${JSON.stringify(result, undefined, 2)}\n`);

if (values.json) {
  console.log(JSON.stringify(result, undefined, 2));
} else {
  printStartCost(startCost, result.zipBytes, `${result.machine.model}, Node ${process.version}`, aims);
  printManyStarts(manyStarts, aims);
}
