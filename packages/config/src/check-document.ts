import { formats } from './formats.ts';
import { isRecord } from './is-record.ts';
import { reservedVariable } from './mapping-schema.ts';
import type { KeyProblem } from './problems.ts';

type Raw = Readonly<Record<string, unknown>>;

/**
 * What concerns several keys or items of one document. It looks at the document as it stands, so that these problems are
 * found beside those of single keys, and passes over what the schema refuses.
 */
export function checkDocument(raw: Raw): KeyProblem[] {
  return [
    ...checkExclusiveKeys(raw),
    ...checkDuplicates(raw),
    ...checkEnvironment(raw.environment),
    ...checkAllowedVariables(raw.allowOverrides),
    ...checkStrategy(raw.capacityProviderStrategy),
  ];
}

/** Keys of which a mapping has only one. */
export const exclusiveKeys = [
  ['launchType', 'capacityProviderStrategy'],
  ['targetGroupArn', 'targetGroups'],
] as const;

function checkExclusiveKeys(raw: Raw): KeyProblem[] {
  return exclusiveKeys
    .filter((keys) => keys.every((key) => Object.hasOwn(raw, key)))
    .map(([one, other]) => ({ path: [other], message: `excludes ${one}: only one of the two may be given` }));
}

const plainLists = ['subnets', 'securityGroups', 'dependsOn'];

function checkDuplicates(raw: Raw): KeyProblem[] {
  const allowed = isRecord(raw.allowOverrides) ? Object.entries(raw.allowOverrides) : [];
  return [
    ...plainLists.flatMap((key) => findDuplicates([key], raw[key])),
    ...allowed.flatMap(([key, list]) => findDuplicates(['allowOverrides', key], list)),
    ...findDuplicates(['capacityProviderStrategy'], raw.capacityProviderStrategy, 'capacityProvider'),
  ];
}

/** Items that stood in the list before; of objects, those whose `key` did. Other objects are passed over. */
function findDuplicates(path: readonly PropertyKey[], list: unknown, key?: string): KeyProblem[] {
  if (!Array.isArray(list)) return [];
  const identities = list.map((item) => (key !== undefined && isRecord(item) ? item[key] : item));
  return identities.flatMap((identity, index) => {
    const first = identities.indexOf(identity);
    if (first === index || typeof identity === 'object') return [];
    return [{ path: [...path, index], message: `repeats item ${first}` }];
  });
}

function checkEnvironment(environment: unknown): KeyProblem[] {
  if (!isRecord(environment)) return [];
  const names = Object.keys(environment);
  if (names.length === 0) {
    // Variables are merged one by one, so it would not take the defaults' away, as somebody may think.
    return [{ path: ['environment'], message: 'expected at least one variable, got an empty object' }];
  }
  return [
    ...(names.includes(reservedVariable) ? [reserved(['environment', reservedVariable])] : []),
    // The schema's record leaves this name out without a word.
    ...(names.includes('__proto__')
      ? [{ path: ['environment', '__proto__'], message: `expected ${formats.environmentVariable.expected}` }]
      : []),
  ];
}

function checkAllowedVariables(allowOverrides: unknown): KeyProblem[] {
  const names = isRecord(allowOverrides) ? allowOverrides.environment : undefined;
  if (!Array.isArray(names)) return [];
  const index = names.indexOf(reservedVariable);
  return index < 0 ? [] : [reserved(['allowOverrides', 'environment', index])];
}

function reserved(path: readonly PropertyKey[]): KeyProblem {
  return { path, message: `${reservedVariable} is reserved for start-engines itself` };
}

/** RunTask refuses several providers that all weigh nothing, and more than one base. */
function checkStrategy(strategy: unknown): KeyProblem[] {
  if (!Array.isArray(strategy)) return [];
  const items = strategy.filter(isRecord);
  const path = ['capacityProviderStrategy'];
  const isNothing = (value: unknown) => value === undefined || value === 0;
  return [
    ...(items.length > 1 && items.every(({ weight }) => isNothing(weight))
      ? [{ path, message: 'of several capacity providers at least one needs a weight above 0' }]
      : []),
    ...(items.filter(({ base }) => !isNothing(base)).length > 1
      ? [{ path, message: 'only one capacity provider may have a base' }]
      : []),
  ];
}
