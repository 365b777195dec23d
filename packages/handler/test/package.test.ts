import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';

const buildScript = resolve(import.meta.dirname, '..', 'scripts', 'build.ts');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'start-engines-package-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function build(name: string, timeZone: string, cwd: string): Promise<{ zip: Buffer; said: string }> {
  const output = join(folder, name);
  const result = spawnSync(process.execPath, [buildScript, output], {
    cwd,
    env: { ...process.env, TZ: timeZone },
    encoding: 'utf8',
  });
  if (result.status !== 0) throw new Error(result.stderr);
  return { zip: await readFile(join(output, 'start-engines-lambda.zip')), said: result.stdout };
}

test('the zip has the same bytes in every time zone and from every folder, and the build prints its size', async () => {
  const one = await build('one', 'Pacific/Auckland', tmpdir());
  const other = await build('other', 'America/Los_Angeles', import.meta.dirname);
  expect(one.zip.equals(other.zip)).toBe(true);
  expect(one.said).toMatch(/^start-engines-lambda\.zip: [\d.]+ KB/);
});

/** The modules of the zip as one text. */
function textOf(zip: Uint8Array): string {
  return Object.values(unzipSync(zip))
    .map((bytes) => Buffer.from(bytes).toString('utf8'))
    .join('\n');
}

test('the zip contains only modules, which name no folder of this machine', async () => {
  const { zip } = await build('contents', 'UTC', tmpdir());
  const names = Object.keys(unzipSync(zip)).map((name) => name.replace(/-[A-Z0-9]{8}\.mjs$/, '.mjs'));
  expect([...new Set(names)].sort()).toEqual(['chunk.mjs', 'cloudwatch-parts.mjs', 'event-streams.mjs', 'index.mjs']);
  const text = textOf(zip);
  const repository = resolve(import.meta.dirname, '..', '..', '..');
  expect(text.includes(repository) || text.includes(repository.replaceAll('\\', '/'))).toBe(false);
});

test('the zip is small enough for a quick cold start', async () => {
  const { zip } = await build('size', 'UTC', tmpdir());
  expect(zip.length).toBeLessThanOrEqual(250 * 1024);
});

test('the bundle loads Node’s own modules with require, which reads only the members that are used', async () => {
  const { zip } = await build('builtins', 'UTC', tmpdir());
  const text = textOf(zip);
  const imported = [...text.matchAll(/\bfrom ?["'](node:\w+)/g)].map(([, name]) => name);
  // The banner’s `createRequire`.
  expect([...new Set(imported)]).toEqual(['node:module']);
});

test('the bundle contains the provider of credentials from the environment, and no others', async () => {
  await build('credentials', 'UTC', tmpdir());
  const { inputs } = JSON.parse(await readFile(join(folder, 'credentials', 'meta.json'), 'utf8'));
  const providers = Object.keys(inputs).flatMap((path) => path.match(/@aws-sdk\/credential-provider-\w+/g) ?? []);
  expect([...new Set(providers)].sort()).toEqual([
    '@aws-sdk/credential-provider-env',
    // The replacement for the whole chain.
    '@aws-sdk/credential-provider-node',
  ]);
});

test('the bundle contains no event streams, and only the AWS error whose members the code reads', async () => {
  const { zip } = await build('errors', 'UTC', tmpdir());
  const text = textOf(zip);
  const classes = [...text.matchAll(/com\.amazonaws\.\w+#(\w+)/g)].map(([, name]) => name);
  expect(classes.filter((name) => !/ServiceException$/.test(name ?? ''))).toEqual(['ConflictException']);
  expect(text).toContain('Event streams are not in this bundle.');
});
