import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from '../cli-error.ts';
import type { MappingName } from './mapping-name.ts';

/** Next to the files that `get --output` wrote: the version of each file. */
export const versionsFileName = '.engines-versions.json';

type Versions = Readonly<Record<string, Readonly<Record<MappingName, number>>>>;

/** The version at which a file in the folder was read in that workspace; undefined if unknown. */
export function versionReadAt(folder: string, workspace: string, name: MappingName): number | undefined {
  const versions = readVersions(folder);
  const ours = Object.hasOwn(versions, workspace) ? versions[workspace] : undefined;
  const version = ours !== undefined && Object.hasOwn(ours, name) ? ours[name] : undefined;
  return typeof version === 'number' ? version : undefined;
}

/** Records the current versions of the files in the folder. */
export function rememberVersions(
  folder: string,
  workspace: string,
  versions: Readonly<Record<MappingName, number>>,
): void {
  const known = readVersions(folder);
  const before = Object.hasOwn(known, workspace) ? known[workspace] : {};
  const ours = Object.entries({ ...before, ...versions }).sort(([a], [b]) => (a < b ? -1 : 1));
  const all = { ...known, [workspace]: Object.fromEntries(ours) };
  writeFileSync(join(folder, versionsFileName), `${JSON.stringify(all, null, 2)}\n`);
}

function readVersions(folder: string): Versions {
  const path = join(folder, versionsFileName);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return {};
  }
  let versions: unknown;
  try {
    versions = JSON.parse(text);
  } catch {
    throw usageError(`${path} is not JSON. Delete it and use --if-version.`);
  }
  if (typeof versions !== 'object' || versions === null) {
    throw usageError(`${path} is not a JSON object. Delete it and use --if-version.`);
  }
  return versions as Versions;
}
