import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../scripts/tasks.ts';
import { variableFilesOf } from '../../scripts/terraform/module-tables.ts';
import { mayRun, whyNot } from '../../scripts/test/missing-program.ts';
import { openTerraformFolder, type TerraformFolder } from './support/run-terraform.ts';

const source = join(root, 'terraform');
const below = (folder: string) => readdirSync(join(source, folder)).map((name) => `${folder}/${name}`);
const modules = below('modules');
const examples = below('examples');

/** Every folder's first command loads 700 MB of provider on a machine that may be busy with other tests. */
const timeout = 600_000;

describe('every module', () => {
  test('has the four files that everybody looks for, a page and tests', () => {
    const files = ['main.tf', 'variables.tf', 'outputs.tf', 'versions.tf', 'README.md', 'tests'];
    const missing = ['.', ...modules].flatMap((folder) =>
      files.filter((file) => !existsSync(join(source, folder, file))).map((file) => `${folder}/${file}`),
    );
    expect(modules).toHaveLength(10);
    expect(missing).toEqual([]);
  });

  test('is also tested for what it refuses', () => {
    const without = ['.', ...modules].filter((folder) => !/^run "refuses_/m.test(testsOf(folder)));
    expect(without).toEqual([]);
  });

  test('asks for the same versions, and for no provider but AWS’s', () => {
    const versions = ['.', ...modules, ...examples].map((folder) =>
      read(folder, 'versions.tf').replaceAll(/^\s*#.*\n/gm, ''),
    );
    expect([...new Set(versions)]).toHaveLength(1);
    expect(versions[0]?.match(/source\s*=\s*"[^"]+"/g)).toEqual(['source = "hashicorp/aws"']);
  });

  test('the function’s memory is what the benchmark found to be the cheapest', () => {
    const page = readFileSync(join(root, 'docs', 'benchmarks.md'), 'utf8');
    const cheapest = /^free\. That makes \*\*(\d+) MB\*\*, which is Terraform’s default\.$/m.exec(page)?.[1];
    const defaults = [
      /memory_mb += optional\(number, (\d+)\)/.exec(read('.', 'variables.tf'))?.[1],
      /^variable "memory_mb" \{.*?^ {2}default += (\d+)$/ms.exec(read('modules/lambda', 'variables.tf'))?.[1],
    ];
    expect(defaults).toEqual([cheapest, cheapest]);
  });

  test('has no id of anybody’s account, network or target group in it (R37)', () => {
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

  test('has no variable without a type or with any type, and says of each variable and output what it is', () => {
    const blocks = ['.', ...modules, ...examples].flatMap((folder) => [
      ...variableFilesOf(folder).flatMap((file) => blocksOf(folder, file, 'variable')),
      ...blocksOf(folder, 'outputs.tf', 'output'),
    ]);
    expect(blocks.length).toBeGreaterThan(100);
    expect(blocks.filter(({ text }) => !/^ {2}description += ".{10,}/m.test(text)).map(({ name }) => name)).toEqual([]);
    const variables = blocks.filter(({ name }) => name.includes(' variable '));
    expect(variables.filter(({ text }) => !/^ {2}type +=/m.test(text)).map(({ name }) => name)).toEqual([]);
    expect(variables.filter(({ text }) => /\bany\b[,)\n]/.test(typeOf(text))).map(({ name }) => name)).toEqual([]);
  });
});

const noTerraform = whyNot(['terraform', 'version']);

describe.runIf(mayRun(noTerraform))(`terraform, with the real provider${noTerraform}`, () => {
  let folder: TerraformFolder;

  beforeAll(async () => {
    folder = await openTerraformFolder();
    // An operator who keeps the state in S3 has this file; what is tested must hold with it as well.
    copyFileSync(join(folder.path, 'backend.tf.example'), join(folder.path, 'backend.tf'));
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  async function expectSuccess(where: string, args: readonly string[]): Promise<string> {
    const { exitCode, output } = await folder.run(where, args);
    expect(exitCode, `terraform ${args.join(' ')} in ${where}:\n${output}`).toBe(0);
    return output;
  }

  test('finds every file in its form', { timeout }, async () => {
    expect(await expectSuccess('.', ['fmt', '-check', '-recursive'])).toBe('');
  });

  test.concurrent.for(examples)('%s is valid', { timeout }, async (where) => {
    const { exitCode, output } = await folder.init(where);
    expect(exitCode, output).toBe(0);
    await expectSuccess(where, ['validate', '-no-color']);
  });

  // `test` validates a module before its first run; `validate` goes through all of them in the root.
  test.concurrent.for(modules)('the tests of %s pass', { timeout }, async (where) => {
    const { exitCode, output } = await folder.init(where);
    expect(exitCode, output).toBe(0);
    const told = await expectSuccess(where, ['test', '-no-color']);
    expect(told).toContain(`Success! ${runsOf(testsOf(where))} passed, 0 failed.`);
  });

  test.concurrent('the root is valid with every module, and refuses the workspace default', { timeout }, async () => {
    const { exitCode, output } = await folder.init('.');
    expect(exitCode, output).toBe(0);
    const called = readFileSync(join(folder.path, '.terraform', 'modules', 'modules.json'), 'utf8');
    expect(modules.filter((name) => !called.includes(`"${name}"`))).toEqual([]);
    await expectSuccess('.', ['validate', '-no-color']);
    await expectSuccess('.', ['test', '-no-color']);
  });

  // What a nested module refuses cannot be expected in a test of terraform's own.
  test('a policy that IAM would not take is refused at plan time, with what to do', {
    timeout,
  }, async () => {
    const where = 'modules/start-engines';
    const { exitCode, output } = await folder.init(where);
    expect(exitCode, output).toBe(0);
    const args = ['test', '-no-color', '-filter=tests/many-services.tftest.hcl', '-var=managed_policies=1'];
    const refused = await folder.run(where, args);
    expect(refused.exitCode).toBe(1);
    expect(refused.output.replaceAll(/\s+/g, ' ')).toContain(
      'Managed policy 1 of 1 of the role has 27219 characters, and IAM takes 6144. Set managed_policies higher (10 at most), or spread the services over several workspaces.',
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

/** The blocks of one kind in a file that `terraform fmt` has brought into its form. */
function blocksOf(folder: string, file: string, kind: string): { readonly name: string; readonly text: string }[] {
  const pattern = new RegExp(`^${kind} "(\\w+)" \\{\\n(.*?)^\\}`, 'gms');
  return [...read(folder, file).matchAll(pattern)].map(([, name = '', text = '']) => ({
    name: `${folder} ${kind} ${name}`,
    text,
  }));
}

/** The type of a variable, up to the next attribute or block of its own. */
function typeOf(text: string): string {
  return /^ {2}type +=(.*?)(?=^ {2}\S|$(?![\s\S]))/ms.exec(text)?.[1] ?? '';
}
