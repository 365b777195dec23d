import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tasks.ts';

const source = join(root, 'terraform');

/** The folders below `terraform/` whose page ends with tables of what goes in and comes out; `.` is the root module. */
export function foldersWithTables(): string[] {
  const below = (folder: string) => readdirSync(join(source, folder)).map((name) => `${folder}/${name}`);
  return ['.', ...below('modules'), ...below('examples')];
}

/** The path of a folder's page. */
export function pageOf(folder: string): string {
  return join(source, folder, 'README.md');
}

/** A page's own words, without its tables. */
export function withoutTables(page: string): string {
  return page.replace(/^## Inputs\n.*/ms, '').trimEnd();
}

/** The files of a folder that hold its variables: `variables.tf`, then one for each subject where that would be too long. */
export function variableFilesOf(folder: string): string[] {
  const further = readdirSync(join(source, folder)).filter((name) => /^variables-.+\.tf$/.test(name));
  return ['variables.tf', ...further.sort()];
}

/** The tables of a module, from its variables and outputs as `terraform fmt` leaves them. */
export function renderTables(folder: string): string {
  const variables = variableFilesOf(folder).flatMap((file) => blocksOf(folder, file, 'variable'));
  const inputs = variables.map(({ name, text }) =>
    row(`\`${name}\``, `\`${shortType(text)}\``, shortDefault(text), descriptionOf(text)),
  );
  const outputs = blocksOf(folder, 'outputs.tf', 'output').map(({ name, text }) =>
    row(`\`${name}\``, descriptionOf(text)),
  );
  return [
    '## Inputs\n',
    row('name', 'type', 'default', ''),
    row('---', '---', '---', '---'),
    ...inputs,
    '\n## Outputs\n',
    row('name', ''),
    row('---', '---'),
    ...outputs,
  ].join('\n');
}

/** The root passes every variable of its module through, so these two files of it follow from the module's. */
export const generatedRootFiles = {
  'variables.tf': renderRootVariables,
  'outputs.tf': renderRootOutputs,
};

const wrapped = join('modules', 'start-engines');
const generated = '# Generated from modules/start-engines: node scripts/terraform/write-tables.ts\n';

/** The module's variables without their validations, which the module makes. The workspace is Terraform's own. */
function renderRootVariables(): string {
  const variables = variableFilesOf(wrapped)
    .flatMap((file) => blocksOf(wrapped, file, 'variable'))
    .filter(({ name }) => name !== 'workspace');
  const withoutValidations = (text: string) =>
    text.replaceAll(/^(?: {2}#.*\n)*^ {2}validation \{\n.*?^ {2}\}\n/gms, '').trimEnd();
  return [generated, ...variables.map(({ name, text }) => `variable "${name}" {\n${withoutValidations(text)}\n}\n`)]
    .join('\n')
    .replace('\n\n', '\n');
}

function renderRootOutputs(): string {
  const outputs = blocksOf(wrapped, 'outputs.tf', 'output').map(
    ({ name, text }) =>
      `output "${name}" {\n  description = "${/^ {2}description += "(.*)"$/m.exec(text)?.[1]}"\n  value       = module.start_engines.${name}\n}\n`,
  );
  return [generated, ...outputs].join('\n').replace('\n\n', '\n');
}

function row(...cells: readonly string[]): string {
  return `|${cells.map((cell) => ` ${cell.replaceAll('|', '\\|')} `.replace(/^ {2}$/, ' ')).join('|')}|`;
}

interface Block {
  readonly name: string;
  readonly text: string;
}

function blocksOf(folder: string, file: string, kind: string): Block[] {
  const path = join(source, folder, file);
  if (!existsSync(path)) return [];
  const pattern = new RegExp(`^${kind} "(\\w+)" \\{\\n(.*?)^\\}`, 'gms');
  return [...readFileSync(path, 'utf8').matchAll(pattern)].map(([, name = '', text = '']) => ({ name, text }));
}

function descriptionOf(text: string): string {
  const [, description = ''] = /^ {2}description += "(.*)"$/m.exec(text) ?? [];
  return description.replaceAll('\\"', '"');
}

/** What a variable holds, without the attributes of objects: those are in the source, with their own comments. */
function shortType(text: string): string {
  const [, type = ''] = /^ {2}type += (.*)$/m.exec(text) ?? [];
  return type.replace('object({', 'object').replace(/^(\w+)\(object$/, '$1(object)');
}

function shortDefault(text: string): string {
  const [, value] = /^ {2}default += (.*)$/m.exec(text) ?? [];
  return value === undefined ? 'required' : `\`${value}\``;
}
