import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { releaseNotes } from '../release/release-notes.ts';
import { root } from '../tasks.ts';

const folder = mkdtempSync(join(tmpdir(), 'release-'));
afterAll(() => rmSync(folder, { recursive: true }));

const changelog =
  '# Changelog\n\n## [Unreleased]\n\n- later\n\n## [1.2.0] - 2026-01-02\n\n- this\n\n## [1.1.0]\n\n- before\n';

test('the notes of a release are its section of the changelog', () => {
  expect(releaseNotes(changelog, '1.2.0')).toBe('- this');
  expect(releaseNotes(changelog, '1.1.0')).toBe('- before');
  expect(releaseNotes(changelog, '2.0.0')).toBeUndefined();
});

function release(tag: string) {
  const args = [join(root, 'scripts', 'release.ts'), tag, folder];
  return spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
}

test('a tag that differs from the version in package.json is rejected', () => {
  const { status, stderr } = release('v9.9.9');
  expect(status).toBe(1);
  expect(stderr).toContain('The tag v9.9.9 does not match the version in package.json');
});

test('a release has the zip, the CLI, the notices and the bill of materials with their sums', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { status, stderr, stdout } = release(`v${version}`);
  expect(status, stderr).toBe(0);
  const sums = stdout.trim().split('\n');
  expect(sums.map((line) => line.split('  ')[1])).toEqual([
    'THIRD-PARTY-NOTICES.txt',
    'engines.mjs',
    'sbom.cdx.json',
    'start-engines-lambda.zip',
  ]);
  const zip = createHash('sha256')
    .update(readFileSync(join(folder, 'start-engines-lambda.zip')))
    .digest('hex');
  expect(sums.at(-1)).toBe(`${zip}  start-engines-lambda.zip`);
  const { bomFormat, components } = JSON.parse(readFileSync(join(folder, 'sbom.cdx.json'), 'utf8'));
  expect(bomFormat).toBe('CycloneDX');
  expect(components.map((one: { name: string }) => one.name)).toContain('core');
});
