import { createSsmServiceMappings } from '@start-engines/config';
import { StartEnginesError } from '@start-engines/core';
import type { CommandContext } from '../command-context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { formatDuration } from '../output/format-duration.ts';
import { formatTable } from '../output/format-table.ts';
import { joinLines } from '../output/terminal-text.ts';
import { checkMappings, describeProblem } from './check-mappings.ts';
import { defaultsName } from './mapping-name.ts';
import { createMappingStore, parseStored } from './mapping-store.ts';

/** `engines mappings list`. */
export async function listMappings(context: CommandContext): Promise<ExitCode> {
  const { aws, options, output } = context;
  const { style } = output;
  const store = await createMappingStore(aws, options.parameterPath);
  const stored = await store.readAll();
  const candidates = stored.map((one) => ({ name: one.name, parsed: parseStored(one) }));
  const { problems } = await checkMappings(context, candidates, [], { offline: true });
  const mappings = await Promise.all(
    stored.map(async ({ name, parameter, version, modifiedAt }) => {
      const own = problems.filter((problem) => problem.parameter === parameter);
      const serves = own.length === 0 || name === defaultsName ? undefined : await readServing(context, name);
      return {
        name,
        parameter,
        version,
        modified: new Date(modifiedAt).toISOString(),
        ...(serves === undefined ? {} : { serves }),
        problems: own,
      };
    }),
  );
  const table = formatTable(
    ['MAPPING', 'VERSION', 'CHANGED', ''].map((title) => style.dim(title)),
    mappings.map(({ name, version, modified, serves, problems: own }) => [
      style.bold(name),
      String(version),
      `${formatDuration(Math.max(0, Date.now() - Date.parse(modified)) / 1000)} ago`,
      own.length === 0 ? '' : style.red(describeBroken(name, serves)),
    ]),
  );
  const text = stored.length === 0 ? `There are no mappings under ${options.parameterPath}.` : table;
  const lines = problems.length === 0 ? [] : ['', ...problems.map((problem) => style.red(describeProblem(problem)))];
  output.result({ workspace: options.workspace, mappings }, joinLines([text, ...lines]));
  return exitCodes.done;
}

/** The version that is used while the newest is invalid; undefined when none is valid. */
async function readServing({ aws, options }: CommandContext, service: string): Promise<number | undefined> {
  const client = await aws.ssm();
  const { parameterPath } = options;
  const loader = createSsmServiceMappings({ client, parameterPath, ttlSeconds: 0, clock: { now: Date.now } });
  try {
    return (await loader.load(service)).versions.service;
  } catch (error) {
    if (error instanceof StartEnginesError && error.code === 'MappingInvalid') return undefined;
    throw error;
  }
}

function describeBroken(name: string, serves: number | undefined): string {
  if (name === defaultsName) return 'invalid: older ones are used';
  return serves === undefined ? 'invalid, and no version is valid' : `invalid: version ${serves} is used`;
}
