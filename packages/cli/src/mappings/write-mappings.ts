import { type ParsedDocument, parseMappingDocument } from '@start-engines/config';
import type { MappingProblem } from '@start-engines/core';
import { CliError, interrupted } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { joinLines } from '../output/terminal-text.ts';
import { type Candidate, checkMappings, describeProblem } from './check-mappings.ts';
import { changed, compareAndPut } from './compare-and-put.ts';
import { diffDocuments, saysTheSame } from './diff-documents.ts';
import { defaultsName, type MappingName, parameterOf } from './mapping-name.ts';
import { createMappingStore, type MappingStore, parseStored, type StoredVersion } from './mapping-store.ts';
import { secretsOf } from './mask-secrets.ts';
import { paintDiff } from './paint-diff.ts';
import { storageProblem, toStoredText } from './show-document.ts';
import { describeEffect } from './take-effect.ts';

/** A document to write as the newest version of a mapping. */
export interface Replacement {
  readonly name: MappingName;
  readonly parsed: ParsedDocument;
  readonly text: string;
  /** Its label in the diff. */
  readonly label: string;
  /** The version to replace. Undefined: the newest one when the command begins. 0: none. */
  readonly base: number | undefined;
}

export interface Written {
  readonly name: MappingName;
  readonly parameter: string;
  /** The outcome; `checked` in a dry run. */
  readonly outcome: 'written' | 'unchanged' | 'checked';
  readonly version: number;
  readonly replaced: number | undefined;
}

export interface WriteOptions {
  readonly dryRun: boolean;
  /** Called after each write. If one of several fails, those before it are written. */
  readonly onWritten?: (name: MappingName, version: number) => void;
}

/**
 * Checks all documents, shows what they change, and writes them. All problems are reported before anything is written.
 *
 * @throws CliError `MappingInvalid` with the problems, `Overtaken` when someone else has changed one of them
 */
export async function writeMappings(
  context: CommandContext,
  replacements: readonly Replacement[],
  { dryRun, onWritten }: WriteOptions,
): Promise<readonly Written[]> {
  const { aws, options, output } = context;
  const store = await createMappingStore(aws, options.parameterPath);
  const present = await store.readAll();
  const others = present.map((stored): Candidate => ({ name: stored.name, parsed: parseStored(stored) }));
  const bases = replacements.map((replacement) => findBase(replacement, present, options.parameterPath));
  const { problems, remarks } = await checkMappings(context, replacements, others, { offline: false });
  const stored = replacements.flatMap(storageProblems);
  if (problems.length + stored.length > 0) throw invalid([...problems, ...stored]);
  for (const remark of [...remarks, ...replacements.flatMap(warnOfSecrets)]) output.remark(remark);
  const plans = replacements.map((replacement, index) => ({ replacement, base: bases[index] }));
  const changes = plans.filter(({ replacement, base }) => !isSame(replacement, base));
  for (const { replacement, base } of changes) showChange(context, replacement, base);
  const ordered = dryRun ? [] : chooseOrder(changes, others);
  const versions = new Map<MappingName, number>();
  for (const { replacement, base } of ordered) {
    if (context.signal.aborted) {
      const names = [...versions.keys()];
      throw interrupted(names.length === 0 ? 'Nothing was written.' : `Already written: ${names.join(', ')}.`);
    }
    const text = toStoredText(replacement.parsed.raw ?? {});
    const version = await compareAndPut(aws, options.parameterPath, replacement.name, base, text).catch(
      (error: unknown) => {
        for (const [name, one] of versions) output.remark(`${name}: already written, version ${one}`);
        throw error;
      },
    );
    versions.set(replacement.name, version);
    onWritten?.(replacement.name, version);
  }
  return plans.map(({ replacement, base }) => ({
    name: replacement.name,
    parameter: parameterOf(options.parameterPath, replacement.name),
    outcome: isSame(replacement, base) ? 'unchanged' : dryRun ? 'checked' : 'written',
    version: versions.get(replacement.name) ?? base?.version ?? 0,
    replaced: versions.has(replacement.name) ? base?.version : undefined,
  }));
}

/** The version that a document replaces, if it is still the newest. @throws CliError `Overtaken` */
function findBase(
  { name, base }: Replacement,
  present: readonly StoredVersion[],
  parameterPath: string,
): StoredVersion | undefined {
  const newest = present.find((one) => one.name === name);
  if (base !== undefined && base !== (newest?.version ?? 0)) {
    throw changed(parameterOf(parameterPath, name), name, base, newest?.version);
  }
  return newest;
}

function isSame({ parsed }: Replacement, base: StoredVersion | undefined): boolean {
  return base !== undefined && saysTheSame(parseStored(base).raw, parsed.raw);
}

interface Plan {
  readonly replacement: Replacement;
  readonly base: StoredVersion | undefined;
}

/** The order of the writes. A key may move between defaults and services, and no service may be without it in between. */
function chooseOrder(changes: readonly Plan[], others: readonly Candidate[]): readonly Plan[] {
  const defaults = changes.filter(({ replacement }) => replacement.name === defaultsName);
  const services = changes.filter(({ replacement }) => replacement.name !== defaultsName);
  const [first] = defaults;
  if (first === undefined) return services;
  const had = others.find(({ name }) => name === defaultsName)?.parsed.raw ?? {};
  const loses = Object.keys(had).some((key) => !Object.hasOwn(first.replacement.parsed.raw ?? {}, key));
  return loses ? [...services, ...defaults] : [...defaults, ...services];
}

function storageProblems({ parsed, text }: Replacement): readonly MappingProblem[] {
  const problem = storageProblem(parsed.raw === undefined ? text : toStoredText(parsed.raw));
  return problem === undefined ? [] : [{ ...parsed.reference, key: '', message: problem }];
}

function warnOfSecrets({ parsed, label }: Replacement): readonly string[] {
  const names = secretsOf(parsed.raw ?? {});
  if (names.length === 0) return [];
  return [
    `${label}: ${names.join(', ')} ${names.length === 1 ? 'looks' : 'look'} secret. Do not put secrets into a mapping: everyone who can read the parameter or the task can read them. Refer to Secrets Manager in the task definition instead ("secrets").`,
  ];
}

function showChange(
  { output }: CommandContext,
  { name, parsed, text, label }: Replacement,
  base: StoredVersion | undefined,
): void {
  if (output.json) return;
  const before = {
    label: base === undefined ? `${name} (does not exist yet)` : `${name} version ${base.version}`,
    document: base === undefined ? undefined : parseStored(base).raw,
    text: base?.text ?? '',
  };
  const diff = diffDocuments(before, { label, document: parsed.raw, text }, false);
  if (diff !== '') output.progress(paintDiff(diff, output.style));
}

export function invalid(problems: readonly MappingProblem[]): CliError {
  return new CliError('MappingInvalid', 'The mappings are not valid, so nothing was written.', {
    exitCode: exitCodes.findings,
    lines: problems.map(describeProblem),
    details: { problems },
  });
}

/** Prints what was written, and when it takes effect. */
export async function tellWritten(context: CommandContext, written: readonly Written[]): Promise<ExitCode> {
  const { options, output } = context;
  const names = written.filter(({ outcome }) => outcome === 'written').map(({ name }) => name);
  const lines = written.map(({ name, outcome, version, replaced }) => {
    if (outcome === 'unchanged') return `${name}: unchanged, version ${version}`;
    if (outcome === 'checked') return `${name}: valid; nothing was written`;
    return `${name}: written, version ${version}${replaced === undefined ? '' : ` (replaces ${replaced})`}`;
  });
  output.result(
    {
      workspace: options.workspace,
      mappings: written.map(({ replaced, ...one }) => ({ ...one, ...(replaced === undefined ? {} : { replaced }) })),
    },
    joinLines([...lines, ...(names.length === 0 ? [] : [describeEffect(names)])]),
  );
  return exitCodes.done;
}

/** Makes a document to write from a text of Parameter Store or of an editor. */
export function toReplacement(
  store: Pick<MappingStore, 'parameterPath'>,
  name: MappingName,
  text: string,
  more: Pick<Replacement, 'label' | 'base'>,
): Replacement {
  const reference = { parameter: parameterOf(store.parameterPath, name), version: (more.base ?? 0) + 1 };
  return { name, text, parsed: parseMappingDocument(text, reference), ...more };
}
