import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultPlan } from '@start-engines/sandbox';
import { describe, expect, test } from 'vitest';
import { parameterPath } from '../../scripts/world/seed-world.ts';
import { readJson } from './json-schema.ts';
import { parameterOf, useMappingsWorld } from './mappings-world.ts';

/** Ctrl-C during a call of the command. */
const at = useMappingsWorld(['one', 'two']);
const { stored, fileOf, claims, writes, lastCall } = at;

/** AWS does not answer these calls. */
function holdBack(plan: Pick<FaultPlan, 'service' | 'operation'>) {
  return at.world.door.sandbox.faults.plant({
    ...plan,
    times: Number.POSITIVE_INFINITY,
    fault: { kind: 'no-answer' },
  });
}

/** Presses Ctrl-C once the held calls have begun. */
async function interrupt(calls: { readonly consumed: number }, ...commandLine: string[]) {
  const running = at.world.begin(...commandLine);
  await expect.poll(() => calls.consumed, { timeout: 30_000, interval: 20 }).toBeGreaterThan(0);
  running.interrupt();
  return running.ended;
}

describe('during a read', () => {
  const byPath = { service: 'ssm', operation: 'GetParametersByPath' } as const;
  const byName = { service: 'ssm', operation: 'GetParameters' } as const;
  test.each<[calls: Pick<FaultPlan, 'service' | 'operation'>, commandLine: readonly string[]]>([
    [{ service: 'lambda', operation: 'GetFunctionConfiguration' }, ['doctor', 'auth']],
    [byPath, ['mappings', 'list']],
    [byPath, ['mappings', 'get']],
    [byName, ['mappings', 'get', 'auth']],
    [{ service: 'elasticloadbalancing', operation: 'DescribeTargetGroups' }, ['mappings', 'validate', 'auth']],
    [byName, ['mappings', 'diff', 'auth']],
    [{ service: 'ssm', operation: 'GetParameterHistory' }, ['mappings', 'history', 'auth']],
    [byName, ['mappings', 'rollback', 'auth']],
    [{ service: 'logs', operation: 'FilterLogEvents' }, ['logs']],
    [{ service: 'lambda', operation: 'Invoke' }, ['status']],
  ])('%j: %j exits with 130 without waiting for an answer', async (calls, commandLine) => {
    const held = holdBack(calls);
    const { exitCode, stdout, stderr } = await interrupt(held, ...commandLine, '--json');

    expect([exitCode, stderr]).toEqual([130, 'Interrupted.\n']);
    expect(readJson('error', stdout)).toMatchObject({ error: { code: 'Interrupted' }, exitCode: 130 });
    // The SDK would retry after five seconds, twice.
    expect(held.consumed).toBe(1);
  });
});

describe('during a put of mappings', () => {
  /** A separate folder with both mappings changed. */
  async function folderOf(drainSeconds: number): Promise<string> {
    const folder = join(at.folder, `drain-${drainSeconds}`);
    for (const name of ['one', 'two']) await fileOf(name, { drainSeconds }, folder);
    return folder;
  }

  test('before the first write, nothing is written', async () => {
    const folder = await folderOf(31);
    const held = holdBack({ service: 'ecs', operation: 'DescribeTaskDefinition' });
    const last = lastCall();
    const { exitCode } = await interrupt(held, 'mappings', 'put', folder);

    expect(exitCode).toBe(130);
    expect(writes(last)).toEqual([]);
  });

  test('between two writes, the first is completed, the second does not begin, and both are reported', async () => {
    const folder = await folderOf(32);
    const slow = at.world.door.sandbox.faults.plant({
      service: 'ssm',
      operation: 'PutParameter',
      input: { Name: parameterOf('one') },
      fault: { kind: 'latency', delayMs: 4_000 },
    });
    const { exitCode, stderr } = await interrupt(slow, 'mappings', 'put', folder);

    expect([exitCode, stderr]).toEqual([130, 'Interrupted.\nAlready written: one.\n']);
    expect((await stored('one')).document.drainSeconds).toBe(32);
    expect((await stored('two')).document).not.toHaveProperty('drainSeconds');
    expect(await claims()).toEqual([]);
  });

  test('during the only write, it is completed and reported', async () => {
    const path = await fileOf('two', { drainSeconds: 33 });
    const slow = at.world.door.sandbox.faults.plant({
      service: 'ssm',
      operation: 'PutParameter',
      input: { Name: `${parameterPath}/claims/two/2` },
      fault: { kind: 'latency', delayMs: 4_000 },
    });
    const { exitCode, stdout } = await interrupt(slow, 'mappings', 'put', path);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^two: written, version 2 \(replaces 1\)$/m);
    expect((await stored('two')).document.drainSeconds).toBe(33);
    expect(await claims()).toEqual([]);
  });
});

test('if one mapping of a folder cannot be written, those written before it are listed', async () => {
  const folder = join(at.folder, 'halfway');
  for (const name of ['one', 'two']) await fileOf(name, { drainSeconds: 41 }, folder);
  writeFileSync(
    join(folder, '.engines-versions.json'),
    JSON.stringify({ dev: { one: (await stored('one')).version } }),
  );
  at.world.door.sandbox.faults.plant({
    service: 'ssm',
    operation: 'PutParameter',
    input: { Name: parameterOf('two') },
    fault: { kind: 'access-denied' },
  });
  const { version } = await stored('one');
  const { exitCode, stdout, stderr } = await at.world.engines('mappings', 'put', folder, '--json');

  expect(exitCode).toBe(3);
  expect(readJson('error', stdout).error.code).toBe('AwsAccessDenied');
  expect(stderr).toMatch(new RegExp(`^one: already written, version ${version + 1}\nAwsAccessDenied: `));
  expect((await stored('one')).document.drainSeconds).toBe(41);
  expect((await stored('two')).document.drainSeconds).not.toBe(41);
  expect(await claims()).toEqual([]);
  // The folder records which of its files was written, so that the next attempt does not conflict.
  const again = await at.world.engines('mappings', 'put', folder, '--json');
  expect(readJson('mappings-write', again.stdout).mappings).toMatchObject([
    { name: 'one', outcome: 'unchanged' },
    { name: 'two', outcome: 'written' },
  ]);
});
