import { mergeMapping } from '@start-engines/config';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { defaultsName, type MappingName, readMappingName } from './mapping-name.ts';
import {
  createMappingStore,
  type HistoryEntry,
  type MappingStore,
  parseStored,
  readExisting,
} from './mapping-store.ts';
import { tellWritten, toReplacement, writeMappings } from './write-mappings.ts';

export interface RollbackOptions {
  /** The version to restore; undefined: the newest valid one before the newest. */
  readonly to?: number;
}

/** `engines mappings rollback`: writes an older version again, as the newest. */
export async function rollbackMapping(
  context: CommandContext,
  word: string,
  { to }: RollbackOptions,
): Promise<ExitCode> {
  const { aws, options } = context;
  const name = readMappingName(word);
  const store = await createMappingStore(aws, options.parameterPath);
  const newest = await readExisting(store, name);
  const target =
    to === undefined ? await findEarlier(store, name, newest.version) : await readExisting(store, name, to);
  const label = `${name} version ${target.version}, again`;
  const replacement = toReplacement(store, name, target.text, { label, base: newest.version });
  return tellWritten(context, await writeMappings(context, [replacement], { dryRun: false }));
}

/** The newest valid version before the newest. */
async function findEarlier(store: MappingStore, name: MappingName, newest: number): Promise<HistoryEntry> {
  const defaults = name === defaultsName ? undefined : await store.read(defaultsName);
  const isValid = (entry: HistoryEntry) => {
    const parsed = parseStored(entry);
    if (name === defaultsName) return parsed.problems.length === 0;
    return mergeMapping(defaults && parseStored(defaults), parsed, name).mapping !== undefined;
  };
  const earlier = (await store.history(name)).find((entry) => entry.version < newest && isValid(entry));
  if (earlier !== undefined) return earlier;
  throw new CliError('NoEarlierVersion', `${name} has no valid version before ${newest}.`, {
    exitCode: exitCodes.failed,
    hint: `engines mappings history ${name}`,
  });
}
