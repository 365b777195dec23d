import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../tasks.ts';
import { linksOf, type Page } from './markdown.ts';

const page: Page = { path: 'docs/regressions.md', text: readFileSync(join(root, 'docs', 'regressions.md'), 'utf8') };

test('docs/regressions.md has a row for each mistake that the function, its deployment and the operator’s command could repeat', () => {
  const numbers = [...page.text.matchAll(/^\| (R\d+) \|/gm)].map(([, number]) => number);

  const of = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, index) => `R${first + index}`);
  expect(numbers).toEqual([...of(1, 39), ...of(43, 49), 'R51', 'R53']);
});

test('every test that docs/regressions.md names is in the linked file', () => {
  const links = linksOf(page).filter(({ target }) => target.endsWith('.ts'));
  const missing = links.filter(({ text, target }) => {
    const path = join(root, 'docs', target);
    return !existsSync(path) || !readFileSync(path, 'utf8').includes(text);
  });

  expect(links.length).toBeGreaterThanOrEqual(40);
  expect(missing).toEqual([]);
});
