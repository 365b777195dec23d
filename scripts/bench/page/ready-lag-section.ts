import type { Measured } from '../measure-all.ts';
import { callMs, eventMs, phasesMs, type ReadyLag } from '../ready-lag.ts';
import { table, verdict } from './markdown.ts';

export function readyLagSection({ readyLag, staleReadyLag, seed }: Measured): string {
  const [poll, , wait, event] = readyLag;
  const [stalePoll, , staleWait] = staleReadyLag;
  if (!poll || !wait || !event || !stalePoll || !staleWait) throw new Error('a way is missing');
  const seconds = ([shortest, longest]: readonly [number, number]) => `${shortest / 1000}–${longest / 1000} s`;
  return `## Ready lag

From the instant that a task is RUNNING, with an address, until its target is registered: ${poll.lagSeconds.count} starts, each way on the
same lives. On the models in memory, with the real adapters, on a clock that stands while the machine computes. A life is drawn
(seed ${seed}) from ${seconds(phasesMs.interfaceCreationMs)} until the network interface is being attached, ${seconds(phasesMs.interfaceAttachmentMs)} until it is, ${seconds(phasesMs.pendingMs)} PENDING and
${seconds(phasesMs.imagePullMs)} for the image: 8 to 60 s. A call takes ${callMs.join('–')} ms there and back, an event ${eventMs.join('–')} ms to the function.

![ready lag](benchmarks/ready-lag.svg)

${waysTable(readyLag)}

${[
  verdict({
    what: 'our wait’s median, as a share of the fixed poll’s,',
    measured: wait.lagSeconds.median / poll.lagSeconds.median,
    atMost: 0.2,
  }),
  verdict({ what: 'its DescribeTasks a second of waiting', measured: wait.looksPerSecond, atMost: 1.2 }),
  verdict({ what: 'the event path’s median', measured: event.lagSeconds.median, atMost: 0.2, unit: ' s' }),
  verdict({ what: 'its 99th percentile', measured: event.lagSeconds.p99, atMost: 1, unit: ' s' }),
  verdict({ what: 'its DescribeTasks while the task comes up', measured: event.looksPerSecond, atMost: 0 }),
].join('\n')}

The waiter gives up for good on a task that ECS does not show yet, which is common just after RunTask; here it is then begun again. It
waits longer each time, so that a slow task is found late, and may be out of time before it looks again.

**Where reads are old.** ECS is eventually consistent, and says nowhere how old a read may be. The same lives with reads of tasks that are
up to 2 s old:

${waysTable(staleReadyLag)}

Nobody who polls can know sooner than a read shows it: our wait’s median is ${(staleWait.lagSeconds.median / stalePoll.lagSeconds.median).toFixed(2)} of the fixed poll’s then. The event path does not
depend on it: that the task runs by now is taken from the event, everything else from a read that may be old.`;
}

function waysTable(ways: readonly ReadyLag[]): string {
  return table(
    ['way', 'median, s', '99 %, s', 'longest, s', 'DescribeTasks a second of waiting', 'DescribeTasks a start', 'lost'],
    ways.map(({ name, lagSeconds, looksPerSecond, looksEach, lost }) => [
      name,
      lagSeconds.median.toFixed(2),
      lagSeconds.p99.toFixed(2),
      lagSeconds.largest.toFixed(2),
      looksPerSecond.toFixed(2),
      looksEach.toFixed(1),
      String(lost),
    ]),
  );
}
