import type { CommandContext } from '../command-context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { formatDuration } from '../output/format-duration.ts';
import { formatTable } from '../output/format-table.ts';
import { checkMappings, describeProblem } from './check-mappings.ts';
import { createMappingStore, parseStored } from './mapping-store.ts';

/** `engines mappings list`. */
export async function listMappings(context: CommandContext): Promise<ExitCode> {
  const { aws, options, output } = context;
  const { style } = output;
  const store = await createMappingStore(aws, options.parameterPath);
  const stored = await store.readAll();
  const candidates = stored.map((one) => ({ name: one.name, parsed: parseStored(one) }));
  const { problems } = await checkMappings(context, candidates, [], { offline: true });
  const mappings = stored.map(({ name, parameter, version, modifiedAt }) => ({
    name,
    parameter,
    version,
    modified: new Date(modifiedAt).toISOString(),
    problems: problems.filter((problem) => problem.parameter === parameter),
  }));
  const table = formatTable(
    ['MAPPING', 'VERSION', 'CHANGED', ''].map((title) => style.dim(title)),
    mappings.map(({ name, version, modified, problems: own }) => [
      style.bold(name),
      String(version),
      `${formatDuration(Math.max(0, Date.now() - Date.parse(modified)) / 1000)} ago`,
      own.length === 0 ? '' : style.red(`broken: an older version serves, if there is a valid one`),
    ]),
  );
  const text = stored.length === 0 ? `There is no mapping under ${options.parameterPath}.` : table;
  const lines = problems.length === 0 ? [] : ['', ...problems.map((problem) => style.red(describeProblem(problem)))];
  output.result({ workspace: options.workspace, mappings }, [text, ...lines].join('\n'));
  return exitCodes.done;
}
