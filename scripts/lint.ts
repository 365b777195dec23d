import { createRequire } from 'node:module';
import { checkProse } from './lint/prose.ts';
import { runCommand } from './tasks.ts';

const biome = createRequire(createRequire(import.meta.url).resolve('@biomejs/biome/package.json'));
const names = [
  `@biomejs/cli-${process.platform}-${process.arch}`,
  `@biomejs/cli-${process.platform}-${process.arch}-musl`,
];
const hasBinary = names.some((name) => {
  try {
    biome.resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
});
if (!hasBinary) {
  console.error(`The lockfile has no Biome for ${process.platform}-${process.arch} (docs/adr/0008).`);
  process.exit(1);
}

const fix = process.argv.includes('--fix') ? ['--write'] : [];
const status = runCommand('@biomejs/biome', 'biome', ['check', '--error-on-warnings', ...fix, '.']);
const findings = checkProse();
for (const finding of findings) console.error(finding);
process.exit(status !== 0 || findings.length === 0 ? status : 1);
