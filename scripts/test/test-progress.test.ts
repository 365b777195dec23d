import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { root } from '../tasks.ts';

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

test('a test run prints the number of files before the first one ends', () => {
  const folder = mkdtempSync(join(tmpdir(), 'start-engines-progress-'));
  try {
    for (const name of ['one', 'two']) writeFileSync(join(folder, `${name}.test.ts`), "test('it holds', () => {});\n");
    const reporters = [`--reporter=${join(root, 'scripts', 'test-progress.ts')}`, '--reporter=dot'];
    const { stdout } = spawnSync(process.execPath, [vitest, 'run', '--globals', ...reporters], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stripVTControlCharacters(stdout)).toMatch(/^0 of 2 files, 0 s$[\s\S]*Test Files {2}2 passed/m);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
