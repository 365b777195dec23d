import { PatternError } from './pattern-error.ts';
import { compileRule, type FieldRule, isLeaf, type Leaf } from './value-match.ts';

/** Whether a parsed event matches. */
export type EventTest = (event: unknown) => boolean;

/** The value of a field, or `undefined` if the event does not have it. */
type ValueTest = (value: unknown) => boolean;

/**
 * Compiles an EventBridge event pattern. All fields must match, with any entry of their arrays. An array in the event matches
 * if one of its elements does. `$or` chooses between patterns. Numbers are compared by value.
 *
 * @throws PatternError if EventBridge would reject the pattern
 */
export function compilePattern(json: string): EventTest {
  let pattern: unknown;
  try {
    pattern = JSON.parse(json);
  } catch (cause) {
    throw new PatternError('Pattern is not valid JSON', { cause });
  }
  if (!isObject(pattern)) throw new PatternError('Filter is not an object');
  return compileObject(pattern);
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function compileObject(pattern: JsonObject): ValueTest {
  const fields = Object.entries(pattern);
  if (fields.length === 0) throw new PatternError('Empty objects are not allowed');
  const tests = fields.map(([name, value]) => {
    if (name === '$or' && isChoice(value)) return anyOf(value.map(compileObject));
    const test = compileField(name, value);
    return (event: unknown) => test(isObject(event) && Object.hasOwn(event, name) ? event[name] : undefined);
  });
  return (value) => objectsIn(value).some((event) => tests.every((test) => test(event)));
}

/** A field that is not an object has no fields below it, so `exists: false` matches them. */
function objectsIn(value: unknown): readonly unknown[] {
  const objects = flatten(value).filter(isObject);
  return objects.length > 0 ? objects : [undefined];
}

function flatten(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.flatMap(flatten) : [value];
}

const reserved = ['exists', 'equals-ignore-case', 'prefix', 'suffix', 'anything-but', 'numeric', 'cidr', 'wildcard'];

/** `$or` is an ordinary field unless it contains two or more patterns. */
function isChoice(value: unknown): value is readonly JsonObject[] {
  return (
    Array.isArray(value) &&
    value.length >= 2 &&
    value.every((entry) => isObject(entry) && !Object.keys(entry).some((key) => reserved.includes(key)))
  );
}

function anyOf(tests: readonly ValueTest[]): ValueTest {
  return (value) => tests.some((test) => test(value));
}

function compileField(name: string, value: unknown): ValueTest {
  if (isObject(value)) return compileObject(value);
  if (!Array.isArray(value)) throw new PatternError(`"${name}" must be an object or an array`);
  if (value.length === 0) throw new PatternError('Empty arrays are not allowed');
  return anyOf(value.map((rule) => leafTest(compileRule(rule))));
}

function leafTest(rule: FieldRule): ValueTest {
  return (value) => {
    const leaves = flatten(value).filter((leaf): leaf is Leaf => isLeaf(leaf));
    return rule.kind === 'absent' ? leaves.length === 0 : leaves.some(rule.test);
  };
}
