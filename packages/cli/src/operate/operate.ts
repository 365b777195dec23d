import { randomBytes } from 'node:crypto';
import { usageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { confirm } from '../confirm.ts';
import type { ExitCode } from '../exit-codes.ts';
import { fetchStatus, type ServiceReport } from '../fetch-status.ts';
import { invokeFunction } from '../invoke-function.ts';
import { during } from '../output/during.ts';
import { ownLines } from '../output/terminal-text.ts';
import { readServiceNames } from '../service-names.ts';
import { readOverrides } from './overrides.ts';
import { exitCodeForResults, formatResults, resultsOf, withResults } from './results.ts';
import { tellUnreachable } from './tell-unreachable.ts';
import { watchServices } from './watch-services.ts';

export interface StartOptions {
  readonly all?: true;
  readonly wait?: 'none' | 'running' | 'healthy';
  /** Seconds. */
  readonly for?: number;
  readonly set: readonly string[];
}

export interface StopOptions {
  readonly all?: true;
  readonly pause?: true;
}

/** `engines start`. */
export async function start(
  context: CommandContext,
  given: readonly string[],
  { all, wait, set, for: leaseSeconds }: StartOptions,
): Promise<ExitCode> {
  const overrides = readOverrides(set);
  const named = readChoice(given, all);
  if (Object.keys(overrides).length > 0 && named?.length !== 1) throw usageError('--set is for one service at a time.');
  const services = named ?? (await mappedServices(context));
  return operate(context, 'start', services, {
    ...(wait === undefined ? {} : { wait }),
    ...(leaseSeconds === undefined ? {} : { leaseSeconds }),
    ...overrides,
  });
}

/** `engines stop`. */
export async function stop(
  context: CommandContext,
  given: readonly string[],
  { all, pause }: StopOptions,
): Promise<ExitCode> {
  const named = readChoice(given, all);
  const fields = pause === undefined ? {} : { pause };
  if (named !== undefined) return operate(context, 'stop', named, fields);
  const { workspace } = context.options;
  await confirm(context, `Stop every service of ${workspace}?`, async () => {
    const up = (await fetchStatus(context, [])).filter(({ tasks }) => tasks.length > 0);
    return `Running now: ${up.map(({ service }) => service).join(', ') || 'none'}.`;
  });
  return operate(context, 'stop', [], fields);
}

/** `engines resume`. */
export function resume(context: CommandContext, given: readonly string[], all: true | undefined): Promise<ExitCode> {
  return operate(context, 'stop', readChoice(given, all) ?? [], { pause: false });
}

/** `engines restart`. */
export function restart(context: CommandContext, given: readonly string[]): Promise<ExitCode> {
  return operate(context, 'restart', readServiceNames(given), {});
}

/** The named services, or undefined for all. Both together are an error: names are never ignored. */
function readChoice(given: readonly string[], all: boolean | undefined): readonly string[] | undefined {
  if (all && given.length > 0) throw usageError('Name services or use --all, not both.');
  if (!all && given.length === 0) throw usageError('Name the services, or use --all.');
  return all ? undefined : readServiceNames(given);
}

async function mappedServices(context: CommandContext): Promise<readonly string[]> {
  const reports = await during(context, 'listing the services', fetchStatus(context, []));
  const mapped = reports.filter(isMapped);
  if (mapped.length === 0) throw usageError(`${context.options.workspace} has no service mapping.`);
  return mapped.map(({ service }) => service);
}

/** A mapping that could not be read counts as one: the start reports the problem. */
function isMapped({ mapping, problems = [] }: ServiceReport): boolean {
  const isUnread = problems.some(({ code }) => code === 'MappingUnavailable');
  return isUnread || mapping.versions !== undefined || mapping.problems.length > 0;
}

/** Invokes the function, shows the progress, and prints the function's results. */
async function operate(
  context: CommandContext,
  action: 'start' | 'stop' | 'restart',
  services: readonly string[],
  fields: Readonly<Record<string, unknown>>,
): Promise<ExitCode> {
  const { aws, options, output, signal } = context;
  const correlationId = `engines-${randomBytes(6).toString('hex')}`;
  const [only] = services;
  const which = services.length === 0 ? { services: 'all' } : services.length === 1 ? { service: only } : { services };
  const title = `${action} ${services.length === 0 ? 'all' : services.join(', ')}`;
  const look = `engines logs ${correlationId}`;
  const work = invokeFunction(
    { action, ...which, ...fields, workspace: options.workspace, correlationId },
    {
      aws,
      functionName: options.functionName,
      signal,
      changes: true,
      hint: `The function continues: see ${['engines status', ...services].join(' ')}, or ${look}`,
    },
  );
  try {
    const reply = await watchServices(context, title, services, work);
    const results = await tellUnreachable(context, resultsOf(reply, services));
    output.result(
      { workspace: options.workspace, action, correlationId, results },
      ownLines(formatResults(results, output.style)),
    );
    return exitCodeForResults(results);
  } catch (caught) {
    const error = withResults(caught, `Details: ${look}`);
    const { results } = (error as { details?: { results?: Parameters<typeof formatResults>[0] } }).details ?? {};
    if (results !== undefined) output.progress(ownLines(formatResults(results, output.style)));
    throw error;
  }
}
