import { mappingBounds } from './contract.ts';
import { StartEnginesError } from './errors.ts';
import { correlationIdPattern } from './identity.ts';
import { isPastMoment } from './moments.ts';
import { targetGroupArnPattern, type WaitFor } from './service-mapping.ts';
import { type FactsProblem, type LaunchFacts, type Task, taskIdOf } from './task.ts';

/**
 * The variable in the container override that holds a task's launch facts. An override is in RunTask's own reply, and outlives
 * StopTask, which deletes tags (docs/adr/0003).
 */
export const launchFactsVariable = 'START_ENGINES_LAUNCH_FACTS';

const formatVersion = 1;

/** The most characters that RunTask accepts for all overrides together. */
const longestText = 8_192;

/** Whether this system can have written the value. `now` is in milliseconds since the epoch. */
type Check = (value: unknown, now: number) => boolean;

/**
 * The bounds of every launch fact, because anyone who may call RunTask can write them. To add a fact, add it to `LaunchFacts`
 * and here; a fact that older tasks do not carry is `optional`.
 */
const checks: { readonly [Name in keyof LaunchFacts]-?: Check } = {
  launchId: text(/^[\x21-\x7e]{1,64}$/),
  // 8,192 characters hold no more.
  targets: listOf(isTarget, 1, 64),
  waitFor: oneOf(['none', 'running', 'healthy'] satisfies WaitFor[]),
  deadline: (value, now) => isPastMoment(value, now + mappingBounds.startTimeoutSeconds.most * 1_000),
  startTimeoutSeconds: optional(within(mappingBounds.startTimeoutSeconds)),
  healthyTimeoutSeconds: within(mappingBounds.healthyTimeoutSeconds),
  drainSeconds: within(mappingBounds.drainSeconds),
  exclusiveTargetGroup: (value) => typeof value === 'boolean',
  asked: isPastMoment,
  launchedAt: optional(isPastMoment),
  correlationId: text(correlationIdPattern),
  mappingVersions: optional(isMappingVersions),
  generation: optional(isGeneration),
  tries: optional(within({ least: 1, most: 9_999 })),
  wake: optional(oneOf([true])),
  leaseUntil: optional((value, now) => isPastMoment(value, now + mappingBounds.leaseSeconds.most * 1_000)),
  fingerprints: recordOf(/^[\w.-]{1,280}$/, /^[\w-]{1,64}$/),
  mac: optional(text(/^[\w-]{43}$/)),
};

const names = Object.keys(checks) as (keyof LaunchFacts)[];

/**
 * The facts as one short line of JSON.
 *
 * @param macOf Computes their MAC from the facts as they are written.
 * @throws StartEnginesError `Internal` for facts that could not be read back: their task would be foreign.
 */
export function encodeLaunchFacts(facts: LaunchFacts, macOf?: (written: WrittenFacts) => string): string {
  const field = outOfBounds({ ...facts }, Number.POSITIVE_INFINITY);
  if (field !== undefined) {
    throw new StartEnginesError('Internal', `The launch fact ${field} is out of bounds, so no task is launched.`, {
      context: { field, launchId: facts.launchId },
    });
  }
  const written = { v: formatVersion, ...facts };
  return JSON.stringify(macOf === undefined ? written : { ...written, mac: macOf(written) });
}

/** The JSON object of the variable. It may hold facts of a later version. */
export type WrittenFacts = Readonly<Record<string, unknown>>;

/** The facts in a task's variable, or why they cannot be used. */
export type FactsReading =
  | { readonly facts: LaunchFacts; readonly problem?: undefined }
  | { readonly facts?: undefined; readonly problem: FactsProblem };

/**
 * Reads the facts from the variable's value. Anything that this system did not write is returned as a problem, never thrown.
 *
 * @param now Milliseconds since the epoch.
 * @param isAuthentic Whether this system wrote them. Without it they are unverified.
 */
export function readLaunchFacts(
  value: string | undefined,
  now: number,
  isAuthentic: (written: WrittenFacts) => boolean = () => true,
): FactsReading {
  if (value === undefined) return { problem: { kind: 'missing' } };
  const written = value.length > longestText ? undefined : parseObject(value);
  if (written === undefined || written.v !== formatVersion) return { problem: { kind: 'unreadable' } };
  const field = outOfBounds(written, now);
  if (field !== undefined) return { problem: { kind: 'unreadable', field } };
  if (!isAuthentic(written)) return { problem: { kind: 'unauthentic' } };
  const known = names.filter((name) => written[name] !== undefined).map((name) => [name, written[name]]);
  return { facts: Object.fromEntries(known) };
}

/** What is wrong with a task's launch facts, as a predicate: `Task … carries …`. */
export function factsProblemOf({ factsProblem: problem = { kind: 'missing' } }: Pick<Task, 'factsProblem'>): string {
  switch (problem.kind) {
    case 'missing':
      return 'carries no launch facts';
    case 'unreadable':
      return problem.field === undefined
        ? 'carries launch facts that this version cannot read'
        : `carries launch facts whose ${problem.field} is out of bounds`;
    case 'unauthentic':
      return 'carries launch facts that start-engines did not write for it';
    case 'copied':
      return `carries the launch facts of task ${taskIdOf(problem.from)}`;
  }
}

/** The first fact that is out of bounds, by name. */
function outOfBounds(written: Readonly<Record<string, unknown>>, now: number): string | undefined {
  return names.find((name) => !checks[name](written[name], now));
}

function parseObject(json: string): WrittenFacts | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function optional(check: Check): Check {
  return (value, now) => value === undefined || check(value, now);
}

function text(pattern: RegExp): Check {
  return (value) => typeof value === 'string' && pattern.test(value);
}

function oneOf(values: readonly unknown[]): Check {
  return (value) => values.includes(value);
}

function within({ least, most }: { readonly least: number; readonly most: number }): Check {
  return (value) => typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

function listOf(check: Check, least: number, most: number): Check {
  return (value, now) =>
    Array.isArray(value) && value.length >= least && value.length <= most && value.every((item) => check(item, now));
}

function recordOf(key: RegExp, value: RegExp): Check {
  const isText = text(value);
  return (record, now) =>
    isRecord(record) && Object.entries(record).every(([name, item]) => key.test(name) && isText(item, now));
}

function isTarget(value: unknown, now: number): boolean {
  return (
    isRecord(value) &&
    text(targetGroupArnPattern)(value.targetGroupArn, now) &&
    within(mappingBounds.port)(value.port, now)
  );
}

/** A predecessor's ARN or `none`, and an attempt's number or UTC minute. */
function isGeneration(value: unknown, now: number): boolean {
  return (
    isRecord(value) &&
    text(/^(?:none|arn:[\w:/-]{1,400})$/)(value.predecessor, now) &&
    (within({ least: 0, most: 99 })(value.attempt, now) || text(/^[\w:-]{1,32}$/)(value.attempt, now))
  );
}

function isMappingVersions(value: unknown, now: number): boolean {
  const isVersion = within({ least: 0, most: Number.MAX_SAFE_INTEGER });
  return isRecord(value) && isVersion(value.service, now) && optional(isVersion)(value.defaults, now);
}
