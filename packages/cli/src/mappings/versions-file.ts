import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from '../cli-error.ts';
import type { MappingName } from './mapping-name.ts';

/** Beside the files that `get --output` wrote: which version each of them is. */
export const versionsFileName = '.engines-versions.json';

type Versions = Readonly<Record<string, Readonly<Record<MappingName, number>>>>;

/** The version that a file in the folder was read at, in that workspace; undefined when nobody knows. */
export function versionReadAt(folder: string, workspace: string, name: MappingName): number | undefined {
  const versions = readVersions(folder);
  const ours = Object.hasOwn(versions, workspace) ? versions[workspace] : undefined;
  const version = ours !== undefined && Object.hasOwn(ours, name) ? ours[name] : undefined;
  return typeof version === 'number' ? version : undefined;
}

/** Remembers which versions the files in the folder are now. */
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
    throw usageError(`${path} is not JSON. Without it, say --if-version.`);
  }
  if (typeof versions !== 'object' || versions === null) {
    throw usageError(`${path} is not a JSON object. Without it, say --if-version.`);
  }
  return versions as Versions;
}
