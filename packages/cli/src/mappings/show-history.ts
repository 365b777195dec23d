import type { CommandContext } from '../command-context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { formatTable } from '../output/format-table.ts';
import { changedKeys } from './diff-documents.ts';
import { readMappingName } from './mapping-name.ts';
import { createMappingStore, parseStored, readExisting } from './mapping-store.ts';

/** `engines mappings history`. */
export async function showHistory(context: CommandContext, word: string): Promise<ExitCode> {
  const { aws, options, output } = context;
  const { style } = output;
  const name = readMappingName(word);
  const store = await createMappingStore(aws, options.parameterPath);
  const history = await store.history(name);
  // Throws if the mapping does not exist.
  if (history.length === 0) await readExisting(store, name);
  const versions = history.map((entry, index) => {
    const [own, before] = [parseStored(entry), history[index + 1]];
    const isFirst = before === undefined;
    return {
      version: entry.version,
      modified: new Date(entry.modifiedAt).toISOString(),
      ...(entry.modifiedBy === undefined ? {} : { modifiedBy: entry.modifiedBy }),
      changed: isFirst ? [] : changedKeys(parseStored(before).raw, own.raw),
      problems: own.problems,
    };
  });
  const table = formatTable(
    ['VERSION', 'WRITTEN', 'BY', 'CHANGED', ''].map((title) => style.dim(title)),
    versions.map(({ version, modified, modifiedBy, changed, problems }) => [
      style.bold(String(version)),
      modified,
      modifiedBy?.split('/').at(-1) ?? '',
      changed.join(', '),
      problems.length === 0 ? '' : style.red(`invalid: ${problems[0]?.key} ${problems[0]?.message}`),
    ]),
  );
  output.result({ workspace: options.workspace, name, versions }, table);
  return exitCodes.done;
}
