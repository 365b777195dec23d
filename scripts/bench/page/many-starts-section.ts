import type { ManyStarts } from '../many-starts.ts';
import type { Measured } from '../measure-all.ts';
import { table, verdict } from './markdown.ts';

export function manyStartsSection({ manyStarts: ours, otherManyStarts }: Measured): string {
  const bound = Math.max(ours.launchBoundSeconds, ours.readBoundSeconds, ours.registrationBoundSeconds);
  return `## Under throttling

${ours.starts} starts of different services arrive within ${ours.arrivingWithinSeconds} s. ECS throttles at its documented rates: 20 RunTask calls per second, and a burst of 100
and 20 per second for DescribeTasks and ListTasks together. Elastic Load Balancing throttles registrations: a burst of 20, and 4 per
second. Measured on the in-memory models: calls take no time, and reads may be
2 s stale. The other ways use the SDK’s three attempts per call; ours does not use them here.

![many starts](benchmarks/many-starts.svg)

${table(
  ['way', 'registered', 'lost', 'running without a target', 'last registered, s', 'reads per start', 'throttled calls'],
  Object.entries({ ours, ...otherManyStarts }).map(([name, many]) => [
    name,
    String(many.registeredAtSeconds.length),
    String(many.failures.length),
    String(many.orphans),
    many.registeredSeconds.toFixed(0),
    many.readsForEach.toFixed(2),
    String(many.throttledCalls),
  ]),
)}

The launches alone need ${ours.launchBoundSeconds} s, and our minimum of reads (${ours.fewestReadsForEach} per start) ${ours.readBoundSeconds} s, and the
registrations ${ours.registrationBoundSeconds} s. The other ways read nothing before they
launch, so they need fewer reads. In return they lose starts, and a repeated start launches two tasks.

${[
  verdict({
    what: 'time until the last target is registered as a multiple of the largest bound:',
    measured: ours.registeredSeconds / bound,
    atMost: 1.4,
  }),
  verdict({ what: 'lost starts:', measured: ours.failures.length, atMost: 0, digits: 0 }),
].join('\n')}

### The reads of a start

${readsTable(ours)}

All four are necessary:

- Without the list of RUNNING tasks, a running service would be launched again after ECS has forgotten its token or no longer shows
  the previous task.
- Without the list of STOPPED tasks, two starts that see different previous tasks would send different tokens, and ECS would launch two
  tasks.
- RunTask returns no address, so one read must find the task RUNNING.
- Without the read after the registration, a task that stopped just before it would leave a stale target until the next scheduled
  reconcile, and the start would report success.

Reads that come too early are avoidable: under load a start reads late and rarely. Only ${(ours.readsForEach - ours.fewestReadsForEach).toFixed(2)} of them per start remain.`;
}

function readsTable({ readsByReason: reads, starts }: ManyStarts): string {
  const rows: [string, number, string][] = [
    ['ListTasks RUNNING', reads.listRunning, 'whether a task is running, starting or retiring'],
    ['ListTasks STOPPED', reads.listStopped, 'the previous task, which determines the client token'],
    ['DescribeTasks until RUNNING', reads.lookUntilRunning, 'the task’s state and address'],
    [
      'DescribeTasks after registering',
      reads.lookAfterRegistration,
      'whether it has meanwhile stopped or been marked as retiring',
    ],
  ];
  return table(
    ['read', 'per start', 'purpose'],
    rows.map(([read, count, reason]) => [read, (count / starts).toFixed(2), reason]),
  );
}
