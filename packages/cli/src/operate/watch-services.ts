import { createColors } from 'picocolors';
import type { CommandContext } from '../command-context.ts';
import { fetchStatus, type ServiceReport, type TaskReport } from '../fetch-status.ts';
import { formatDuration } from '../output/format-duration.ts';
import { formatServices, healthOf, stateOf } from '../output/format-status.ts';
import { spinnerFrame } from '../output/live-view.ts';
import { joinLines } from '../output/terminal-text.ts';
import { pause } from '../pause.ts';

const frameMs = 120;
/** The pause between two reads at first, and later. One read makes the function call AWS about fifteen times. */
const quickMs = 1_000;
const slowMs = 3_000;
const quickForMs = 60_000;

/**
 * Shows the progress of services during an operation. It only shows: the outcome is what `work` resolves to, and a failed
 * read is not a failure of the work.
 *
 * @param services empty for all
 */
export async function watchServices<Result>(
  context: CommandContext,
  title: string,
  services: readonly string[],
  work: Promise<Result>,
): Promise<Result> {
  if (context.output.json) return work;
  const over = new AbortController();
  const watching = watch({ ...context, signal: AbortSignal.any([context.signal, over.signal]) }, title, services);
  try {
    return await work;
  } finally {
    over.abort();
    await watching;
  }
}

async function watch(context: CommandContext, title: string, services: readonly string[]): Promise<void> {
  const { output, signal, surroundings } = context;
  const view = output.live();
  const begun = performance.now();
  let table = '';
  let frame = 0;
  const draw = () => {
    frame += 1;
    const sign = output.style.cyan(spinnerFrame(frame, surroundings.environment));
    const elapsed = formatDuration((performance.now() - begun) / 1_000);
    view?.show(joinLines([`${sign} ${title} ${output.style.dim(elapsed)}`, ...(table === '' ? [] : [table])]));
  };
  draw();
  const drawing = view === undefined ? undefined : setInterval(draw, frameMs);
  const told = new Set<string>();
  try {
    while (!signal.aborted) {
      const reports = await look(context, services);
      if (signal.aborted) return;
      if (typeof reports === 'string') table = output.style.yellow(reports);
      else if (view !== undefined) table = formatServices(reports, output.style);
      else for (const line of newsOf(reports, told)) output.progress(line);
      await pause(performance.now() - begun < quickForMs ? quickMs : slowMs, signal);
    }
  } finally {
    clearInterval(drawing);
    view?.clear();
  }
}

/** The status, or why it cannot be read at the moment. */
async function look(context: CommandContext, services: readonly string[]): Promise<readonly ServiceReport[] | string> {
  try {
    // For several named services the function would list every cluster for each; for all services it lists each once.
    const reports = await fetchStatus(context, services.length === 1 ? services : []);
    return services.length === 0 ? reports : reports.filter(({ service }) => services.includes(service));
  } catch (caught) {
    return `the status cannot be read at the moment: ${caught instanceof Error ? caught.message : caught}`;
  }
}

const noStyle = createColors(false);

/** A line for each task that has changed since it was last shown. */
function newsOf(reports: readonly ServiceReport[], told: Set<string>): string[] {
  const lines = reports.flatMap((report) => report.tasks.map((task) => describeTask(report, task)));
  return lines.filter((line) => {
    if (told.has(line)) return false;
    told.add(line);
    return true;
  });
}

function describeTask(report: ServiceReport, task: TaskReport): string {
  const health = healthOf(report, task).map(({ group, state }) => `${group} ${state}`);
  const known = task.privateIp === undefined ? [] : [task.privateIp, ...health];
  return [`${report.service}:`, task.taskId.slice(0, 8), stateOf(task, noStyle), ...known].join(' ');
}
