import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';

const buildScript = resolve(import.meta.dirname, '..', 'scripts', 'build.ts');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'start-engines-activator-package-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function build(name: string, timeZone: string, cwd: string): Promise<Buffer> {
  const output = join(folder, name);
  const env = { ...process.env, TZ: timeZone };
  const result = spawnSync(process.execPath, [buildScript, output], { cwd, env, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(result.stderr);
  return await readFile(join(output, 'start-engines-activator.zip'));
}

test('the zip has the same bytes in every time zone and from every folder', async () => {
  const one = await build('one', 'Pacific/Auckland', tmpdir());
  const other = await build('other', 'America/Los_Angeles', import.meta.dirname);
  expect(one.equals(other)).toBe(true);
});

test('the zip is small, and its modules name no folder of this machine', async () => {
  const zip = await build('contents', 'UTC', tmpdir());
  expect(zip.length).toBeLessThanOrEqual(60 * 1024);
  const files = unzipSync(zip);
  expect(Object.keys(files).sort()).toEqual(['answers.mjs', 'aws-request.mjs', 'event-streams.mjs', 'index.mjs']);
  const text = Object.values(files)
    .map((bytes) => Buffer.from(bytes).toString('utf8'))
    .join('\n');
  const repository = resolve(import.meta.dirname, '..', '..', '..');
  expect(text.includes(repository) || text.includes(repository.replaceAll('\\', '/'))).toBe(false);
});

test('the function’s import loads no SDK client and no large Node library', async () => {
  await build('inputs', 'UTC', tmpdir());
  const { inputs, outputs } = JSON.parse(await readFile(join(folder, 'inputs', 'meta.json'), 'utf8'));
  const packages = Object.keys(inputs).flatMap((path) => path.match(/(?<=node_modules\/)@[\w-]+\/[\w-]+(?=\/)/g) ?? []);
  expect([...new Set(packages)].sort()).toEqual(['@smithy/core', '@smithy/signature-v4', '@smithy/types']);
  const imports = Object.values(outputs as Record<string, { imports: { path: string; external?: boolean }[] }>);
  expect(imports.flatMap((output) => output.imports.filter(({ external }) => external))).toEqual([]);
});

test('the error for missing environment variables names them', () => {
  const index = join(folder, 'contents', 'index.mjs');
  const { stderr, status } = spawnSync(process.execPath, [index], {
    env: { PATH: process.env.PATH, AWS_REGION: 'us-east-2', WORKSPACE: 'Not One' },
    encoding: 'utf8',
  });
  expect(status).not.toBe(0);
  expect(stderr).toContain(
    "The function's environment variables are missing or malformed: PARAMETER_PATH, EVENT_BUS_NAME, WORKSPACE.",
  );
  expect(stderr).not.toContain('Not One');
});
