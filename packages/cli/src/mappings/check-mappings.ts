import { formatProblems, mergeMapping, type ParsedDocument } from '@start-engines/config';
import type { MappingProblem, ServiceMapping } from '@start-engines/core';
import type { CommandContext } from '../command-context.ts';
import { createAwsCheck } from './check-against-aws.ts';
import { defaultsName, type MappingName } from './mapping-name.ts';
import { environmentOf, isMask } from './mask-secrets.ts';

/** A document to check, with its place in Parameter Store. */
export interface Candidate {
  readonly name: MappingName;
  readonly parsed: ParsedDocument;
}

/** The result of checking documents. */
export interface CheckOutcome {
  readonly problems: readonly MappingProblem[];
  /** What could not be checked, and why; such as an envelope that is not published. */
  readonly remarks: readonly string[];
}

/**
 * Checks documents against the schema, against each other, and against AWS: task definition, port, target groups,
 * subnets, cluster, the function's envelope. Defaults are checked with every service that they affect.
 *
 * @param others The other documents in Parameter Store.
 * @throws StartEnginesError an AWS code: what cannot be read does not count as valid
 */
export async function checkMappings(
  context: CommandContext,
  candidates: readonly Candidate[],
  others: readonly Candidate[],
  options: { readonly offline: boolean },
): Promise<CheckOutcome> {
  const ownProblems = candidates.flatMap(({ parsed }) => [...parsed.problems, ...findMasks(parsed)]);
  const given = new Set(candidates.map(({ name }) => name));
  const all = [...candidates, ...others.filter(({ name }) => !given.has(name))];
  const defaults = all.find(({ name }) => name === defaultsName)?.parsed;
  const services = all.filter(({ name }) => name !== defaultsName);
  const concerned = services.filter(({ name }) => given.has(name) || given.has(defaultsName));
  const merged = concerned.map(({ name, parsed }) => ({ name, parsed, ...mergeMapping(defaults, parsed, name) }));
  const mergeProblems = merged
    .filter(({ parsed }) => given.has(defaultsName) || parsed.problems.length === 0)
    // A service that was invalid before is not the fault of the defaults.
    .filter(({ name, parsed }) => given.has(name) || parsed.problems.length === 0)
    .flatMap(({ problems }) => problems);
  const known = new Set(services.map(({ name }) => name));
  const whole = merged.flatMap(({ name, parsed, mapping }) =>
    mapping === undefined ? [] : [{ name, parsed, mapping }],
  );
  const lost = whole.flatMap(({ parsed, mapping }) => findLostDependencies(mapping, parsed, known));
  const problems = unique([...ownProblems, ...mergeProblems, ...lost]);
  if (options.offline || problems.length > 0) return { problems, remarks: [] };
  const check = await createAwsCheck(context);
  const found: MappingProblem[] = [];
  for (const { name, parsed, mapping } of whole) {
    const sourceOf = (key: string) =>
      [parsed, defaults].find((one) => one?.raw !== undefined && key in one.raw) ?? parsed;
    for (const { key, message } of await check.check(mapping)) {
      const service = given.has(name) ? '' : ` (for ${name})`;
      found.push({ ...sourceOf(key).reference, key, message: `${message}${service}` });
    }
  }
  return { problems: unique(found), remarks: check.remarks() };
}

/** A placeholder that `get` printed and that was put as the value. */
function findMasks({ raw, reference }: ParsedDocument): readonly MappingProblem[] {
  return Object.entries(environmentOf(raw ?? {}))
    .filter(([, value]) => isMask(value))
    .map(([name]) => ({
      ...reference,
      key: `environment.${name}`,
      message: 'is the placeholder of a hidden secret, not its value: use get --output or --reveal',
    }));
}

function findLostDependencies(
  { dependsOn }: ServiceMapping,
  { reference }: ParsedDocument,
  known: ReadonlySet<string>,
): readonly MappingProblem[] {
  return dependsOn
    .filter((name) => !known.has(name))
    .map((name) => ({ ...reference, key: 'dependsOn', message: `there is no service ${name}` }));
}

function unique(problems: readonly MappingProblem[]): readonly MappingProblem[] {
  const byText = new Map(problems.map((problem) => [formatProblems([problem]), problem]));
  return [...byText.values()];
}

/** A problem on one line: parameter, key, message. A file has no version. */
export function describeProblem({ parameter, version, key, message }: MappingProblem): string {
  const where = version === 0 ? parameter : `${parameter} version ${version}`;
  return `${where}: ${key === '' ? '' : `${key}: `}${message}`;
}
