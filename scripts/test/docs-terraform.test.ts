import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../tasks.ts';
import {
  foldersWithTables,
  generatedRootFiles,
  pageOf,
  renderTables,
  withoutTables,
} from '../terraform/module-tables.ts';

test.for(foldersWithTables())(
  'the page of terraform/%s has its inputs and outputs as the source has them',
  (folder) => {
    const page = readFileSync(pageOf(folder), 'utf8');

    expect(page, 'node scripts/terraform/write-tables.ts').toBe(`${withoutTables(page)}\n\n${renderTables(folder)}\n`);
  },
);

test('a table says name, type, default and description of every variable, and describes every output', () => {
  const tables = renderTables('modules/lambda').split('\n');

  expect(tables).toContain('| `name` | `string` | required | Name of the function. |');
  expect(tables).toContain('| `tracing` | `bool` | `false` | Whether X-Ray traces every invocation. |');
  expect(tables).toContain('| `alias_arn` | ARN of the alias `live`, which everybody calls. |');
  expect(renderTables('.')).toContain('| `services` | `map(object)` | required | Every service once, by its name: ');
});

test.for(Object.entries(generatedRootFiles))('terraform/%s matches modules/start-engines', ([file, render]) => {
  expect(readFileSync(join(root, 'terraform', file), 'utf8'), 'node scripts/terraform/write-tables.ts').toBe(render());
});

test('terraform/main.tf passes every variable of the module', () => {
  const main = readFileSync(join(root, 'terraform', 'main.tf'), 'utf8');
  const variables = [...generatedRootFiles['variables.tf']().matchAll(/^variable "(\w+)"/gm)].map(([, name]) => name);

  expect(variables.length).toBeGreaterThan(15);
  expect(variables.filter((name) => !new RegExp(`^  ${name} += var\\.${name}$`, 'm').test(main))).toEqual([]);
});
