import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../scripts/tasks.ts';

test('the bench measures everything, counts the calls of a start, and writes its page and plots', {
  timeout: 240_000,
}, () => {
  const bench = spawnSync(process.execPath, [join(root, 'scripts', 'bench.ts'), '--quick', '--json'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
  });
  expect(bench.status, bench.stderr).toBe(0);
  const measured = JSON.parse(bench.stdout.slice(bench.stdout.indexOf('{\n')));

  expect(measured.coldStart).toHaveLength(6);
  for (const variant of measured.coldStart) expect(variant.firstStartCpuMs.count).toBe(1);
  const { startCost, manyStarts } = measured;
  expect(startCost).toMatchObject({ starts: 5, warmCpuMs: { count: 5 }, coldInitCpuMs: { count: 3 } });
  const { DescribeTasks: looks, ...calls } = startCost.calls;
  expect(calls).toEqual({
    TagResource: 1,
    GetParameters: 1,
    DescribeTargetHealth: 2,
    ListTasks: 2,
    RunTask: 1,
    RegisterTargets: 1,
  });
  expect(looks).toBeGreaterThan(0);

  expect(measured.readyLag.map(({ name }: { name: string }) => name)).toEqual([
    'fixed poll, 5 s',
    "the SDK's waiter",
    'our wait',
    'our event path',
  ]);
  expect(measured.readyLag.at(-1)).toMatchObject({ looksPerSecond: 0, looksEach: 1, lost: 0 });
  expect(measured.billedTime.at(-1).invocationSeconds).toHaveLength(2);

  expect(manyStarts).toMatchObject({
    starts: 100,
    failures: [],
    orphans: 0,
    launchBoundSeconds: 4,
    readBoundSeconds: 15,
    registrationBoundSeconds: 20,
  });
  expect(manyStarts.throttledCalls).toBeGreaterThan(0);
  expect(manyStarts.readsByReason).toMatchObject({ listRunning: 100, listStopped: 100, lookAfterRegistration: 100 });
  expect(measured.growth).toMatchObject([
    { operation: 'reconcile', services: 10, ecsReads: 3, elbReads: 10, ssmReads: 3, changes: 0 },
    { operation: 'status', services: 10, ecsReads: 3, elbReads: 10, ssmReads: 3, changes: 0 },
    { operation: 'stop all', services: 10, ssmReads: 4 },
  ]);

  const page = readFileSync(join(root, 'reports', 'benchmarks.md'), 'utf8');
  expect(page).not.toMatch(/NaN|undefined|Infinity/);
  const shown = [...page.matchAll(/!\[[^\]]*\]\(benchmarks\/([\w-]+\.svg)\)/g)].map(([, name]) => name);
  expect(shown.toSorted()).toEqual(['cold-start.svg', 'growth.svg', 'many-starts.svg', 'ready-lag.svg']);
  expect(readdirSync(join(root, 'reports', 'benchmarks')).toSorted()).toEqual(shown.toSorted());
});
