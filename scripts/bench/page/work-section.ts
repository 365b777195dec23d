import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tasks.ts';
import type { BilledTime } from '../billed-time.ts';
import { plainName } from '../cold-start/build-variants.ts';
import type { Measured } from '../measure-all.ts';
import type { StartCost } from '../start-cost.ts';
import { table, verdict } from './markdown.ts';

export function workSection({ startCost }: Measured): string {
  return `## Work of one start

Measured with the built zip, on a sandbox without delays: ${startCost.warmCpuMs.count} starts in a warm process, ${startCost.coldInitCpuMs.count} in cold processes.

${table(
  ['', 'median', 'minimum', 'maximum'],
  [
    cpuRow('CPU of a warm start, ms', startCost.warmCpuMs),
    cpuRow('CPU of loading the function, ms', startCost.coldInitCpuMs),
    cpuRow('CPU of the first start of a process, ms', startCost.coldFirstStartCpuMs),
    ['peak memory of any process, MB', '', '', startCost.peakMemoryMb.toFixed(0)],
  ],
)}

AWS calls of one warm start: ${Object.entries(startCost.calls)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')}.`;
}

function cpuRow(name: string, { median, smallest, largest }: StartCost['warmCpuMs']): string[] {
  return [name, median.toFixed(1), smallest.toFixed(1), largest.toFixed(1)];
}

/** Memory in MB at which Lambda provides a full vCPU. Below, it provides a proportional share. */
const wholeCpuMb = 1_769;
const settingsMb = [128, 192, 256, 512, 1_024, 1_769];
/** The usable fraction of the memory. The rest is reserved for conditions that the bench does not cover. */
const fillable = 2 / 3;

interface Bill {
  readonly seconds: number;
  readonly gigabyteSeconds: number;
}

/** Waiting takes the same time at any memory size. Computing takes longer with less memory. */
function billOf(invocations: readonly number[], cpuMs: number, memoryMb: number): Bill {
  const waiting = invocations.reduce((total, seconds) => total + seconds, 0);
  const computing = (cpuMs / 1000) * Math.max(1, wholeCpuMb / memoryMb);
  const seconds = waiting + computing;
  return { seconds, gigabyteSeconds: (seconds * memoryMb) / 1024 };
}

/** Includes a cold start before the first invocation. The second invocation of the event path is warm. */
function cpuOf({ name }: BilledTime, { coldStart, startCost }: Measured): number {
  const first = (variant: string) =>
    coldStart.find((one) => one.name === variant)?.firstStartCpuMs.median ?? Number.NaN;
  if (name.startsWith('the plain steps')) return first(plainName);
  return first('ours') + (name.includes('event') ? startCost.warmCpuMs.median : 0);
}

function readTerraformDefault(): number {
  const variables = readFileSync(join(root, 'terraform', 'variables.tf'), 'utf8');
  return Number(/memory_mb\s+= optional\(number, (\d+)\)/.exec(variables)?.[1]);
}

export function billedTimeSection(measured: Measured): string {
  const { billedTime, startCost, growth } = measured;
  const [plain, , event] = billedTime;
  if (!plain || !event) throw new Error('a way is missing');
  const heapMb = Math.max(...growth.filter(({ operation }) => operation !== 'stop all').map((row) => row.heapMb));
  const most = Math.max(...growth.map(({ services }) => services));
  const neededMb = (startCost.peakMemoryMb + heapMb) / fillable;
  const cheapest = settingsMb.find((memoryMb) => memoryMb >= neededMb) ?? Number.NaN;
  const defaultMb = readTerraformDefault();
  const bill = (way: BilledTime, memoryMb: number) => billOf(way.invocationSeconds, cpuOf(way, measured), memoryMb);
  return `## Billed time

Lambda GB-seconds for one start of a task that is RUNNING after 45 s, including a cold start, which is also billed. The durations of calls
and waits are measured on the models’ clock, the CPU time as above. A function with less than ${wholeCpuMb} MB has a proportional share of a
vCPU, so it computes longer.

${table(
  ['memory, MB', ...billedTime.map(({ name }) => `${name}, GB-s`), 'event path, s billed'],
  settingsMb.map((memoryMb) => [
    String(memoryMb),
    ...billedTime.map((way) => bill(way, memoryMb).gigabyteSeconds.toFixed(3)),
    bill(event, memoryMb).seconds.toFixed(2),
  ]),
)}

${[
  verdict({
    what: `the event path at ${cheapest} MB with a cold start as a fraction of the plain steps:`,
    measured: bill(event, cheapest).gigabyteSeconds / bill(plain, cheapest).gigabyteSeconds,
    atMost: 0.05,
    digits: 3,
    otherwise: 'The remainder is mostly the cold start, whose CPU time costs the same at every setting.',
  }),
  verdict({
    what: `the same in a warm process, with no CPU time for the plain steps:`,
    measured:
      billOf(event.invocationSeconds, 2 * startCost.warmCpuMs.median, cheapest).gigabyteSeconds /
      billOf(plain.invocationSeconds, 0, cheapest).gigabyteSeconds,
    atMost: 0.05,
    digits: 3,
  }),
].join('\n')}

The smallest memory is the cheapest: computing costs the same at every setting up to ${wholeCpuMb} MB, and waiting costs in proportion to
memory. The minimum is what must fit: a start needs at most ${startCost.peakMemoryMb.toFixed(0)} MB, a reconcile or status of ${most} services ${heapMb.toFixed(0)} MB more heap, and a third must stay
free. That makes **${cheapest} MB**${cheapest === defaultMb ? ', which is Terraform’s default' : `; Terraform’s default is ${defaultMb} MB`}.`;
}
