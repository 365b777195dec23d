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

/** A document that is to become the newest version of a mapping. */
export interface Wish {
  readonly name: MappingName;
  readonly parsed: ParsedDocument;
  readonly text: string;
  /** What the diff calls it. */
  readonly label: string;
  /** The version that it is meant to replace; undefined: the one that stands when the command begins. 0: none. */
  readonly base: number | undefined;
}

export interface Written {
  readonly name: MappingName;
  readonly parameter: string;
  /** What happened; `checked` in a dry run. */
  readonly outcome: 'written' | 'unchanged' | 'checked';
  readonly version: number;
  readonly replaced: number | undefined;
}

export interface WriteOptions {
  readonly dryRun: boolean;
  /** Called after each: of several, those before one that fails are written. */
  readonly onWritten?: (name: MappingName, version: number) => void;
}

/**
 * Checks all wishes, shows what they change, and writes them: all problems are told before anything is written.
 *
 * @throws CliError `MappingInvalid` with the problems, `Overtaken` when somebody else has changed one of them
 */
export async function writeMappings(
  context: CommandContext,
  wishes: readonly Wish[],
  { dryRun, onWritten }: WriteOptions,
): Promise<readonly Written[]> {
  const { aws, options, output } = context;
  const store = await createMappingStore(aws, options.parameterPath);
  const present = await store.readAll();
  const others = present.map((stored): Candidate => ({ name: stored.name, parsed: parseStored(stored) }));
  const bases = wishes.map((wish) => findBase(wish, present, options.parameterPath));
  const { problems, remarks } = await checkMappings(context, wishes, others, { offline: false });
  const stored = wishes.flatMap(storageProblems);
  if (problems.length + stored.length > 0) throw invalid([...problems, ...stored]);
  for (const remark of [...remarks, ...wishes.flatMap(warnOfSecrets)]) output.remark(remark);
  const plans = wishes.map((wish, index) => ({ wish, base: bases[index] }));
  const changes = plans.filter(({ wish, base }) => !isSame(wish, base));
  for (const { wish, base } of changes) showChange(context, wish, base);
  const ordered = dryRun ? [] : chooseOrder(changes, others);
  const versions = new Map<MappingName, number>();
  for (const { wish, base } of ordered) {
    if (context.signal.aborted) {
      const names = [...versions.keys()];
      throw interrupted(names.length === 0 ? 'Nothing was written.' : `Written before: ${names.join(', ')}.`);
    }
    const text = toStoredText(wish.parsed.raw ?? {});
    const version = await compareAndPut(aws, options.parameterPath, wish.name, base, text).catch((error: unknown) => {
      for (const [name, one] of versions) output.remark(`${name}: written before that, version ${one}`);
      throw error;
    });
    versions.set(wish.name, version);
    onWritten?.(wish.name, version);
  }
  return plans.map(({ wish, base }) => ({
    name: wish.name,
    parameter: parameterOf(options.parameterPath, wish.name),
    outcome: isSame(wish, base) ? 'unchanged' : dryRun ? 'checked' : 'written',
    version: versions.get(wish.name) ?? base?.version ?? 0,
    replaced: versions.has(wish.name) ? base?.version : undefined,
  }));
}

/** The version that a wish replaces, if that is the newest still. @throws CliError `Overtaken` */
function findBase(
  { name, base }: Wish,
  present: readonly StoredVersion[],
  parameterPath: string,
): StoredVersion | undefined {
  const newest = present.find((one) => one.name === name);
  if (base !== undefined && base !== (newest?.version ?? 0)) {
    throw changed(parameterOf(parameterPath, name), name, base, newest?.version);
  }
  return newest;
}

function isSame({ parsed }: Wish, base: StoredVersion | undefined): boolean {
  return base !== undefined && saysTheSame(parseStored(base).raw, parsed.raw);
}

interface Plan {
  readonly wish: Wish;
  readonly base: StoredVersion | undefined;
}

/** A key may move from the defaults into services or back; in between, no service may be left without it. */
function chooseOrder(changes: readonly Plan[], others: readonly Candidate[]): readonly Plan[] {
  const defaults = changes.filter(({ wish }) => wish.name === defaultsName);
  const services = changes.filter(({ wish }) => wish.name !== defaultsName);
  const [first] = defaults;
  if (first === undefined) return services;
  const had = others.find(({ name }) => name === defaultsName)?.parsed.raw ?? {};
  const loses = Object.keys(had).some((key) => !Object.hasOwn(first.wish.parsed.raw ?? {}, key));
  return loses ? [...services, ...defaults] : [...defaults, ...services];
}

function storageProblems({ parsed, text }: Wish): readonly MappingProblem[] {
  const problem = storageProblem(parsed.raw === undefined ? text : toStoredText(parsed.raw));
  return problem === undefined ? [] : [{ ...parsed.reference, key: '', message: problem }];
}

function warnOfSecrets({ parsed, label }: Wish): readonly string[] {
  const names = secretsOf(parsed.raw ?? {});
  if (names.length === 0) return [];
  return [
    `${label}: ${names.join(', ')} ${names.length === 1 ? 'looks' : 'look'} secret, and a mapping is no place for secrets: whoever may read the parameter or the task sees them. Let the task definition take them from Secrets Manager ("secrets").`,
  ];
}

function showChange(
  { output }: CommandContext,
  { name, parsed, text, label }: Wish,
  base: StoredVersion | undefined,
): void {
  if (output.json) return;
  const before = {
    label: base === undefined ? `${name} (not there yet)` : `${name} version ${base.version}`,
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

/** Tells what was written, and when it takes effect. */
export async function tellWritten(context: CommandContext, written: readonly Written[]): Promise<ExitCode> {
  const { options, output } = context;
  const names = written.filter(({ outcome }) => outcome === 'written').map(({ name }) => name);
  const lines = written.map(({ name, outcome, version, replaced }) => {
    if (outcome === 'unchanged') return `${name}: unchanged, version ${version}`;
    if (outcome === 'checked') return `${name}: right; nothing was written`;
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

/** A text of Parameter Store or of an editor as a wish. */
export function toWish(
  store: Pick<MappingStore, 'parameterPath'>,
  name: MappingName,
  text: string,
  more: Pick<Wish, 'label' | 'base'>,
): Wish {
  const reference = { parameter: parameterOf(store.parameterPath, name), version: (more.base ?? 0) + 1 };
  return { name, text, parsed: parseMappingDocument(text, reference), ...more };
}
