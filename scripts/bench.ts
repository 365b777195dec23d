import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureStartCost } from './bench/start-cost.ts';
import { root, runTurbo } from './tasks.ts';
import { bundlePath } from './world/seed-world.ts';

/** Measures, prints a table and writes `reports/bench.json`. It judges nothing: a slow machine is no failure. */
const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});

const aims = { warmCpuMs: 25, peakMemoryMb: 128 };

const built = runTurbo('build');
if (built !== 0) process.exit(built);

const startCost = await measureStartCost(values.quick ? 5 : 60);
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
  aims,
};
mkdirSync(join(root, 'reports'), { recursive: true });
writeFileSync(join(root, 'reports', 'bench.json'), `${JSON.stringify(result, undefined, 2)}\n`);

if (values.json) {
  console.log(JSON.stringify(result, undefined, 2));
} else {
  const row = ({ median, smallest, largest, count }: typeof startCost.warmCpuMs, aim?: number) => ({
    median: median.toFixed(1),
    smallest: smallest.toFixed(1),
    largest: largest.toFixed(1),
    measured: count,
    aim: aim === undefined ? '' : `under ${aim}`,
  });
  console.log(
    `One start through the built zip, on a sandbox where AWS takes no time (${result.machine.model}, Node ${process.version})`,
  );
  console.table({
    'CPU of a warm start, ms': row(startCost.warmCpuMs, aims.warmCpuMs),
    'CPU of a cold first start, ms': row(startCost.coldFirstStartCpuMs),
    'CPU of loading it cold, ms': row(startCost.coldInitCpuMs),
  });
  console.log(
    `peak memory ${startCost.peakMemoryMb.toFixed(0)} MB (aim: under ${aims.peakMemoryMb}), zip ${(result.zipBytes / 1024).toFixed(0)} KB`,
  );
  console.log(
    `AWS calls of one start: ${Object.entries(startCost.calls)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}`,
  );
}
