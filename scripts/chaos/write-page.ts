import { afflictions } from './faults.ts';
import type { KeptResult } from './kept-results.ts';
import { scenarios } from './scenarios.ts';

const introduction = `# Fault matrix

What becomes of an operation when one of its calls of AWS goes wrong. \`npm run chaos\` writes this page. Each cell is a
run of its own: the built zip in the sandbox's Lambda, one event, one fault. Lambda's own retries come, then one reconcile
without faults, then a wish that is older than the event.

A cell holds when what the event's sender was told is true, and when the sandbox's own model shows at most one live task
of a service, no task outside its target groups, no target without a task, every failure told, nobody else's task
touched, and the older wish without effect. At every call, too: no two live tasks without a restart, no task stopped that
stands in a target group, no restart that takes the last healthy target away. And its fault must have been consumed: for
a kill, the process ended by SIGKILL and has called nothing since.

\`npm run chaos -- --only start/RunTask/kill-after\` runs one cell, \`--only 'stop/*/throttle'\` a column,
\`--only start/RunTask/late+StopTask/throttle\` two faults at once. CI runs a kill at
every call (before and after one that changes something, before or after a read, as the seed has it) and a sample of the other
faults; the seed is printed.

| fault | what happens to the call |
| --- | --- |
| throttle, server-error | the error, for all three attempts that the SDK makes |
| no-answer | the connection stays open and the call has no effect, three times |
| drop-before, drop-after | the connection is cut before the call has its effect, or after, three times |
| access-denied | once; the SDK does not try again |
| denied-for-good | from that call on, until Lambda has given the event up |
| rejected | once; AWS refuses the call as it was made |
| late | the call takes effect, and is answered, three seconds later |
| missing | DescribeTasks knows no task, once |
| stale | the answer of the latest identical call again, once |
| capacity | RunTask answers with \`failures\`, and does so again for the same token |
| throttled-30-s, throttled-90-s | every call of that operation is throttled for so long, from its first call on |
| failing-30-s, failing-90-s | the same with an error of AWS's own |
| kill-before, kill-after | the function's process is killed before the call has its effect, or after |

*after retry*: Lambda ran the event again. *failed*: Lambda gave it up, so that there is an on-failure record and an
event on the bus; what follows the comma is how things stand after the reconcile. \`DescribeTasks#3\` is the third call of
DescribeTasks.`;

/** The whole page: a table for each scenario that was played. */
export function renderPage(results: readonly KeptResult[]): string {
  const sections = scenarios.flatMap(({ name, description }) => {
    const own = results.filter((result) => result.scenario === name && !isPair(result));
    return own.length === 0 ? [] : [`## ${name}\n\n${description}\n\n${renderTable(own)}`];
  });
  return `${[introduction, ...sections, ...renderPairs(results.filter(isPair))].join('\n\n')}\n`;
}

function isPair({ call }: KeptResult): boolean {
  return call.includes(' + ');
}

/** One row a cell, in the order in which they were played. */
function renderPairs(results: readonly KeptResult[]): string[] {
  if (results.length === 0) return [];
  const introduction =
    'A seed chooses the pairs of calls and faults. The first may keep the call of the second from being made.';
  const lines = results.map(({ scenario, call, fault, outcome, holds }) => {
    const words = holds ? outcome : `**${outcome}**`;
    return `| ${scenario} | ${call} | ${fault} | ${words} |`;
  });
  const head = ['| operation | calls | faults | outcome |', '| --- | --- | --- | --- |'];
  return [`## Two faults at once\n\n${introduction}\n\n${[...head, ...lines].join('\n')}`];
}

/** One row a call, in the order in which the operation makes them. A cell that does not hold is in bold. */
export function renderTable(results: readonly KeptResult[]): string {
  const columns = afflictions.map(({ name }) => name).filter((name) => results.some(({ fault }) => fault === name));
  const rows = Map.groupBy(results, ({ call }) => call);
  const lines = [...rows].map(([call, cells]) => {
    const words = columns.map((column) => {
      const cell = cells.find(({ fault }) => fault === column);
      return cell === undefined ? '' : cell.holds ? cell.outcome : `**${cell.outcome}**`;
    });
    return `| ${[call, ...words].join(' | ')} |`;
  });
  const dashes = ['', ...columns].map(() => '---');
  return [`| ${['call', ...columns].join(' | ')} |`, `| ${dashes.join(' | ')} |`, ...lines].join('\n');
}
