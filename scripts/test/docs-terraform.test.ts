import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../tasks.ts';
import { contractFile, renderContract } from '../terraform/contract.ts';
import {
  blocksOf,
  declaredAttributes,
  documentedAttributes,
  foldersWithTables,
  generatedRootFiles,
  pageOf,
  renderTables,
  variableFilesOf,
  withoutTables,
} from '../terraform/module-tables.ts';

test.for(foldersWithTables())('the README of terraform/%s has the inputs and outputs of its source', (folder) => {
  const page = readFileSync(pageOf(folder), 'utf8');

  expect(page, 'node scripts/terraform/write-tables.ts').toBe(`${withoutTables(page)}\n\n${renderTables(folder)}\n`);
});

test('the tables have name, type, default and description of every variable, and describe every output', () => {
  const tables = renderTables('modules/lambda').split('\n');

  expect(tables).toContain('| `name` | `string` | required | Name of the function. |');
  expect(tables).toContain('| `tracing` | `bool` | `false` | Whether X-Ray traces every invocation. |');
  expect(tables).toContain('| `alias_arn` | ARN of the alias `live`, which all callers use. |');
});

test('the attributes of an object are listed below the table, with their defaults', () => {
  const tables = renderTables('.');

  expect(tables).toContain('| `services` | `map(object)` | required | The services, by name. ');
  expect(tables).toContain('\nAttributes of `services`:\n\n- `cluster`: Name or ARN of the ECS cluster.\n');
  expect(tables).toContain('\n- `health_check.path`: Path of the check. Default `"/health"`.\n');
  expect(tables).toContain('\n- `internal`: Whether the load balancer has private addresses only. Default `false`.\n');
  expect(tables).not.toContain('Attributes of `vpc_id`');
});

test.for(foldersWithTables())('terraform/%s documents every attribute of its object variables', (folder) => {
  const variables = variableFilesOf(folder).flatMap((file) => blocksOf(folder, file, 'variable'));
  const declared = variables.map(({ name, text }) => [
    name,
    declaredAttributes(text).map((attribute) => attribute.name),
  ]);

  expect(variables.length).toBeGreaterThan(0);
  expect(variables.map(({ name, text }) => [name, documentedAttributes(text)])).toEqual(declared);
});

test.for(Object.entries(generatedRootFiles))('terraform/%s matches modules/start-engines', ([file, render]) => {
  expect(readFileSync(join(root, 'terraform', file), 'utf8'), 'node scripts/terraform/write-tables.ts').toBe(render());
});

test('Terraform reads the same contract as the function', () => {
  const written = JSON.parse(readFileSync(join(root, 'terraform', contractFile), 'utf8'));
  expect(written, 'node scripts/terraform/write-tables.ts').toEqual(JSON.parse(renderContract()));
  expect(written).toMatchObject({
    service_name_pattern: '^[a-z][a-z0-9-]{0,23}$',
    reserved_names: ['all', 'defaults'],
    detail_types: { start: 'Start ECS Task', stop: 'Stop ECS Tasks', restart: 'Restart ECS Task' },
    parameters: { services: '/services', stops: '/stops' },
    defaults: { start_timeout_seconds: 300, healthy_timeout_seconds: 120, drain_seconds: 15 },
    bounds: { start_timeout_seconds: { least: 10, most: 840 } },
  });
});

test('the defaults and bounds in variables are those of the contract', () => {
  const { defaults, bounds, config_ttl_seconds } = JSON.parse(renderContract());
  const read = (file: string) => readFileSync(join(root, 'terraform', 'modules', file), 'utf8');
  // The defaults of variables, and their descriptions, can only be literals.
  expect(read('start-engines/variables.tf')).toContain(`= optional(number, ${config_ttl_seconds.default})`);
  expect(read('alb/variables.tf').replaceAll(/ +/g, ' ')).toContain(
    `drain_seconds = optional(number, ${defaults.drain_seconds})`,
  );
  const variables = read('start-engines/variables-services.tf');
  for (const name of ['start_timeout_seconds', 'healthy_timeout_seconds', 'drain_seconds']) {
    const { least, most } = bounds[name];
    const described = variables.split('\n').filter((line) => line.trim().startsWith(`- \`${name}\`:`));
    expect(described).toHaveLength(2);
    for (const line of described) {
      expect(line).toContain(`, ${least} to ${most}. `);
      expect(line).toMatch(new RegExp(`\\b${defaults[name]}[.]$`));
    }
  }
});

test('terraform/main.tf passes every variable of the module', () => {
  const main = readFileSync(join(root, 'terraform', 'main.tf'), 'utf8');
  const variables = [...generatedRootFiles['variables.tf']().matchAll(/^variable "(\w+)"/gm)].map(([, name]) => name);

  expect(variables.length).toBeGreaterThan(15);
  expect(variables.filter((name) => !new RegExp(`^  ${name} += var\\.${name}$`, 'm').test(main))).toEqual([]);
});
