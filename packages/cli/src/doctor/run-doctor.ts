import { interrupted, usageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { readServiceNames } from '../service-names.ts';
import { diagnose } from './diagnose.ts';
import { formatDiagnosis } from './format-diagnosis.ts';
import { gatherEvidence } from './gather.ts';
import { linkTitles } from './link.ts';
import { createMendCommands } from './mend-commands.ts';

export interface DoctorOptions {
  readonly path?: string;
  readonly host?: string;
  readonly all?: true;
}

/** `engines doctor`. @throws CliError `Usage`, StartEnginesError when AWS cannot be read at all */
export async function runDoctor(context: CommandContext, service: string, options: DoctorOptions): Promise<ExitCode> {
  const [name = ''] = readServiceNames([service]);
  const path = readPath(options.path ?? `/api/${name}`);
  const evidence = await gatherEvidence(context, { service: name, path, host: options.host });
  // Aborted calls look like gaps in the evidence, but are not.
  if (context.signal.aborted) throw interrupted();
  const region = await (await context.aws.ecs()).config.region();
  const { links, first } = diagnose(evidence, createMendCommands(context.options, region));
  const { output } = context;
  const told = links.map((link) => ({ ...link, title: linkTitles[link.id] }));
  output.result(
    {
      workspace: context.options.workspace,
      service: name,
      path,
      ...(first === undefined ? {} : { first: told.find(({ id }) => id === first.id) }),
      links: told,
    },
    formatDiagnosis({ links, first }, { service: name, path, all: options.all ?? false, style: output.style }),
  );
  if (first !== undefined) return exitCodes.findings;
  return links.some(({ status }) => status === 'unknown') ? exitCodes.unknown : exitCodes.done;
}

function readPath(path: string): string {
  if (!/^\/[^?#\s]*$/.test(path)) throw usageError(`--path must be a path such as /api/auth, not "${path}".`);
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}
