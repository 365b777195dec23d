import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { CliError, usageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { joinLines, ownLines } from '../output/terminal-text.ts';
import { readMappingName } from './mapping-name.ts';
import { createMappingStore, parseStored, readAllExisting, readExisting, type StoredVersion } from './mapping-store.ts';
import { maskSecrets, secretsOf } from './mask-secrets.ts';
import { showDocument } from './show-document.ts';
import { rememberVersions, versionsFileName } from './versions-file.ts';

export interface GetOptions {
  readonly at?: number;
  /** A file for one mapping, a folder for several. */
  readonly output?: string;
  readonly reveal?: true;
}

/** `engines mappings get`. */
export async function getMappings(
  context: CommandContext,
  names: readonly string[],
  given: GetOptions,
): Promise<ExitCode> {
  const { aws, options, output } = context;
  const wanted = [...new Set(names.map(readMappingName))];
  if (given.output === '') throw usageError('--output must be a file or a folder, not "".');
  const version = given.at;
  if (version !== undefined && wanted.length !== 1) throw usageError('--at requires the name of one mapping.');
  const store = await createMappingStore(aws, options.parameterPath);
  const stored =
    wanted.length === 0
      ? await readAllExisting(store)
      : await Promise.all(wanted.map((name) => readExisting(store, name, version)));
  if (given.output !== undefined) {
    return writeFiles(context, stored, { path: given.output, remembers: version === undefined });
  }
  const reveal = given.reveal ?? false;
  const hidden = reveal ? [] : stored.flatMap((one) => secretsOf(parseStored(one).raw ?? {}));
  output.result(
    { workspace: options.workspace, mappings: stored.map((one) => toDocument(one, reveal)) },
    stored.length === 1
      ? ownLines(stored.map((one) => showDocument(parseStored(one), one.text, reveal)).join(''))
      : joinLines(stored.flatMap((one, index) => [...(index === 0 ? [] : ['']), ...sectionOf(one, reveal)])),
  );
  if (hidden.length > 0)
    output.remark(`Hidden because they look secret: ${hidden.join(', ')}. Use --reveal to show them.`);
  return exitCodes.done;
}

/** One of several mappings. Text that is not JSON stays on one line: its line breaks are from outside. */
function sectionOf(stored: StoredVersion, reveal: boolean): readonly string[] {
  const parsed = parseStored(stored);
  const text = showDocument(parsed, stored.text, reveal);
  return [`${stored.name}, version ${stored.version}:`, parsed.raw === undefined ? text : ownLines(text)];
}

function toDocument(stored: StoredVersion, reveal: boolean) {
  const { name, parameter, version, modifiedAt } = stored;
  const { raw, problems } = parseStored(stored);
  const modified = new Date(modifiedAt).toISOString();
  const document = raw === undefined ? {} : { document: reveal ? raw : maskSecrets(raw) };
  return { name, parameter, version, modified, ...document, problems };
}

interface Destination {
  readonly path: string;
  /** Whether the files are the newest versions, so that `put` can check that later. */
  readonly remembers: boolean;
}

function writeFiles(
  { options, output }: CommandContext,
  stored: readonly StoredVersion[],
  { path, remembers }: Destination,
): ExitCode {
  const isFile = extname(path) === '.json' && !statSync(path, { throwIfNoEntry: false })?.isDirectory();
  const [only, ...others] = stored;
  if (isFile && (only === undefined || others.length > 0))
    throw usageError('Several mappings need a folder, not a file.');
  const folder = isFile ? dirname(path) : path;
  attempt(folder, () => mkdirSync(folder, { recursive: true }));
  const files = stored.map((one) => {
    const file = isFile ? path : join(folder, `${one.name}.json`);
    const parsed = parseStored(one);
    write(file, `${parsed.raw === undefined ? one.text : showDocument(parsed, one.text, true)}\n`);
    return { name: one.name, version: one.version, file };
  });
  // `put` derives the mapping from the file name.
  const own = files.filter(({ name, file }) => basename(file, '.json') === name);
  if (remembers) {
    const versions = Object.fromEntries(own.map(({ name, version }) => [name, version]));
    attempt(join(folder, versionsFileName), () => rememberVersions(folder, options.workspace, versions));
  }
  output.result(
    { workspace: options.workspace, files },
    joinLines(files.map(({ name, version, file }) => `${file}: ${name}, version ${version}`)),
  );
  return exitCodes.done;
}

/** A mapping may hold secrets, so only its owner may read a new file. */
function write(file: string, text: string): void {
  attempt(file, () => writeFileSync(file, text, { mode: 0o600 }));
}

/** @throws CliError `FileNotWritten` */
function attempt(file: string, work: () => unknown): void {
  try {
    work();
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    const message = `${file} could not be written: ${cause instanceof Error ? cause.message : cause}`;
    throw new CliError('FileNotWritten', message, { exitCode: exitCodes.failed, cause });
  }
}
