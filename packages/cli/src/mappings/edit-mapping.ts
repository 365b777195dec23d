import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError, usageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { joinLines } from '../output/terminal-text.ts';
import { type MappingName, readMappingName } from './mapping-name.ts';
import { createMappingStore, parseStored } from './mapping-store.ts';
import { showDocument } from './show-document.ts';
import { tellWritten, toReplacement, writeMappings } from './write-mappings.ts';

/** `engines mappings edit`: opens the newest version in an editor and, if the result is valid, writes it. */
export async function editMapping(context: CommandContext, word: string): Promise<ExitCode> {
  const { aws, options, output } = context;
  const name = readMappingName(word);
  const editor = chooseEditor(context);
  const store = await createMappingStore(aws, options.parameterPath);
  const stored = await store.read(name);
  const before = stored === undefined ? '{\n}\n' : `${showDocument(parseStored(stored), stored.text, true)}\n`;
  const draft = createDraft(name, before);
  try {
    for (;;) {
      await openEditor(context, editor, draft.path);
      const text = draft.read();
      if (text === before) {
        draft.remove();
        output.result({ workspace: options.workspace, mappings: [] }, 'Nothing was changed.');
        return exitCodes.done;
      }
      const replacement = toReplacement(store, name, text, { label: `${name} as edited`, base: stored?.version ?? 0 });
      try {
        const written = await writeMappings(context, [replacement], { dryRun: false });
        draft.remove();
        return await tellWritten(context, written);
      } catch (error) {
        if (!(error instanceof CliError) || error.code !== 'MappingInvalid') throw error;
        if (!(await wantsToGoOn(context, error))) throw error;
      }
    }
  } catch (error) {
    // An edited text is kept if it is not valid, or if someone else was faster.
    if (draft.isThere() && draft.read() === before) draft.remove();
    if (draft.isThere()) output.remark(`Your text is saved in ${draft.path}`);
    throw error;
  }
}

interface Draft {
  readonly path: string;
  read(): string;
  isThere(): boolean;
  remove(): void;
}

/** A file that only its owner may read: it may contain a secret. */
function createDraft(name: MappingName, text: string): Draft {
  const folder = mkdtempSync(join(tmpdir(), 'engines-'));
  const path = join(folder, `${name}.json`);
  writeFileSync(path, text, { mode: 0o600 });
  let isThere = true;
  return {
    path,
    // The editor or the user may have deleted it, which cancels the edit.
    read: () => (existsSync(path) ? readFileSync(path, 'utf8').replace(/^\uFEFF/, '') : text),
    isThere: () => isThere,
    remove() {
      rmSync(folder, { recursive: true, force: true });
      isThere = false;
    },
  };
}

/**
 * `$VISUAL`, `$EDITOR`, or the editor that every machine has. It may include arguments, such as `code --wait`.
 *
 * @throws CliError `Usage` without a terminal and without a named editor
 */
function chooseEditor({ output, surroundings }: CommandContext): string {
  const { VISUAL, EDITOR } = surroundings.environment;
  const named = VISUAL || EDITOR;
  if (named) return named;
  if (!output.isInteractive) throw usageError('Editing needs a terminal: use get --output and put, or set EDITOR.');
  return process.platform === 'win32' ? 'notepad' : 'vi';
}

async function openEditor({ output, signal }: CommandContext, editor: string, path: string): Promise<void> {
  // With --json, the editor's output must not reach stdout. A shell, because an editor with arguments needs one.
  const child = spawn(`${editor} "${path}"`, {
    shell: true,
    stdio: ['inherit', output.json ? process.stderr : 'inherit', 'inherit'],
    signal,
  });
  const [exitCode, by] = await once(child, 'close').catch((cause: unknown) => {
    throw editorFailed(editor, cause instanceof Error ? cause.message : String(cause));
  });
  if (exitCode !== 0)
    throw editorFailed(editor, exitCode === null ? `it was killed by ${by}` : `it exited with ${exitCode}`);
}

function editorFailed(editor: string, why: string): CliError {
  return new CliError('EditorFailed', `The editor (${editor}) failed: ${why}. Nothing was written.`, {
    exitCode: exitCodes.failed,
    hint: 'Set VISUAL or EDITOR to use another editor.',
  });
}

async function wantsToGoOn({ output, surroundings, signal }: CommandContext, error: CliError): Promise<boolean> {
  if (!output.isInteractive) return false;
  output.remark(joinLines([error.message, ...error.lines]));
  const { confirm } = await import('@clack/prompts');
  const { stdin: input, stdout } = surroundings;
  return (await confirm({ message: 'Edit it again?', initialValue: true, input, output: stdout, signal })) === true;
}
