import { isTransient } from '@start-engines/core';
import type { CommandContext } from '../command-context.ts';
import { exitCodeOf } from '../describe-failure.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { fetchStatus, type ServiceReport } from '../fetch-status.ts';
import { during } from '../output/during.ts';
import { formatStatus } from '../output/format-status.ts';
import { joinLines } from '../output/terminal-text.ts';
import { pause } from '../pause.ts';
import { readServiceNames } from '../service-names.ts';

export interface StatusOptions {
  readonly watch?: true;
  /** Seconds between two reads. */
  readonly interval: number;
}

/** How many failures in a row a watch tolerates: AWS throttles, and connections break. */
const patience = 5;

/** `engines status`. */
export async function showStatus(
  context: CommandContext,
  services: readonly string[],
  { watch, interval }: StatusOptions,
): Promise<ExitCode> {
  const names = readServiceNames(services);
  if (watch) return watchStatus(context, names, interval);
  const reports = await during(context, 'reading the status', fetchStatus(context, names));
  context.output.result(documentOf(context, reports), formatStatus(reports, context.output.style));
  return exitCodeFor(reports);
}

function documentOf({ options }: CommandContext, services: readonly ServiceReport[]) {
  return { workspace: options.workspace, services };
}

/** An incomplete status does not exit with 0. */
function exitCodeFor(services: readonly ServiceReport[]): ExitCode {
  const codes = services.flatMap(({ targetGroups, problems = [] }) => [
    ...targetGroups.flatMap(({ problem }) => (problem === undefined ? [] : [exitCodes.unknown])),
    ...problems.map(({ code }) => exitCodeOf(code)),
  ]);
  if (codes.includes(exitCodes.unknown)) return exitCodes.unknown;
  return codes[0] ?? exitCodes.done;
}

async function watchStatus(context: CommandContext, names: readonly string[], seconds: number): Promise<ExitCode> {
  const { output, signal } = context;
  const view = output.live();
  let told = '';
  let failures = 0;
  try {
    for (;;) {
      let trouble = '';
      try {
        const reports = await fetchStatus(context, names);
        failures = 0;
        const text = formatStatus(reports, output.style);
        if (view !== undefined) view.show(joinLines([text, output.style.dim(`every ${seconds} s; Ctrl-C to stop`)]));
        else if (told !== timeless(reports)) output.event(documentOf(context, reports), text);
        told = timeless(reports);
      } catch (caught) {
        failures += 1;
        if (signal.aborted) return exitCodes.interrupted;
        if (!(caught instanceof Error) || !isTransient(caught) || failures > patience) throw caught;
        trouble = caught.message;
      }
      if (trouble !== '') output.remark(trouble);
      await pause(seconds * 1_000, signal);
      if (signal.aborted) return exitCodes.interrupted;
    }
  } finally {
    view?.keep();
  }
}

/** The status without ages, to detect changes. */
function timeless(services: readonly ServiceReport[]): string {
  return JSON.stringify(services, (key, value: unknown) => (key === 'ageSeconds' ? undefined : value));
}
