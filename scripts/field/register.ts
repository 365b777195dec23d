import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tasks.ts';

/** How a fact about AWS was verified before any field test. `unverified`: no published source confirms it. */
export type Verification = 'botocore' | 'moto' | 'documentation' | 'unverified';

/** A statement about AWS that the code relies on or that the sandbox simulates. */
export interface Fact {
  readonly id: string;
  readonly area: string;
  readonly statement: string;
  /** The page of AWS that documents it or comes closest. */
  readonly source: string;
  readonly verified: Verification;
  /** The date of the field test that last confirmed it in an AWS account, such as `2026-12-01`. */
  readonly field?: string;
}

/** Where the markers of the facts are, by fact. Paths are relative to the repository. */
export type Uses = ReadonlyMap<string, readonly string[]>;

const marker = /\bAWS-\d{3}\b/g;

export function readFacts(): readonly Fact[] {
  return JSON.parse(readFileSync(join(root, 'scripts', 'field', 'facts.json'), 'utf8'));
}

/** All markers in the sources of the packages, in Terraform and in the probes. */
export function findUses(): Uses {
  const packages = readdirSync(join(root, 'packages')).map((name) => join('packages', name, 'src'));
  return usesIn([...packages, 'terraform', join('scripts', 'field', 'probes')].flatMap(readFolder));
}

interface SourceFile {
  readonly path: string;
  readonly text: string;
}

function readFolder(folder: string): readonly SourceFile[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => /\.(ts|mjs|js|tf)$/.test(file) && !/(^|[\\/])(\.terraform|node_modules|dist)[\\/]/.test(file))
    .map((file) => join(folder, file))
    .map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(join(root, path), 'utf8') }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

export function usesIn(files: readonly SourceFile[]): Uses {
  const uses = new Map<string, string[]>();
  for (const { path, text } of files) {
    for (const id of new Set(text.match(marker) ?? [])) uses.set(id, [...(uses.get(id) ?? []), path]);
  }
  return uses;
}

const isProbe = (path: string) => path.startsWith('scripts/field/');
const isSandbox = (path: string) => path.startsWith('packages/sandbox/');

/** Markers without an entry, entries without a marker in the code, and duplicate IDs. */
export function registerProblems(facts: readonly Fact[], uses: Uses): readonly string[] {
  const known = new Set(facts.map(({ id }) => id));
  return [
    ...facts
      .filter(({ id }, index) => facts.findIndex((fact) => fact.id === id) !== index)
      .map(({ id }) => `${id} is in the register twice`),
    ...[...uses].flatMap(([id, paths]) =>
      known.has(id) ? [] : paths.map((path) => `${path} names ${id}, which the register does not have`),
    ),
    ...facts.filter(({ id }) => !uses.get(id)?.some((path) => !isProbe(path))).map(({ id }) => `no code names ${id}`),
  ];
}

/** The part of a field report that the register uses. */
interface RecordedReport {
  readonly target: 'account' | 'endpoint';
  readonly endedAt: string;
  readonly facts: readonly { readonly id: string; readonly outcome: string }[];
}

/**
 * The facts with the date of the report, where it confirmed them. A fact that differs loses its earlier date.
 *
 * @throws Error for a report of an emulator, which says nothing about AWS
 */
export function recordReport(facts: readonly Fact[], report: RecordedReport): readonly Fact[] {
  if (report.target !== 'account') throw new Error('This report is about an emulator and confirms nothing about AWS.');
  const outcomes = new Map(report.facts.map(({ id, outcome }) => [id, outcome]));
  return facts.map(({ field, ...fact }) => {
    const outcome = outcomes.get(fact.id);
    const date = outcome === 'holds' ? report.endedAt.slice(0, 10) : outcome === 'differs' ? undefined : field;
    return date === undefined ? fact : { ...fact, field: date };
  });
}

const levels: Readonly<Record<Verification, string>> = {
  botocore: 'botocore shape',
  moto: 'moto',
  documentation: 'documentation only',
  unverified: 'nothing published confirms it',
};

function describeVerification({ verified, field }: Fact): string {
  return field === undefined ? levels[verified] : `field (${field})`;
}

/** `docs/aws-facts.md`. */
export function renderPage(facts: readonly Fact[], uses: Uses): string {
  const areas = [...new Set(facts.map(({ area }) => area))];
  const sections = areas.map((area) => {
    const rows = facts.filter((fact) => fact.area === area).map((fact) => renderRow(fact, uses.get(fact.id) ?? []));
    const head = [
      '| ID | AWS … | verified by | relied on in | simulated in | probe |',
      '| --- | --- | --- | --- | --- | --- |',
    ];
    return [`## ${area}`, '', ...head, ...rows, ''].join('\n');
  });
  return `${intro(facts)}\n${sections.join('\n')}`;
}

function intro(facts: readonly Fact[]): string {
  const counted = Object.entries(levels).map(([level, name]) => {
    const count = facts.filter(({ verified, field }) => field === undefined && verified === level).length;
    return `| ${name} | ${count} |`;
  });
  const field = facts.filter((fact) => fact.field !== undefined).length;
  return `# Facts about AWS

Generated from [scripts/field/facts.json](../scripts/field/facts.json) by \`npm run aws-facts\`; do not edit it.

start-engines relies on the statements below. A comment in the code names the ID of the fact that the code relies on, and a
comment in the sandbox the ID of the fact that it simulates. [The field test](field-test.md) checks the facts that have a probe.

| verified by | facts |
| --- | --- |
| an AWS account | ${field} |
${counted.join('\n')}
`;
}

function renderRow(fact: Fact, paths: readonly string[]): string {
  const links = (wanted: (path: string) => boolean) =>
    paths
      .filter(wanted)
      .map((path) => `[${shortened(path)}](../${path})`)
      .join(', ');
  const code = links((path) => !isProbe(path) && !isSandbox(path));
  const statement = `${fact.statement.replaceAll('|', '\\|').replaceAll('<', '&lt;')} ([source](${fact.source}))`;
  return `| ${fact.id} | ${statement} | ${describeVerification(fact)} | ${code} | ${links(isSandbox)} | ${links(isProbe)} |`;
}

function shortened(path: string): string {
  return path
    .replace(/^packages\/([^/]+)\/src\//, '$1/')
    .replace(/^terraform\/modules\//, 'terraform/')
    .replace(/^scripts\/field\/probes\//, '');
}

const [begin, end] = ['<!-- generated by npm run aws-facts -->', '<!-- end of the generated text -->'];

/**
 * The README with the current numbers of facts.
 *
 * @throws Error if the README has no place for them
 */
export function withMaturity(readme: string, facts: readonly Fact[]): string {
  const [before, rest] = splitAt(readme, begin);
  const [, after] = splitAt(rest, end);
  return `${before}${begin}\n${describeMaturity(facts)}\n${end}${after}`;
}

function splitAt(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  if (at === -1) throw new Error(`README.md does not contain "${separator}".`);
  return [text.slice(0, at), text.slice(at + separator.length)];
}

function describeMaturity(facts: readonly Fact[]): string {
  const dates = facts.flatMap(({ field }) => field ?? []).sort();
  const unverified = facts.filter(({ verified, field }) => verified === 'unverified' && field === undefined).length;
  const history = dates.length === 0 ? '**It has never run in a real AWS account.** ' : '';
  const last = dates.length === 0 ? '' : ` The last field test was on ${dates.at(-1)}.`;
  return `${history}The code relies on [${facts.length} facts about AWS](docs/aws-facts.md). Of these, ${dates.length} were verified in an
AWS account, and nothing published confirms ${unverified}.${last}`;
}
