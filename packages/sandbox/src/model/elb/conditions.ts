import { list, openStructure, type Shaped, string } from '../shape.ts';
import { validationError } from './elb-operation.ts';
import { matchesRegex } from './match-regex.ts';

const patterns = { Values: list(string), RegexValues: list(string) };

export const conditionsShape = list(
  openStructure({
    Field: string,
    ...patterns,
    PathPatternConfig: openStructure(patterns),
    HostHeaderConfig: openStructure(patterns),
    HttpRequestMethodConfig: openStructure(patterns),
    HttpHeaderConfig: openStructure({ HttpHeaderName: string, ...patterns }),
    QueryStringConfig: openStructure({ Values: list(openStructure({ Key: string, Value: string })) }),
    SourceIpConfig: openStructure(patterns),
  }),
);

/** A condition of a rule that the sandbox can evaluate. One of its values must match. */
type Test =
  | { readonly field: 'path-pattern' | 'host-header' | 'http-request-method'; readonly texts: Texts }
  | { readonly field: 'http-header'; readonly name: string; readonly texts: Texts }
  | { readonly field: 'query-string'; readonly pairs: readonly { readonly Key?: string; readonly Value?: string }[] }
  | { readonly field: 'not-modelled' };

interface Texts {
  readonly values: readonly string[];
  readonly regexes: readonly string[];
}

export interface Condition {
  /** The condition as returned by DescribeRules, including unknown members. */
  readonly shown: Readonly<Record<string, unknown>> & { readonly Field: string };
  readonly test: Test;
}

/** The parts of a request that rules evaluate. `path` has no query. */
export interface RequestToMatch {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

type ConditionInput = Shaped<typeof conditionsShape>[number];

/** @throws `AwsError` for an invalid condition */
export function readConditions(input: Shaped<typeof conditionsShape>): readonly Condition[] {
  if (input.length === 0) throw validationError('A condition must be specified');
  const total = input.reduce((sum, condition) => sum + countValues(condition), 0);
  if (total > 5) throw validationError("A rule can only have '5' condition values");
  return input.map(readCondition);
}

const configs = {
  'path-pattern': 'PathPatternConfig',
  'host-header': 'HostHeaderConfig',
  'http-header': 'HttpHeaderConfig',
  'query-string': 'QueryStringConfig',
  'http-request-method': 'HttpRequestMethodConfig',
  'source-ip': 'SourceIpConfig',
} as const;
type Field = keyof typeof configs;

function isField(field: string | undefined): field is Field {
  return field !== undefined && Object.hasOwn(configs, field);
}

function countValues(input: ConditionInput): number {
  const { Field: field } = input;
  if (!isField(field)) return 0;
  if (field === 'query-string') return input.QueryStringConfig?.Values?.length ?? 0;
  const { values, regexes } = textsOf(field, input);
  return values.length + regexes.length;
}

/** Path and host may also be given in the condition itself. */
function textsOf(field: Exclude<Field, 'query-string'>, input: ConditionInput): Texts {
  const config = input[configs[field]];
  const mayStandOutside = field === 'path-pattern' || field === 'host-header';
  return {
    values: config?.Values ?? (mayStandOutside ? input.Values : undefined) ?? [],
    regexes: config?.RegexValues ?? input.RegexValues ?? [],
  };
}

function readCondition(input: ConditionInput): Condition {
  const { Field: field } = input;
  if (!isField(field)) {
    throw validationError(`Condition field '${field}' must be one of '[${Object.keys(configs).join(', ')}]'`);
  }
  const test = readTest(field, input);
  const isPlain =
    (field === 'path-pattern' || field === 'host-header') && 'texts' in test && test.texts.values.length > 0;
  const legacy = isPlain
    ? { Values: test.texts.values, [configs[field]]: { ...input[configs[field]], Values: test.texts.values } }
    : {};
  const known: readonly string[] = ['Field', 'Values', 'RegexValues', configs[field]];
  const knownInside = new Set(['Values', 'RegexValues', 'HttpHeaderName']);
  const isKnown =
    Object.keys(input).every((name) => known.includes(name)) &&
    Object.keys(input[configs[field]] ?? {}).every((name) => knownInside.has(name));
  return { shown: { ...input, ...legacy, Field: field }, test: isKnown ? test : { field: 'not-modelled' } };
}

function readTest(field: Field, input: ConditionInput): Test {
  switch (field) {
    case 'query-string':
      return { field, pairs: input.QueryStringConfig?.Values ?? [] };
    case 'source-ip':
      checkTexts(field, textsOf(field, input));
      return { field: 'not-modelled' };
    case 'http-header':
      return {
        field,
        name: input.HttpHeaderConfig?.HttpHeaderName ?? '',
        texts: checkTexts(field, textsOf(field, input)),
      };
    case 'path-pattern':
      return { field, texts: checkPaths(textsOf(field, input)) };
    default:
      return { field, texts: checkTexts(field, textsOf(field, input)) };
  }
}

function checkTexts(field: string, texts: Texts): Texts {
  const given = [...texts.values, ...texts.regexes];
  if (given.length === 0) throw validationError(`A condition value must be specified for '${field}'`);
  const long = given.find((value) => value.length === 0 || value.length > 128);
  if (long !== undefined) throw validationError(`The condition value '${long}' must have 1 to 128 characters`);
  return texts;
}

function checkPaths(texts: Texts): Texts {
  const wrong = checkTexts('path-pattern', texts).values.find((path) => !/^[A-Za-z0-9_\-.$/~"'@:+&*?]+$/.test(path));
  if (wrong !== undefined) throw validationError(`The path pattern '${wrong}' is not valid`);
  return texts;
}

/** Whether a request meets a condition. `undefined` if the sandbox cannot evaluate it and so must not route the request. */
export function meetsCondition({ test }: Condition, request: RequestToMatch): boolean | undefined {
  switch (test.field) {
    case 'path-pattern':
      return matchesOne(test.texts, request.path, false);
    case 'host-header':
      return matchesOne(test.texts, request.host.replace(/:\d+$/, ''), true);
    case 'http-request-method':
      return test.texts.values.includes(request.method);
    case 'http-header': {
      const given = [request.headers[test.name.toLowerCase()] ?? []].flat();
      return firstTruth(given.map((value) => matchesOne(test.texts, value, true)));
    }
    case 'query-string': {
      const given = [...new URLSearchParams(request.query)].map((pair) => pair.map((part) => part.toLowerCase()));
      return test.pairs.some(({ Key, Value = '' }) =>
        given.some(
          ([key = '', value = '']) =>
            (Key === undefined || matchesPattern(Key.toLowerCase(), key)) && matchesPattern(Value.toLowerCase(), value),
        ),
      );
    }
    case 'not-modelled':
      return undefined;
  }
}

function matchesOne({ values, regexes }: Texts, text: string, ignoresCase: boolean): boolean | undefined {
  const fold = (one: string) => (ignoresCase ? one.toLowerCase() : one);
  return firstTruth([
    ...values.map((pattern) => matchesPattern(fold(pattern), fold(text))),
    ...regexes.map((regex) => matchesRegex(regex, text, ignoresCase)),
  ]);
}

function firstTruth(results: readonly (boolean | undefined)[]): boolean | undefined {
  if (results.includes(true)) return true;
  return results.includes(undefined) ? undefined : false;
}

/** `*` matches any characters or none, `?` exactly one. */
export function matchesPattern(pattern: string, text: string): boolean {
  const source = pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, (character) => {
    if (character === '*') return '.*';
    return character === '?' ? '.' : `\\${character}`;
  });
  return new RegExp(`^${source}$`, 's').test(text);
}
