import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runInProcess } from './engines-in-process.ts';
import { runPiped } from './engines-process.ts';
import { readJson } from './json-schema.ts';
import { useMappingsWorld } from './mappings-world.ts';

/** A problem with a file is reported as such, and not as a bug in the command. */
const at = useMappingsWorld([]);
const { mappings, fileOf, stored } = at;

test.each<[what: string, make: (folder: string) => void, why: RegExp]>([
  ['a folder with the name of a file', (folder) => mkdirSync(join(folder, 'x.json')), /x\.json could not be read: /],
  ['a broken link', (folder) => symlinkSync('nowhere', join(folder, 'x.json')), /x\.json could not be read: /],
  [
    'a record of versions that is not JSON',
    (folder) => writeFileSync(join(folder, '.engines-versions.json'), '{'),
    /\.engines-versions\.json is not JSON\. Delete it and use --if-version\./,
  ],
  [
    'a record of versions that is not an object',
    (folder) => writeFileSync(join(folder, '.engines-versions.json'), 'null'),
    /\.engines-versions\.json is not a JSON object\. Delete it and use --if-version\./,
  ],
])('put: %s', async (what, make, why) => {
  const folder = join(at.folder, what.replaceAll(' ', '-'));
  await fileOf('auth', { drainSeconds: 9 }, folder);
  make(folder);
  const { exitCode, stdout, stderr } = await mappings('put', folder);

  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(why);
  expect(stderr).not.toMatch(/Defect|^ +at /m);
  expect((await stored('auth')).version).toBe(1);
});

test('get --output reports a file that cannot be written', async () => {
  writeFileSync(join(at.folder, 'a-file'), '');
  mkdirSync(join(at.folder, 'noted', '.engines-versions.json'), { recursive: true });
  for (const path of [join(at.folder, 'a-file'), join(at.folder, 'a-file', 'below'), join(at.folder, 'noted')]) {
    const { exitCode, stderr } = await mappings('get', 'auth', '--output', path);
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^FileNotWritten: .* could not be written: /)]);
  }
});

test('an editor that deletes the file cancels the edit', async () => {
  const script = join(at.folder, 'remover.mjs');
  writeFileSync(script, `import { rmSync } from 'node:fs';\nconsole.log('gone');\nrmSync(process.argv[2]);`);
  const { exitCode, stdout, stderr } = await runPiped(['mappings', 'edit', 'auth', '--json'], {
    ...at.world.environment,
    EDITOR: `"${process.execPath}" "${script}"`,
  });

  expect([exitCode, stderr]).toEqual([0, 'gone\n']);
  // The editor's own output is not in the document.
  expect(readJson('mappings-write', stdout)).toMatchObject({ mappings: [] });
});

test('an empty region counts as none', async () => {
  const { exitCode } = await runInProcess(['mappings', 'list', '--region', ''], at.world.environment);

  expect(exitCode).toBe(0);
});

test('Ctrl-C at a question interrupts the command before it does anything', async () => {
  const sitting = at.world.sit('stop', '--all');
  await sitting.shows(/Stop every service of dev\?/);
  sitting.type('\u0003');

  expect(await sitting.ended).toMatchObject({ exitCode: 130, text: expect.stringContaining('Nothing was done.') });
});
