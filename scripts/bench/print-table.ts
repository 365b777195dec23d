import type { ManyStarts } from './many-starts.ts';
import type { Spread } from './spread.ts';
import type { StartCost } from './start-cost.ts';

interface Aims {
  readonly warmCpuMs: number;
  readonly peakMemoryMb: number;
  readonly timesTheBound: number;
}

export function printStartCost(startCost: StartCost, zipBytes: number, machine: string, aims: Aims): void {
  console.log(`One start through the built zip, on a sandbox where AWS takes no time (${machine})`);
  console.table({
    'CPU of a warm start, ms': row(startCost.warmCpuMs, `under ${aims.warmCpuMs}`),
    'CPU of a cold first start, ms': row(startCost.coldFirstStartCpuMs),
    'CPU of loading it cold, ms': row(startCost.coldInitCpuMs),
  });
  console.log(
    `peak memory ${startCost.peakMemoryMb.toFixed(0)} MB (aim: under ${aims.peakMemoryMb}), zip ${(zipBytes / 1024).toFixed(0)} KB`,
  );
  const calls = Object.entries(startCost.calls).map(([name, count]) => `${name} ${count}`);
  console.log(`AWS calls of one start: ${calls.join(', ')}`);
}

export function printManyStarts(many: ManyStarts, { timesTheBound }: Aims): void {
  const bound = Math.max(many.launchBoundSeconds, many.readBoundSeconds);
  console.log(
    `\n${many.starts} starts within ${many.arrivingWithinSeconds} s under the rates that ECS documents, on the models in memory`,
  );
  console.table({
    'all answered after, s': {
      measured: many.tookSeconds.toFixed(0),
      aim: `under ${(bound * timesTheBound).toFixed(0)}`,
    },
    'the least that RunTask allows, s': { measured: many.launchBoundSeconds.toFixed(0), aim: '' },
    'the least that reads allow, s': { measured: many.readBoundSeconds.toFixed(0), aim: '' },
    'times the larger of them': { measured: (many.tookSeconds / bound).toFixed(2), aim: `under ${timesTheBound}` },
    'one start, median, s': { measured: many.eachTookSeconds.median.toFixed(0), aim: '' },
    'reads of ECS a start': { measured: many.readsForEach.toFixed(2), aim: `${many.fewestReadsForEach} at least` },
  });
  console.log(
    `failed ${many.failures.length}, throttled calls ${many.throttledCalls}. The SDK's own retries are not in this path; of the rates only those of ECS are modelled.`,
  );
}

function row({ median, smallest, largest, count }: Spread, aim = '') {
  return {
    median: median.toFixed(1),
    smallest: smallest.toFixed(1),
    largest: largest.toFixed(1),
    measured: count,
    aim,
  };
}
