import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { releaseNotes } from './release/release-notes.ts';
import { root, runTurbo } from './tasks.ts';
import { noticesName } from './third-party-notices.ts';

// Builds the files of a release: the function's zip, the CLI, the notices and the bill of materials, and their SHA-256 sums.

const [tag = '', folderName = 'release'] = process.argv.slice(2);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
if (tag !== `v${version}`) {
  console.error(`The tag ${tag || '(none)'} does not match the version in package.json, ${version}.`);
  process.exit(1);
}
const notes = releaseNotes(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version);
if (notes === undefined) {
  console.error(`CHANGELOG.md has no section for ${version}.`);
  process.exit(1);
}
if (runTurbo('build') !== 0) process.exit(1);

const folder = resolve(root, folderName);
mkdirSync(folder, { recursive: true });
const handler = join(root, 'packages', 'handler', 'dist');
const cli = join(root, 'packages', 'cli', 'dist');
copyFileSync(join(handler, 'start-engines-lambda.zip'), join(folder, 'start-engines-lambda.zip'));
copyFileSync(join(cli, 'engines.mjs'), join(folder, 'engines.mjs'));
const noticesIn = (dist: string) => readFileSync(join(dist, noticesName), 'utf8');
const notices = `start-engines-lambda.zip\n\n${noticesIn(handler)}\n\nengines.mjs\n\n${noticesIn(cli)}`;
writeFileSync(join(folder, noticesName), notices);
writeFileSync(join(folder, 'sbom.cdx.json'), billOfMaterials());
const files = readdirSync(folder).filter((name) => !['SHA256SUMS', 'NOTES.md'].includes(name));
const sums = files.sort().map((name) => `${digestOf(join(folder, name))}  ${name}\n`);
writeFileSync(join(folder, 'SHA256SUMS'), sums.join(''));
writeFileSync(join(folder, 'NOTES.md'), notes);
process.stdout.write(sums.join(''));

function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** The workspace's runtime dependencies, from the lockfile. */
function billOfMaterials(): string {
  const shell = process.platform === 'win32';
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--prod', '--lockfile-only'];
  return execFileSync('pnpm', args, { cwd: root, encoding: 'utf8', shell, maxBuffer: 64 * 1024 ** 2 });
}
