import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mutant, Patch } from './mutant.ts';

const coreSources = fileURLToPath(new URL('../../packages/core/src/', import.meta.url));

/** How often the patch's search string occurs in its file. Unless it is once, the mutant is outdated. */
export function countMatches({ file, search }: Patch): number {
  return readSource(join(coreSources, file)).split(search).length - 1;
}

/**
 * A copy of core's sources without the rule. The caller must delete it.
 *
 * @throws Error if a patch does not match exactly once
 */
export function copyMutant({ name, patches }: Mutant): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'start-engines-mutant-'));
  cpSync(coreSources, join(folder, 'src'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n');
  for (const patch of patches) {
    if (countMatches(patch) !== 1) throw new Error(`"${name}": not once in ${patch.file}: ${patch.search}`);
    const path = join(folder, 'src', patch.file);
    writeFileSync(
      path,
      readSource(path).replace(patch.search, () => patch.replace),
    );
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Git may have checked out the file with Windows line endings. */
function readSource(path: string): string {
  return readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
}
