import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../tasks.ts';

test('the benchmark measures a start, prints a table and writes its report', { timeout: 120_000 }, () => {
  const path = join(root, 'reports', 'bench.json');
  rmSync(path, { force: true });

  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/bench.ts', '--quick'], {
    cwd: root,
    encoding: 'utf8',
  });

  expect(status, `${stdout}${stderr}`).toBe(0);
  expect(stdout).toContain('CPU of a warm start');
  const report = JSON.parse(readFileSync(path, 'utf8'));
  expect(report).toMatchObject({ startCost: expect.any(Object), zipBytes: expect.any(Number) });
});
