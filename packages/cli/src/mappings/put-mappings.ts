import { usageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { readDocumentFiles } from './document-files.ts';
import type { MappingName } from './mapping-name.ts';
import { rememberVersions, versionReadAt } from './versions-file.ts';
import { tellWritten, type Wish, writeMappings } from './write-mappings.ts';

export interface PutOptions {
  /** The version that is to be replaced; 0: there is none yet. */
  readonly ifVersion?: number;
  readonly dryRun?: true;
}

/** `engines mappings put`: files and folders become the newest versions. */
export async function putMappings(
  context: CommandContext,
  paths: readonly string[],
  { ifVersion, dryRun }: PutOptions,
): Promise<ExitCode> {
  const { workspace } = context.options;
  const files = readDocumentFiles(paths);
  if (ifVersion !== undefined && files.length !== 1) throw usageError('--if-version goes with one file.');
  const wishes = files.map(
    ({ name, path, folder, text, parsed }): Wish => ({
      name,
      text,
      parsed,
      label: path,
      base: ifVersion ?? versionReadAt(folder, workspace, name),
    }),
  );
  /** Only where somebody has been keeping count. What is written is written, whether or not it can be noted. */
  const remember = (name: MappingName, version: number) => {
    const folder = files.find((file) => file.name === name)?.folder;
    if (folder === undefined || versionReadAt(folder, workspace, name) === undefined) return;
    try {
      rememberVersions(folder, workspace, { [name]: version });
    } catch (error) {
      const why = error instanceof Error ? error.message : error;
      context.output.remark(`That ${name} is at version ${version} now could not be noted: ${why}`);
    }
  };
  const written = await writeMappings(context, wishes, { dryRun: dryRun ?? false, onWritten: remember });
  return tellWritten(context, written);
}
