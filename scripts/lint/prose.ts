import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tasks.ts';
import { findPhrases } from './find-phrases.ts';

/** The files whose prose is checked, comments and the names of tests included. */
const checked = [
  '*.md',
  'docs/**/*.md',
  'packages/**/*.{md,mjs,py,ts}',
  'scripts/**/*.{mjs,ts}',
  'terraform/**/*.{hcl,md,tf,tfvars,ts}',
  'tests/**/*.{md,py,ts}',
];
/** The text of these pages is checked where it is written. */
const generated = ['docs/benchmarks.md', 'docs/fault-matrix.md', '**/dist/**'];
/** These files contain the phrases themselves. */
const aboutPhrases = ['scripts/lint/find-phrases.ts', 'scripts/test/lint-phrases.test.ts'];
const notOurs = ['**/node_modules/**', '**/.terraform/**'];

/** One line for each phrase found: file, line, the phrase and what to write instead. */
export function checkProse(): string[] {
  return globSync(checked, { cwd: root, exclude: [...generated, ...aboutPhrases, ...notOurs] })
    .map((path) => path.replaceAll('\\', '/'))
    .toSorted()
    .flatMap((path) =>
      findPhrases(readFileSync(join(root, path), 'utf8'), path.endsWith('.md') ? 'markdown' : 'source').map(
        ({ line, words, instead }) => `${path}:${line}: "${words}". Write: ${instead}`,
      ),
    );
}
