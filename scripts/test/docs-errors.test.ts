import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCatalog } from '@start-engines/core';
import { expect, test } from 'vitest';
import { root } from '../tasks.ts';

/** The rows of the page's table: code, meaning, HTTP status, retryable, advice. */
function readRows(): string[][] {
  const page = readFileSync(join(root, 'docs', 'errors.md'), 'utf8');
  return page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.slice(1, -1).split(' | '))
    .map((cells) => cells.map((cell) => cell.trim()));
}

test('docs/errors.md lists every error of the catalog, with its meaning, status and retryability, and no other', () => {
  const documented = readRows().map((cells) => cells.slice(0, 4).join(' | '));

  const catalogued = Object.entries(errorCatalog).map(
    ([code, { meaning, statusCode, retryable }]) =>
      `\`${code}\` | ${meaning} | ${statusCode} | ${retryable ? 'yes' : 'no'}`,
  );
  expect(documented).toEqual(catalogued);
});

test('docs/errors.md has advice for every error', () => {
  const silent = readRows().filter((cells) => cells.length !== 5 || !/^.{10,}\.$/.test(cells[4] ?? ''));

  expect(silent).toEqual([]);
});
