import { usageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { readDocumentFiles } from './document-files.ts';
import type { MappingName } from './mapping-name.ts';
import { rememberVersions, versionReadAt } from './versions-file.ts';
import { type Replacement, tellWritten, writeMappings } from './write-mappings.ts';

export interface PutOptions {
  /** The version to replace; 0 if there is none yet. */
  readonly ifVersion?: number;
  readonly dryRun?: true;
}

/** `engines mappings put`: writes files and folders as the newest versions. */
export async function putMappings(
  context: CommandContext,
  paths: readonly string[],
  { ifVersion, dryRun }: PutOptions,
): Promise<ExitCode> {
  const { workspace } = context.options;
  const files = readDocumentFiles(paths);
  if (ifVersion !== undefined && files.length !== 1) throw usageError('--if-version requires exactly one file.');
  const replacements = files.map(
    ({ name, path, folder, text, parsed }): Replacement => ({
      name,
      text,
      parsed,
      label: path,
      base: ifVersion ?? versionReadAt(folder, workspace, name),
    }),
  );
  /** Only if the folder has a versions file. A failure here does not undo the write. */
  const remember = (name: MappingName, version: number) => {
    const folder = files.find((file) => file.name === name)?.folder;
    if (folder === undefined || versionReadAt(folder, workspace, name) === undefined) return;
    try {
      rememberVersions(folder, workspace, { [name]: version });
    } catch (error) {
      const why = error instanceof Error ? error.message : error;
      context.output.remark(`${name} is now at version ${version}, but this could not be recorded: ${why}`);
    }
  };
  const written = await writeMappings(context, replacements, { dryRun: dryRun ?? false, onWritten: remember });
  return tellWritten(context, written);
}
