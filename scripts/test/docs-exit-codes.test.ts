import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exitCodes } from '../../packages/cli/src/exit-codes.ts';
import { root } from '../tasks.ts';

test('the README of the CLI lists every exit code with its name', () => {
  const page = readFileSync(join(root, 'packages', 'cli', 'README.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (\d+) \| `([a-z]+)` \|/gm)].map(([, code, name]) => [name, Number(code)]);

  expect(Object.fromEntries(rows)).toEqual(exitCodes);
});
