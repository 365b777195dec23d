import { usageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { readDocumentFiles } from './document-files.ts';
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
  const written = await writeMappings(context, wishes, { dryRun: dryRun ?? false });
  if (!dryRun) {
    for (const { name, folder } of files) {
      // Only where somebody has been keeping count.
      if (versionReadAt(folder, workspace, name) === undefined) continue;
      const version = written.find((one) => one.name === name)?.version ?? 0;
      rememberVersions(folder, workspace, { [name]: version });
    }
  }
  return tellWritten(context, written);
}
