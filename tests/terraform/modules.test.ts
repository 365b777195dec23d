import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../scripts/tasks.ts';
import { variableFilesOf } from '../../scripts/terraform/module-tables.ts';
import { mayRun, whyNot } from '../../scripts/test/missing-program.ts';
import { openTerraformFolder, type TerraformFolder } from './support/run-terraform.ts';
import type { ServedProvider } from './support/serve-provider.ts';

const source = join(root, 'terraform');
const below = (folder: string) => readdirSync(join(source, folder)).map((name) => `${folder}/${name}`);
const modules = below('modules');
const examples = below('examples');

/** The first command in each folder loads 700 MB of provider, on a machine that other tests may keep busy. */
const timeout = 600_000;

describe('every module', () => {
  test('has the four conventional files, a README and tests', () => {
    const files = ['main.tf', 'variables.tf', 'outputs.tf', 'versions.tf', 'README.md', 'tests'];
    const missing = ['.', ...modules].flatMap((folder) =>
      files.filter((file) => !existsSync(join(source, folder, file))).map((file) => `${folder}/${file}`),
    );
    expect(modules).toHaveLength(11);
    expect(missing).toEqual([]);
  });

  test('has a test of invalid input', () => {
    const without = ['.', ...modules].filter((folder) => !/^run "refuses_/m.test(testsOf(folder)));
    expect(without).toEqual([]);
  });

  test('requires the same versions, and only the AWS provider', () => {
    const versions = ['.', ...modules, ...examples].map((folder) =>
      read(folder, 'versions.tf').replaceAll(/^\s*#.*\n/gm, ''),
    );
    expect([...new Set(versions)]).toHaveLength(1);
    expect(versions[0]?.match(/source\s*=\s*"[^"]+"/g)).toEqual(['source = "hashicorp/aws"']);
  });

  test('sets the function’s memory to the cheapest size of the benchmark', () => {
    const page = readFileSync(join(root, 'docs', 'benchmarks.md'), 'utf8');
    const cheapest = /^free\. That makes \*\*(\d+) MB\*\*, which is Terraform’s default\.$/m.exec(page)?.[1];
    const defaults = [
      /memory_mb += optional\(number, (\d+)\)/.exec(read('.', 'variables.tf'))?.[1],
      /^variable "memory_mb" \{.*?^ {2}default += (\d+)$/ms.exec(read('modules/lambda', 'variables.tf'))?.[1],
    ];
    expect(defaults).toEqual([cheapest, cheapest]);
  });

  test('contains no real IDs of accounts, networks or target groups (R37)', () => {
    const files = ['.', ...modules, ...examples].flatMap((folder) =>
      readdirSync(join(source, folder))
        .filter((name) => name.endsWith('.tf'))
        .map((name) => ({ name: `${folder}/${name}`, text: read(folder, name) })),
    );
    const withIds = files.filter(({ text }) =>
      /\b\d{12}\b|\b(vpc|subnet|sg)-[0-9a-f]{8}|targetgroup\/[\w-]+\/[0-9a-f]{16}/.test(text),
    );
    expect(files.length).toBeGreaterThan(40);
    expect(withIds.map(({ name }) => name)).toEqual([]);
  });

  test('has a concrete type for each variable, and a description for each variable and output', () => {
    const blocks = ['.', ...modules, ...examples].flatMap((folder) => [
      ...variableFilesOf(folder).flatMap((file) => blocksOf(folder, file, 'variable')),
      ...blocksOf(folder, 'outputs.tf', 'output'),
    ]);
    expect(blocks.length).toBeGreaterThan(100);
    const described = /^ {2}description += (".{10,}|<<-EOT\n.{10,})/m;
    expect(blocks.filter(({ text }) => !described.test(text)).map(({ name }) => name)).toEqual([]);
    const variables = blocks.filter(({ name }) => name.includes(' variable '));
    expect(variables.filter(({ text }) => !/^ {2}type +=/m.test(text)).map(({ name }) => name)).toEqual([]);
    expect(variables.filter(({ text }) => /\bany\b[,)\n]/.test(typeOf(text))).map(({ name }) => name)).toEqual([]);
  });
});

const noTerraform = whyNot(['terraform', 'version']);

describe.runIf(mayRun(noTerraform))(`terraform, with the real provider${noTerraform}`, () => {
  let folder: TerraformFolder;
  /** One for all runs: they validate and mock, and nothing here configures the provider. */
  let provider: ServedProvider;

  beforeAll(async () => {
    folder = await openTerraformFolder();
    // Operators who keep the state in S3 have this file, so the tests must pass with it too.
    copyFileSync(join(folder.path, 'backend.tf.example'), join(folder.path, 'backend.tf'));
    const { exitCode, output } = await folder.init(examples[0] ?? '');
    expect(exitCode, output).toBe(0);
    provider = await folder.serveProvider(examples[0] ?? '');
  }, timeout);
  afterAll(async () => {
    await provider?.[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  async function expectSuccess(where: string, args: readonly string[]): Promise<string> {
    const { exitCode, output } = await folder.run(where, args, { provider });
    expect(exitCode, `terraform ${args.join(' ')} in ${where}:\n${output}`).toBe(0);
    return output;
  }

  test('every file is formatted', { timeout }, async () => {
    expect(await expectSuccess('.', ['fmt', '-check', '-recursive'])).toBe('');
  });

  test.concurrent.for(examples)('%s is valid', { timeout }, async (where) => {
    const { exitCode, output } = await folder.init(where);
    expect(exitCode, output).toBe(0);
    await expectSuccess(where, ['validate', '-no-color']);
  });

  // `test` validates a module before its first run. In the root, `validate` covers all modules.
  test.concurrent.for(modules)('the tests of %s pass', { timeout }, async (where) => {
    const init = await folder.init(where);
    expect(init.exitCode, init.output).toBe(0);
    const output = await expectSuccess(where, ['test', '-no-color']);
    expect(output).toContain(`Success! ${runsOf(testsOf(where))} passed, 0 failed.`);
  });

  test.concurrent('the root is valid with every module, and refuses the workspace default', { timeout }, async () => {
    const { exitCode, output } = await folder.init('.');
    expect(exitCode, output).toBe(0);
    const called = readFileSync(join(folder.path, '.terraform', 'modules', 'modules.json'), 'utf8');
    expect(modules.filter((name) => !called.includes(`"${name}"`))).toEqual([]);
    await expectSuccess('.', ['validate', '-no-color']);
    await expectSuccess('.', ['test', '-no-color']);
  });

  // Terraform review, findings 2 and 7.
  test('a configuration that creates everything the module uses plans in one go', { timeout }, async () => {
    const where = '../tests/terraform/roots/two-instances';
    const { exitCode, output } = await folder.init(where);
    expect(exitCode, output).toBe(0);
    expect(await expectSuccess(where, ['fmt', '-check', '-recursive'])).toBe('');
    expect(await expectSuccess(where, ['test', '-no-color'])).toContain('Success! 1 passed, 0 failed.');
  });

  // A tftest cannot expect a failure in a nested module.
  test('the plan rejects a policy that IAM would reject, and says what to do', {
    timeout,
  }, async () => {
    const where = 'modules/start-engines';
    const { exitCode, output } = await folder.init(where);
    expect(exitCode, output).toBe(0);
    const args = ['test', '-no-color', '-filter=tests/many-services.tftest.hcl', '-var=managed_policies=1'];
    const refused = await folder.run(where, args, { provider });
    expect(refused.exitCode).toBe(1);
    expect(refused.output.replaceAll(/\s+/g, ' ')).toContain(
      'Managed policy 1 of 1 of the role has 27219 characters, and IAM allows 6144. Increase managed_policies (10 at most), or split the services over several workspaces.',
    );
  });
});

function read(folder: string, file: string): string {
  return readFileSync(join(source, folder, file), 'utf8');
}

function testsOf(folder: string): string {
  const files = readdirSync(join(source, folder, 'tests')).filter((name) => name.endsWith('.tftest.hcl'));
  return files.map((name) => read(`${folder}/tests`, name)).join('\n');
}

function runsOf(tests: string): number {
  return tests.match(/^run "/gm)?.length ?? 0;
}

/** The blocks of one kind in a file that `terraform fmt` has formatted. */
function blocksOf(folder: string, file: string, kind: string): { readonly name: string; readonly text: string }[] {
  const pattern = new RegExp(`^${kind} "(\\w+)" \\{\\n(.*?)^\\}`, 'gms');
  return [...read(folder, file).matchAll(pattern)].map(([, name = '', text = '']) => ({
    name: `${folder} ${kind} ${name}`,
    text,
  }));
}

/** The type of a variable, up to its next attribute or block. */
function typeOf(text: string): string {
  return /^ {2}type +=(.*?)(?=^ {2}\S|$(?![\s\S]))/ms.exec(text)?.[1] ?? '';
}
