import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../tasks.ts';
import { linksOf, type Page } from './markdown.ts';

const page: Page = { path: 'docs/regressions.md', text: readFileSync(join(root, 'docs', 'regressions.md'), 'utf8') };

test('docs/regressions.md has a row for each mistake that starting a service could repeat', () => {
  const numbers = [...page.text.matchAll(/^\| (R\d+) \|/gm)].map(([, number]) => number);

  const expected = ['R1', 'R2', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9', 'R11', 'R12', 'R13', 'R14', 'R15', 'R16', 'R17'];
  expect(numbers).toEqual([...expected, 'R18', 'R19', 'R20', 'R21', 'R22']);
});

test('every test that docs/regressions.md names is in the file that it names', () => {
  const links = linksOf(page).filter(({ target }) => target.endsWith('.ts'));
  const missing = links.filter(({ text, target }) => {
    const path = join(root, 'docs', target);
    return !existsSync(path) || !readFileSync(path, 'utf8').includes(text);
  });

  expect(links.length).toBeGreaterThanOrEqual(20);
  expect(missing).toEqual([]);
});
