import type { ManyStarts } from '../many-starts.ts';
import type { Measured } from '../measure-all.ts';
import { table, verdict } from './markdown.ts';

export function manyStartsSection({ manyStarts: ours, otherManyStarts }: Measured): string {
  const bound = Math.max(ours.launchBoundSeconds, ours.readBoundSeconds);
  return `## Under throttling

${ours.starts} starts of as many services arrive within ${ours.arrivingWithinSeconds} s. ECS takes what its documentation says: 20 RunTask a second, and of DescribeTasks
and ListTasks together 100 at once and 20 a second. On the models in memory; calls take no time, reads may be 2 s old. The other ways
have the SDK’s three attempts a call; ours has none of them in this path.

![many starts](benchmarks/many-starts.svg)

${table(
  ['way', 'registered', 'lost', 'running without a target', 'last registered, s', 'reads a start', 'throttled calls'],
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

Launches alone need ${ours.launchBoundSeconds} s, the fewest reads of ours (${ours.fewestReadsForEach} a start) ${ours.readBoundSeconds} s. The other ways read nothing before they launch, so
theirs are fewer; they lose starts instead, and a start that is done twice makes two tasks.

${[
  verdict({
    what: 'the last target registered, as a multiple of the larger bound,',
    measured: ours.registeredSeconds / bound,
    atMost: 1.3,
  }),
  verdict({ what: 'starts lost', measured: ours.failures.length, atMost: 0, digits: 0 }),
].join('\n')}

### Each read of a start, and why

${readsTable(ours)}

None of the four can go:

- Without the list of RUNNING tasks a service that runs would be launched again, once ECS has forgotten its token, or when the task
  that came before it is no longer shown.
- Without the list of STOPPED ones two starts that see different pasts send different tokens, and ECS makes two tasks.
- RunTask’s answer has no address, so one look has to find the task RUNNING.
- A task that ended or was stopped between that look and its registration would leave a target that nobody serves, until the next
  scheduled reconcile; and the start would say that it is up.

What could go were the looks that come too early: in a crowd a start looks late and rarely. ${(ours.readsForEach - ours.fewestReadsForEach).toFixed(2)} of them a start are left.`;
}

function readsTable({ readsByReason: reads, starts }: ManyStarts): string {
  const rows: [string, number, string][] = [
    ['ListTasks RUNNING', reads.listRunning, 'is it up, or coming up, or marked to go?'],
    ['ListTasks STOPPED', reads.listStopped, 'what came before it, which makes the launch’s token'],
    ['DescribeTasks until RUNNING', reads.lookUntilRunning, 'its state and address'],
    ['DescribeTasks after registering', reads.lookAfterRegistration, 'has it ended, or been marked to go, meanwhile?'],
  ];
  return table(
    ['read', 'a start', 'for'],
    rows.map(([read, count, reason]) => [read, (count / starts).toFixed(2), reason]),
  );
}
