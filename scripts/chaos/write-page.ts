import { columns } from './faults.ts';
import type { KeptResult } from './kept-results.ts';
import { replayCommand } from './play-cells.ts';
import { scenarios } from './scenarios.ts';

const introduction = `# Fault matrix

This page shows what happens to an operation when one of its AWS calls goes wrong. \`npm run chaos\` writes it. Each cell
is a separate run: the built zip in the sandbox's Lambda, one event and one fault. Lambda retries the event as usual.
Then a reconcile runs without faults. Last comes a request that is older than the event.

A cell passes when:

- the answer to the event was true when it was sent, and every failure was reported;
- after the reconcile, the sandbox's model shows at most one live task per service, no task outside its target groups and
  no target without a task. The task of another service still runs;
- no call ever created a second live task without a restart, stopped a task that was registered in a target group, or
  deregistered the last healthy target during a restart;
- the older request changed nothing;
- the fault took effect. For a kill: the process ended with SIGKILL and made no further call.

Cells that fail are bold. A cell is blank when the fault cannot hit the call, or when the cell was not played. \`DescribeTasks#3\` is the third DescribeTasks call of the operation. *not reached*: the operation
did not make the call in four runs, because the number of reads depends on timing.

| fault | what happens to the call |
| --- | --- |
| throttle, server-error | all three attempts of the SDK fail with this error |
| no-answer | the call has no effect and the connection stays open, for all three attempts |
| drop-before, drop-after | the connection is closed before or after the call takes effect, for all three attempts |
| access-denied | the call fails once; the SDK does not retry it |
| denied-for-good | the call and all later calls of the operation fail until Lambda has given up on the event |
| rejected | the call fails once because AWS considers the request invalid |
| late | the call takes effect, and is answered, three seconds later |
| missing | DescribeTasks finds no task, once |
| stale | the call returns the previous answer to the same request, once |
| capacity | RunTask returns \`failures\`, also for later calls with the same token |
| throttled-30-s, throttled-90-s | an outage: every call of this operation is throttled for 30 or 90 seconds, from this call on |
| failing-30-s, failing-90-s | an outage: every call of this operation fails with HTTP 500 for 30 or 90 seconds, from this call on |
| kill-before, kill-after | the function's process is killed before or after the call takes effect |

An outage ends early when Lambda has completed or given up on the event.

*after retry*: Lambda ran the event again. *failed*: Lambda gave up on the event, which left an on-failure record and, for
requests, an event on the bus. The words after the comma describe the state after the reconcile.

\`npm run chaos -- --only start/RunTask/kill-after\` plays one cell, \`--only 'stop/*/throttle'\` a column of one operation and
\`--only start/RunTask/late+StopTask/throttle\` two faults at once. \`npm test\` plays a sample: kills before and after every
call that changes something, a kill at one of the reads between two changes, some other faults, an outage and a pair of
faults. It prints the seed.`;

/** The whole page: one table for each scenario, then the cells with two faults. */
export function renderPage(results: readonly KeptResult[]): string {
  const single = results.filter((result) => !isPair(result));
  const sections = scenarios.flatMap(({ name, description }) => {
    const own = single.filter(({ scenario }) => scenario === name);
    return own.length === 0 ? [] : [`## ${name}\n\n${description} ${renderOrigin(own)}\n\n${renderTable(own)}`];
  });
  return `${[introduction, ...sections, ...renderPairs(results.filter(isPair))].join('\n\n')}\n`;
}

function isPair({ calls }: KeptResult): boolean {
  return calls.length > 1;
}

/** When the cells were played, and at which commit. Columns, rows and cells of other runs are listed. */
function renderOrigin(results: readonly KeptResult[]): string {
  const byOrigin = [...Map.groupBy(results, ({ date, commit }) => `${date} at commit \`${commit}\``)];
  const [main, ...others] = byOrigin.toSorted(([, one], [, other]) => other.length - one.length);
  if (main === undefined) return '';
  const lists = others.map(([origin, cells]) => `; on ${origin}: ${summarise(cells, results).join(', ')}`);
  return `Played on ${main[0]}${lists.join('')}.`;
}

/** Names the cells of one run: a column or a row when all its cells are among them. */
function summarise(cells: readonly KeptResult[], results: readonly KeptResult[]): readonly string[] {
  const names = cells.map((cell) => {
    const { calls, faults } = cell;
    const isWhole = (isIn: (result: KeptResult) => boolean) =>
      results.filter(isIn).every((result) => cells.includes(result));
    if (isWhole((result) => result.faults[0] === faults[0])) return `all of ${faults[0]}`;
    return isWhole((result) => result.calls[0] === calls[0]) ? `\`${calls[0]}\`` : `\`${calls[0]}\`/${faults[0]}`;
  });
  const order = columns.map(({ name }) => `all of ${name}`);
  return [...new Set(names)].toSorted((one, other) => order.indexOf(one) - order.indexOf(other));
}

/** One row for each call, in the order in which the operation makes them. */
export function renderTable(results: readonly KeptResult[]): string {
  const names = columns.map(({ name }) => name).filter((name) => results.some(({ faults }) => faults[0] === name));
  const rows = Map.groupBy(results, ({ calls }) => calls[0]);
  const lines = [...rows].map(([call, cells]) => {
    const outcomes = names.map((name) => {
      const cell = cells.find(({ faults }) => faults[0] === name);
      return cell === undefined ? '' : cell.passes ? cell.outcome : `**${cell.outcome}**`;
    });
    return `| ${[call, ...outcomes].join(' | ')} |`;
  });
  const dashes = ['', ...names].map(() => '---');
  return [`| ${['call', ...names].join(' | ')} |`, `| ${dashes.join(' | ')} |`, ...lines].join('\n');
}

/** How often each outcome occurred, and a command for each cell that fails. */
function renderPairs(results: readonly KeptResult[]): string[] {
  if (results.length === 0) return [];
  const rows = Map.groupBy(results, ({ scenario, date, commit }) => [scenario, date, `\`${commit}\``].join(' | '));
  const lines = [...rows].map(([start, cells]) => {
    const byOutcome = Map.groupBy(cells, ({ outcome }) => outcome);
    const counts = [...byOutcome].map(([outcome, { length }]) => `${length} × ${outcome}`);
    return `| ${start} | ${cells.length} | ${counts.join('; ')} |`;
  });
  const failed = results.filter(({ passes }) => !passes);
  const commands = failed.map(({ name, seed }) => `- \`${replayCommand(name, seed)}\``);
  return [
    '## Two faults at once',
    'A seed chose the calls and the faults. *one fault only*: the operation never made the other call.',
    ['| operation | played on | at commit | cells | outcomes |', '| --- | --- | --- | --- | --- |', ...lines].join(
      '\n',
    ),
    failed.length === 0 ? 'All of them pass.' : `Failing cells: ${failed.length}.\n\n${commands.join('\n')}`,
  ];
}
