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

Through the built zip, on a sandbox where AWS takes no time; ${startCost.warmCpuMs.count} starts in a warm process, ${startCost.coldInitCpuMs.count} cold ones.

${table(
  ['', 'median', 'least', 'most'],
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

/** Lambda gives a whole vCPU at this many megabytes, and of it in proportion below. */
const wholeCpuMb = 1_769;
const settingsMb = [128, 192, 256, 512, 1_024, 1_769];
/** What must stay free for what a bench does not meet. */
const fillable = 2 / 3;

interface Bill {
  readonly seconds: number;
  readonly gigabyteSeconds: number;
}

/** Waiting takes as long whatever the memory, computing takes longer the less of it there is. */
function billOf(invocations: readonly number[], cpuMs: number, memoryMb: number): Bill {
  const waiting = invocations.reduce((total, seconds) => total + seconds, 0);
  const computing = (cpuMs / 1000) * Math.max(1, wholeCpuMb / memoryMb);
  const seconds = waiting + computing;
  return { seconds, gigabyteSeconds: (seconds * memoryMb) / 1024 };
}

/** With a cold start before the first invocation; our event path's second one is warm. */
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

GB-seconds of Lambda for one start of a task that is RUNNING after 45 s, with a cold start, which is billed as well. What calls and waiting
take is measured on the models’ clock, the CPU as above; a function of less than ${wholeCpuMb} MB has that share of a vCPU, so it computes longer.

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
    what: `the event path at ${cheapest} MB with a cold start, as a share of the plain way,`,
    measured: bill(event, cheapest).gigabyteSeconds / bill(plain, cheapest).gigabyteSeconds,
    atMost: 0.05,
    digits: 3,
    otherwise: 'What is left is mostly the cold start, and its CPU costs the same at every setting.',
  }),
  verdict({
    what: `the same in a warm process, the plain way computing nothing at all,`,
    measured:
      billOf(event.invocationSeconds, 2 * startCost.warmCpuMs.median, cheapest).gigabyteSeconds /
      billOf(plain.invocationSeconds, 0, cheapest).gigabyteSeconds,
    atMost: 0.05,
    digits: 3,
  }),
].join('\n')}

The least memory is the cheapest: computing costs the same at every setting up to ${wholeCpuMb} MB, waiting in proportion to it. What bounds it
is what fits: a start needs ${startCost.peakMemoryMb.toFixed(0)} MB at most, a reconcile or status of ${most} services ${heapMb.toFixed(0)} MB of heap more, and a third is to stay
free. That makes **${cheapest} MB**${cheapest === defaultMb ? ', which is Terraform’s default' : `; Terraform’s default is ${defaultMb} MB`}.`;
}
