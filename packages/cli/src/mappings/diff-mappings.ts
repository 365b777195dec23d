import { usageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { joinLines } from '../output/terminal-text.ts';
import { diffDocuments, type Side } from './diff-documents.ts';
import { type DocumentFile, meansFiles, readDocumentFiles } from './document-files.ts';
import { type MappingName, readMappingName } from './mapping-name.ts';
import {
  createMappingStore,
  type MappingStore,
  parseStored,
  readExisting,
  type StoredVersion,
} from './mapping-store.ts';
import { paintDiff } from './paint-diff.ts';

export interface DiffOptions {
  readonly from?: number;
  readonly to?: number;
  readonly reveal?: true;
}

interface Comparison {
  readonly name: MappingName;
  readonly before: Side;
  readonly after: Side;
}

/** `engines mappings diff`: files against Parameter Store, or one version against another. */
export async function diffMappings(
  context: CommandContext,
  words: readonly string[],
  given: DiffOptions,
): Promise<ExitCode> {
  const { aws, options, output } = context;
  const store = await createMappingStore(aws, options.parameterPath);
  const paths = words.filter(meansFiles);
  if (paths.length > 0 && paths.length < words.length) throw usageError('Name files or mappings, not both.');
  const comparisons =
    paths.length > 0
      ? await Promise.all(readDocumentFiles(paths).map((file) => compareFile(store, file, given)))
      : await Promise.all(words.map((word) => compareVersions(store, readMappingName(word), given)));
  const differences = comparisons.map(({ name, before, after }) => ({
    name,
    from: before.label,
    to: after.label,
    diff: diffDocuments(before, after, given.reveal ?? false),
  }));
  const changed = differences.filter(({ diff }) => diff !== '');
  output.result(
    { workspace: options.workspace, differences },
    changed.length === 0
      ? `No difference: ${differences.map(({ from, to }) => `${from} and ${to}`).join('; ')} say the same.`
      : joinLines(changed.map(({ diff }) => paintDiff(diff, output.style))),
  );
  return exitCodes.done;
}

async function compareFile(store: MappingStore, file: DocumentFile, { from, to }: DiffOptions): Promise<Comparison> {
  if (to !== undefined)
    throw usageError('--to goes with the name of a mapping: a file is compared with --from, or the newest.');
  const { name, path, parsed, text } = file;
  const stored = from === undefined ? await store.read(name) : await readExisting(store, name, from);
  return { name, before: sideOf(name, stored), after: { label: path, document: parsed.raw, text } };
}

async function compareVersions(store: MappingStore, name: MappingName, { from, to }: DiffOptions): Promise<Comparison> {
  const after = await readExisting(store, name, to);
  const before = from === undefined ? await store.read(name, after.version - 1) : await readExisting(store, name, from);
  return { name, before: sideOf(name, before), after: sideOf(name, after) };
}

function sideOf(name: MappingName, stored: StoredVersion | undefined): Side {
  if (stored === undefined) return { label: `${name} (nothing)`, document: undefined, text: '' };
  return { label: `${name} version ${stored.version}`, document: parseStored(stored).raw, text: stored.text };
}
