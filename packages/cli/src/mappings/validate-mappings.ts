import type { MappingProblem } from '@start-engines/core';
import { usageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { joinLines } from '../output/terminal-text.ts';
import { type Candidate, checkMappings, describeProblem } from './check-mappings.ts';
import { meansFiles, readDocumentFiles } from './document-files.ts';
import { readMappingName } from './mapping-name.ts';
import { createMappingStore, parseStored, readAllExisting, readExisting } from './mapping-store.ts';
import { storageProblem, toStoredText } from './show-document.ts';

export interface ValidateOptions {
  /** Only checks that need no AWS; for files. */
  readonly offline?: true;
}

/** `engines mappings validate`: files and folders, or what is in Parameter Store. */
export async function validateMappings(
  context: CommandContext,
  words: readonly string[],
  { offline }: ValidateOptions,
): Promise<ExitCode> {
  const paths = words.filter(meansFiles);
  if (paths.length > 0 && paths.length < words.length) throw usageError('Name files or mappings, not both.');
  if (offline && paths.length === 0)
    throw usageError('--offline is for files: mappings in Parameter Store have to be read.');
  const files = paths.length === 0 ? [] : readDocumentFiles(paths);
  const { candidates, others } = offline ? { candidates: files, others: [] } : await readAll(context, words, files);
  const { problems, remarks } = await checkMappings(context, candidates, others, { offline: offline ?? false });
  const tooLarge = files.flatMap(({ parsed }): MappingProblem[] => {
    const problem = parsed.raw === undefined ? undefined : storageProblem(toStoredText(parsed.raw));
    return problem === undefined ? [] : [{ ...parsed.reference, key: '', message: problem }];
  });
  const all = [...problems, ...tooLarge];
  const { output, options } = context;
  for (const remark of remarks) output.remark(remark);
  const names = candidates.map(({ name }) => name);
  const text = all.length === 0 ? `Valid: ${names.join(', ')}.` : joinLines(all.map(describeProblem));
  output.result(
    { workspace: options.workspace, checked: names, offline: offline ?? false, problems: all, remarks },
    all.length === 0 ? output.style.green(text) : output.style.red(text),
  );
  return all.length === 0 ? exitCodes.done : exitCodes.findings;
}

async function readAll({ aws, options }: CommandContext, words: readonly string[], files: readonly Candidate[]) {
  const store = await createMappingStore(aws, options.parameterPath);
  const present = words.length === 0 ? await readAllExisting(store) : await store.readAll();
  const others = present.map((stored): Candidate => ({ name: stored.name, parsed: parseStored(stored) }));
  if (files.length > 0) return { candidates: files, others };
  if (words.length === 0) return { candidates: others, others: [] };
  const stored = await Promise.all([...new Set(words.map(readMappingName))].map((name) => readExisting(store, name)));
  return { candidates: stored.map((one) => ({ name: one.name, parsed: parseStored(one) })), others };
}
