import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../scripts/tasks.ts';

test('the benchmark still runs, and counts the calls of one start, and starts a hundred at once', {
  timeout: 120_000,
}, () => {
  const bench = spawnSync(process.execPath, [join(root, 'scripts', 'bench.ts'), '--quick', '--json'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(bench.status, bench.stderr).toBe(0);
  const { startCost, manyStarts } = JSON.parse(bench.stdout.slice(bench.stdout.indexOf('{\n')));
  expect(startCost.starts).toBe(5);
  expect(startCost.warmCpuMs.count).toBe(5);
  expect(startCost.coldInitCpuMs.count).toBe(3);
  expect(startCost.peakMemoryMb).toBeGreaterThan(0);
  const { DescribeTasks: looks, ...calls } = startCost.calls;
  expect(calls).toEqual({ GetParameters: 1, DescribeTargetHealth: 2, ListTasks: 2, RunTask: 1, RegisterTargets: 1 });
  expect(looks).toBeGreaterThan(0);
  expect(manyStarts).toMatchObject({ starts: 100, failures: [], launchBoundSeconds: 4, readBoundSeconds: 15 });
  expect(manyStarts.throttledCalls).toBeGreaterThan(0);
});
