import type { Measured } from '../measure-all.ts';
import { callMs, eventMs, phasesMs, type ReadyLag } from '../ready-lag.ts';
import { table, verdict } from './markdown.ts';

export function readyLagSection({ readyLag, staleReadyLag, seed }: Measured): string {
  const [poll, , wait, event] = readyLag;
  const [stalePoll, , staleWait] = staleReadyLag;
  if (!poll || !wait || !event || !stalePoll || !staleWait) throw new Error('a way is missing');
  const seconds = ([shortest, longest]: readonly [number, number]) => `${shortest / 1000}–${longest / 1000} s`;
  return `## Ready lag

The time from the moment a task is RUNNING with an address until its target is registered: ${poll.lagSeconds.count} starts, with the
same task life cycles for each way. Measured on the in-memory models with the real adapters, on a virtual clock that excludes
computing time. A life cycle is random (seed ${seed}) from ${seconds(phasesMs.interfaceCreationMs)} until the network interface attaches, ${seconds(phasesMs.interfaceAttachmentMs)} until it is attached, ${seconds(phasesMs.pendingMs)} PENDING and
${seconds(phasesMs.imagePullMs)} to pull the image: 8 to 60 s in total. A call takes ${callMs.join('–')} ms, an event ${eventMs.join('–')} ms to reach the function.

![ready lag](benchmarks/ready-lag.svg)

${waysTable(readyLag)}

${[
  verdict({
    what: 'median of our wait as a fraction of the fixed poll’s:',
    measured: wait.lagSeconds.median / poll.lagSeconds.median,
    atMost: 0.2,
  }),
  verdict({ what: 'its DescribeTasks calls per second of waiting:', measured: wait.looksPerSecond, atMost: 1.2 }),
  verdict({ what: 'median of the event path:', measured: event.lagSeconds.median, atMost: 0.2, unit: ' s' }),
  verdict({ what: 'its 99th percentile:', measured: event.lagSeconds.p99, atMost: 1, unit: ' s' }),
  verdict({ what: 'its DescribeTasks calls while the task starts:', measured: event.looksPerSecond, atMost: 0 }),
].join('\n')}

The waiter fails if ECS does not show the task yet, which is common just after RunTask. The benchmark then restarts it. Its delay
increases with each call, so it detects a slow task late, and may time out before its next call.

**With stale reads.** ECS is eventually consistent, and does not document how stale a read may be. The same life cycles with task reads
that are up to 2 s stale:

${waysTable(staleReadyLag)}

Polling cannot be faster than the reads: the median of our wait is then ${(staleWait.lagSeconds.median / stalePoll.lagSeconds.median).toFixed(2)} of the fixed poll’s. The event path
is not affected: it takes the RUNNING state from the event, and everything else from reads that may be stale.`;
}

function waysTable(ways: readonly ReadyLag[]): string {
  return table(
    [
      'way',
      'median, s',
      '99 %, s',
      'longest, s',
      'DescribeTasks per second of waiting',
      'DescribeTasks per start',
      'lost',
    ],
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
