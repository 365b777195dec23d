import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mutant, Patch } from './mutants.ts';

const coreSources = fileURLToPath(new URL('../../packages/core/src/', import.meta.url));

/** How often the patch's search string stands in its file: anything but once means that the mutant has rotted. */
export function countMatches({ file, search }: Patch): number {
  return readSource(join(coreSources, file)).split(search).length - 1;
}

/**
 * A copy of core's sources without the rule, to be removed by whoever asked for it.
 *
 * @throws Error when a patch does not fit exactly once
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

/** Git may have checked the file out with the line ends of Windows. */
function readSource(path: string): string {
  return readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
}
