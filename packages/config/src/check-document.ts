import { isFargateProvider, mostTaskTags } from '@start-engines/core';
import { type Format, formats } from './formats.ts';
import { isRecord } from './is-record.ts';
import { reservedVariable } from './mapping-schema.ts';
import type { KeyProblem } from './problems.ts';

type Raw = Readonly<Record<string, unknown>>;

/**
 * Checks several keys or items of one document together. It reads the raw document, so that these problems are reported together
 * with those of single keys, and skips what the schema refuses.
 */
export function checkDocument(raw: Raw): KeyProblem[] {
  return [
    ...checkExclusiveKeys(raw),
    ...checkDuplicates(raw),
    ...checkEnvironment(raw.environment),
    ...checkTags(raw.tags),
    ...checkPlatform(raw),
    ...checkAllowedVariables(raw.allowOverrides),
    ...checkStrategy(raw.capacityProviderStrategy),
  ];
}

/** Keys that exclude each other. */
export const exclusiveKeys = [
  ['launchType', 'capacityProviderStrategy'],
  ['targetGroupArn', 'targetGroups'],
  ['listenerRuleArn', 'targetGroups'],
] as const;

function checkExclusiveKeys(raw: Raw): KeyProblem[] {
  return exclusiveKeys
    .filter((keys) => keys.every((key) => Object.hasOwn(raw, key)))
    .map(([one, other]) => ({ path: [other], message: `excludes ${one}: only one of the two may be given` }));
}

const plainLists = ['subnets', 'securityGroups', 'dependsOn'];
const wakeLists = ['paths', 'ignorePaths', 'ignoreUserAgents', 'allowOrigins'];

function checkDuplicates(raw: Raw): KeyProblem[] {
  const allowed = isRecord(raw.allowOverrides) ? Object.entries(raw.allowOverrides) : [];
  return [
    ...plainLists.flatMap((key) => findDuplicates([key], raw[key])),
    ...allowed.flatMap(([key, list]) => findDuplicates(['allowOverrides', key], list)),
    ...wakeLists.flatMap((key) => findDuplicates(['wake', key], isRecord(raw.wake) ? raw.wake[key] : undefined)),
    ...findDuplicates(['capacityProviderStrategy'], raw.capacityProviderStrategy, 'capacityProvider'),
  ];
}

/** Duplicate items of a list. Objects are compared by `key`; objects without it are skipped. */
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
  const isReserved = isRecord(environment) && Object.hasOwn(environment, reservedVariable);
  return [
    ...checkMergedObject('environment', environment, 'variable', formats.environmentVariable),
    ...(isReserved ? [reserved(['environment', reservedVariable])] : []),
  ];
}

function checkTags(tags: unknown): KeyProblem[] {
  const count = isRecord(tags) ? Object.keys(tags).length : 0;
  return [
    ...checkMergedObject('tags', tags, 'tag', formats.tagKey),
    ...(count > mostTaskTags
      ? [{ path: ['tags'], message: `expected at most ${mostTaskTags} tags, got ${count}` }]
      : []),
  ];
}

/** Checks objects that are merged with the defaults entry by entry. */
function checkMergedObject(key: string, value: unknown, entry: string, { expected }: Format): KeyProblem[] {
  if (!isRecord(value)) return [];
  const names = Object.keys(value);
  // An empty object would not remove the entries of the defaults, although it looks that way.
  if (names.length === 0) return [{ path: [key], message: `expected at least one ${entry}, got an empty object` }];
  // The schema's record silently drops this name.
  return names.includes('__proto__') ? [{ path: [key, '__proto__'], message: `expected ${expected}` }] : [];
}

function checkPlatform(raw: Raw): KeyProblem[] {
  const reason = raw.platformVersion === undefined ? undefined : notFargate(raw);
  return reason === undefined ? [] : [{ path: ['platformVersion'], message: `is for Fargate only, and ${reason}` }];
}

/** Why the task will not run on Fargate; undefined when it will, or when the cluster decides. */
export function notFargate({ launchType, capacityProviderStrategy }: Raw): string | undefined {
  if (launchType === 'EC2') return 'launchType is EC2';
  const items = Array.isArray(capacityProviderStrategy) ? capacityProviderStrategy.filter(isRecord) : [];
  const other = items.find(isOther)?.capacityProvider;
  return other === undefined ? undefined : `capacityProviderStrategy names ${other}`;
}

function isOther({ capacityProvider }: Raw): boolean {
  return typeof capacityProvider === 'string' && !isFargateProvider(capacityProvider);
}

function checkAllowedVariables(allowOverrides: unknown): KeyProblem[] {
  const names = isRecord(allowOverrides) ? allowOverrides.environment : undefined;
  if (!Array.isArray(names)) return [];
  const index = names.indexOf(reservedVariable);
  return index < 0 ? [] : [reserved(['allowOverrides', 'environment', index])];
}

function reserved(path: readonly PropertyKey[]): KeyProblem {
  return { path, message: `${reservedVariable} is reserved for start-engines` };
}

/** RunTask refuses several providers that all have weight 0, more than one base, and Fargate together with others. */
function checkStrategy(strategy: unknown): KeyProblem[] {
  if (!Array.isArray(strategy)) return [];
  const items = strategy.filter(isRecord);
  const path = ['capacityProviderStrategy'];
  const isNothing = (value: unknown) => value === undefined || value === 0;
  return [
    ...(items.length > 1 && items.every(({ weight }) => isNothing(weight))
      ? [{ path, message: 'needs at least one capacity provider with a weight above 0' }]
      : []),
    ...(items.filter(({ base }) => !isNothing(base)).length > 1
      ? [{ path, message: 'only one capacity provider may have a base' }]
      : []),
    ...(items.some(isOther) && items.some((item) => isFargateProvider(String(item.capacityProvider)))
      ? [{ path, message: 'FARGATE and FARGATE_SPOT cannot be combined with other capacity providers' }]
      : []),
  ];
}
