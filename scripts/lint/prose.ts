import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tasks.ts';
import { findPhrases } from './find-phrases.ts';

/** The files whose prose is checked; source files may be added. Generated pages are checked where their text is written. */
const checked = [
  '*.md',
  'docs/**/*.md',
  'packages/*/*.md',
  'packages/{activator,aws,config,core,handler,sandbox}/src/**/*.ts',
  'packages/cli/src/!(doctor)/*.ts',
  'terraform/**/*.md',
  'terraform/**/*.{tf,hcl,tfvars}',
  'tests/*/*.md',
];
const generated = ['docs/benchmarks.md', 'docs/fault-matrix.md'];
const notOurs = ['**/node_modules/**', '**/.terraform/**'];

/** One line for each phrase found: file, line, the phrase and what to write instead. */
export function checkProse(): string[] {
  return globSync(checked, { cwd: root, exclude: [...generated, ...notOurs] })
    .map((path) => path.replaceAll('\\', '/'))
    .toSorted()
    .flatMap((path) =>
      findPhrases(readFileSync(join(root, path), 'utf8'), path.endsWith('.md') ? 'markdown' : 'source').map(
        ({ line, words, instead }) => `${path}:${line}: "${words}". Write: ${instead}`,
      ),
    );
}
