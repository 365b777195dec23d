import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../tasks.ts';

const require = createRequire(import.meta.url);
const biome = join(dirname(require.resolve('@biomejs/biome/package.json')), 'bin', 'biome');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lint-'));
  for (const path of ['biome.json', 'scripts/lint']) cpSync(join(root, path), join(folder, path), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The linter's report on a file with this text in `<package>` or one of its folders, such as `core/plan`. */
function lint(place: string, text: string): string {
  const [packageName = '', ...folders] = place.split('/');
  const source = join(folder, 'packages', packageName, 'src', ...folders);
  mkdirSync(source, { recursive: true });
  const path = join(source, 'probe.ts');
  writeFileSync(path, `${text}\n`);
  const result = spawnSync(process.execPath, [biome, 'lint', '--vcs-enabled=false', '--error-on-warnings', path], {
    cwd: folder,
    encoding: 'utf8',
  });
  return result.status === 0 ? 'nothing' : `${result.stdout}${result.stderr}`;
}

describe('imports point one way', () => {
  test.each([
    ['core', "import '@start-engines/config';", 'core imports no other package'],
    ['core', "import '@aws-sdk/client-ecs';", 'core talks to ports, not to AWS'],
    ['core', "import 'node:timers/promises';", 'core has no effects of its own'],
    ['core', 'export const now = Date.now();', 'core reads no wall clock'],
    ['core', 'export const now = new Date();', 'core reads no wall clock'],
    ['core', 'export const now = performance.now();', 'core reads its Clock'],
    ['core', 'export const path = process.env.PATH;', 'core knows no environment'],
    ['core/model', "import '../plan/turn.ts';", 'model/ imports no other folder'],
    ['core/plan', "import '../session/turn-loop.ts';", 'plan/ imports model/ alone'],
    ['core/plan', 'export async function wait() {}', 'model/ and plan/ are pure'],
    ['core/plan', 'export const wait = async () => {};', 'model/ and plan/ are pure'],
    ['core/session', "import '../operations/stop-service.ts';", 'session/ imports plan/ and model/'],
    ['core/operations', "import '../reconcile/reconcile-all.ts';", 'not reconcile/'],
    ['core/reconcile', "import '../operations/stop-service.ts';", 'not operations/'],
    ['core/plan', "import '@aws-sdk/client-ecs';", 'core talks to ports, not to AWS'],
    ['aws', "import '@start-engines/config';", 'aws and config import core'],
    ['config', "import '@start-engines/handler';", 'aws and config import core'],
    ['config', "import '../../aws/src/index.ts';", 'imported by its name'],
    ['handler', "import '@start-engines/sandbox';", 'neither the sandbox nor the command'],
    ['cli', "import '@start-engines/handler';", 'calls the deployed function'],
    ['cli', "import '@start-engines/sandbox';", 'calls the deployed function'],
    ['sandbox', "import '@start-engines/core';", 'The sandbox is AWS'],
    ['activator', "import '@start-engines/config';", 'it imports no other package'],
    ['activator', "import '@aws-sdk/client-ssm';", 'no SDK client'],
  ])('%s may not contain %s', (place, text, because) => {
    expect(lint(place, text)).toContain(because);
  });

  test.each([
    ['core', 'export const moment = new Date(5);'],
    ['core/plan', "import '../model/view.ts';"],
    ['core/reconcile', "import '../session/turn-loop.ts';"],
    ['aws', "import '@start-engines/core';"],
    ['handler', "import '@start-engines/config';"],
    ['cli', "import '@start-engines/aws';"],
  ])('%s may contain %s', (place, text) => {
    expect(lint(place, text)).toBe('nothing');
  });
});
