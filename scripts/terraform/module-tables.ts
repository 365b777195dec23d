import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tasks.ts';

const source = join(root, 'terraform');

/** The folders below `terraform/` whose README ends with tables of inputs and outputs; `.` is the root module. */
export function foldersWithTables(): string[] {
  const below = (folder: string) => readdirSync(join(source, folder)).map((name) => `${folder}/${name}`);
  return ['.', ...below('modules'), ...below('examples')];
}

/** The path of a folder's README. */
export function pageOf(folder: string): string {
  return join(source, folder, 'README.md');
}

/** A README without its tables. */
export function withoutTables(page: string): string {
  return page.replace(/^## Inputs\n.*/ms, '').trimEnd();
}

/** The files with a folder's variables: `variables.tf` and, in large modules, `variables-<subject>.tf`. */
export function variableFilesOf(folder: string): string[] {
  const further = readdirSync(join(source, folder)).filter((name) => /^variables-.+\.tf$/.test(name));
  return ['variables.tf', ...further.sort()];
}

/** The tables of a module, from its variables and outputs as `terraform fmt` formats them. */
export function renderTables(folder: string): string {
  const variables = variableFilesOf(folder).flatMap((file) => blocksOf(folder, file, 'variable'));
  const inputs = variables.map(({ name, text }) =>
    row(`\`${name}\``, `\`${shortType(text)}\``, shortDefault(text), summaryOf(text)),
  );
  const attributes = variables.flatMap(({ name, text }) => {
    const list = attributesOf(text);
    return list === '' ? [] : [`\nAttributes of \`${name}\`:\n`, list];
  });
  const outputs = blocksOf(folder, 'outputs.tf', 'output').map(({ name, text }) => row(`\`${name}\``, summaryOf(text)));
  return [
    '## Inputs\n',
    row('name', 'type', 'default', ''),
    row('---', '---', '---', '---'),
    ...inputs,
    ...attributes,
    '\n## Outputs\n',
    row('name', ''),
    row('---', '---'),
    ...outputs,
  ].join('\n');
}

/** The root passes every variable to its module, so these two files are generated from the module's. */
export const generatedRootFiles = {
  'variables.tf': renderRootVariables,
  'outputs.tf': renderRootOutputs,
};

const wrapped = join('modules', 'start-engines');
const generated = '# Generated from modules/start-engines: node scripts/terraform/write-tables.ts\n';

/** The module's variables without their validations, which the module checks, and without the workspace, which Terraform provides. */
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

export interface Block {
  readonly name: string;
  readonly text: string;
}

export function blocksOf(folder: string, file: string, kind: string): Block[] {
  const path = join(source, folder, file);
  if (!existsSync(path)) return [];
  const pattern = new RegExp(`^${kind} "(\\w+)" \\{\\n(.*?)^\\}`, 'gms');
  return [...readFileSync(path, 'utf8').matchAll(pattern)].map(([, name = '', text = '']) => ({ name, text }));
}

/** A description's lines. In a heredoc, the first one is the summary, and the list of an object's attributes follows. */
function descriptionOf(text: string): string[] {
  const [, heredoc] = /^ {2}description += <<-EOT\n(.*?)^ {2}EOT$/ms.exec(text) ?? [];
  if (heredoc !== undefined) return heredoc.trimEnd().replaceAll(/^ {4}/gm, '').split('\n');
  const [, description = ''] = /^ {2}description += "(.*)"$/m.exec(text) ?? [];
  return [description.replaceAll('\\"', '"')];
}

function summaryOf(text: string): string {
  return descriptionOf(text)[0] ?? '';
}

/** The Markdown list of an object's attributes, with their defaults; empty for other types. */
function attributesOf(text: string): string {
  const defaults = new Map(declaredAttributes(text).map(({ name, value }) => [name, value]));
  const items = descriptionOf(text)
    .slice(1)
    .join('\n')
    .split(/\n(?=- )/);
  return items
    .map((item) => {
      const value = defaults.get(documentedName(item));
      return value === undefined ? item : `${item} Default \`${value}\`.`;
    })
    .join('\n');
}

interface Attribute {
  /** With the names of the objects around it: `scopes.read`. */
  readonly name: string;
  /** Its default; none if it is required, or null, empty or an object by default. */
  readonly value?: string;
}

/** The attributes that a variable's type declares, at every level. */
export function declaredAttributes(text: string): Attribute[] {
  const [, type = ''] = /^ {2}type += (.*?)(?=^ {2}[a-z]|$(?![\s\S]))/ms.exec(text) ?? [];
  const path: string[] = [];
  return [...type.matchAll(/^( {4,})(\w+) += (.*)$/gm)].map(([, indent = '', last = '', declared = '']) => {
    path.splice(indent.length / 2 - 2, path.length, last);
    const [, value] = /^optional\([^{]+?, ([^{}\]]+|\[.+\])\)$/.exec(declared) ?? [];
    return { name: path.join('.'), ...(value !== undefined && { value }) };
  });
}

/** The attributes that a variable's description documents. */
export function documentedAttributes(text: string): string[] {
  return descriptionOf(text)
    .map(documentedName)
    .filter((name) => name !== '');
}

function documentedName(item: string): string {
  return /^- `([\w.]+)`: ./.exec(item)?.[1] ?? '';
}

/** The type of a variable without the attributes of objects, which are listed below the table. */
function shortType(text: string): string {
  const [, type = ''] = /^ {2}type += (.*)$/m.exec(text) ?? [];
  return type.replace('object({', 'object').replace(/^(\w+)\(object$/, '$1(object)');
}

function shortDefault(text: string): string {
  const [, value] = /^ {2}default += (.*)$/m.exec(text) ?? [];
  return value === undefined ? 'required' : `\`${value}\``;
}
