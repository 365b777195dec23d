import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { foldersWithTables, pageOf, renderTables, withoutTables } from '../terraform/module-tables.ts';

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
