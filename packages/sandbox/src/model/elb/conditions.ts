import { anything, list, type Shaped, string, structure } from '../shape.ts';
import { validationError } from './elb-operation.ts';

const values = structure({ Values: list(string) });

export const conditionsShape = list(
  structure({
    Field: string,
    Values: list(string),
    PathPatternConfig: values,
    HostHeaderConfig: values,
    HttpRequestMethodConfig: values,
    HttpHeaderConfig: structure({ HttpHeaderName: string, Values: list(string) }),
    QueryStringConfig: structure({ Values: list(structure({ Key: string, Value: string })) }),
    SourceIpConfig: anything,
    RegexValues: anything,
  }),
);

/** When a rule applies: one of its values has to match. */
export type Condition =
  | { readonly field: 'path-pattern' | 'host-header' | 'http-request-method'; readonly values: readonly string[] }
  | { readonly field: 'http-header'; readonly name: string; readonly values: readonly string[] }
  | { readonly field: 'query-string'; readonly pairs: readonly { readonly Key?: string; readonly Value?: string }[] };

/** What a rule looks at in a request. `path` has no query. */
export interface RequestToMatch {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

type ConditionInput = Shaped<typeof conditionsShape>[number];

/** @throws `AwsError` for conditions that a load balancer does not take, or the sandbox does not model */
export function readConditions(input: Shaped<typeof conditionsShape>): readonly Condition[] {
  if (input.length === 0) throw validationError('A condition must be specified');
  const conditions = input.map(readCondition);
  const total = conditions.reduce((sum, condition) => sum + valuesIn(condition).length, 0);
  if (total > 5) throw validationError("A rule can only have '5' condition values");
  return conditions;
}

function valuesIn(condition: Condition): readonly unknown[] {
  return condition.field === 'query-string' ? condition.pairs : condition.values;
}

function readCondition(input: ConditionInput): Condition {
  switch (input.Field) {
    case 'path-pattern':
      return { field: input.Field, values: checkPaths(input.PathPatternConfig?.Values ?? input.Values) };
    case 'host-header':
      return { field: input.Field, values: checkValues(input.Field, input.HostHeaderConfig?.Values ?? input.Values) };
    case 'http-request-method':
      return { field: input.Field, values: checkValues(input.Field, input.HttpRequestMethodConfig?.Values) };
    case 'http-header': {
      const name = input.HttpHeaderConfig?.HttpHeaderName ?? '';
      return { field: input.Field, name, values: checkValues(input.Field, input.HttpHeaderConfig?.Values) };
    }
    case 'query-string':
      return { field: input.Field, pairs: input.QueryStringConfig?.Values ?? [] };
    default:
      throw validationError(
        `Condition field '${input.Field}' must be one of '[path-pattern, host-header, http-request-method, http-header, query-string]'`,
      );
  }
}

function checkValues(field: string, given: readonly string[] | undefined): readonly string[] {
  if (given === undefined || given.length === 0)
    throw validationError(`A condition value must be specified for '${field}'`);
  const long = given.find((value) => value.length === 0 || value.length > 128);
  if (long !== undefined) throw validationError(`The condition value '${long}' must have 1 to 128 characters`);
  return given;
}

function checkPaths(given: readonly string[] | undefined): readonly string[] {
  const paths = checkValues('path-pattern', given);
  const wrong = paths.find((path) => !/^[A-Za-z0-9_\-.$/~"'@:+&*?]+$/.test(path));
  if (wrong !== undefined) throw validationError(`The path pattern '${wrong}' is not valid`);
  return paths;
}

/** As DescribeRules shows a condition. */
export function showCondition(condition: Condition): Readonly<Record<string, unknown>> {
  const Field = condition.field;
  switch (condition.field) {
    case 'path-pattern':
      return { Field, Values: condition.values, PathPatternConfig: { Values: condition.values } };
    case 'host-header':
      return { Field, Values: condition.values, HostHeaderConfig: { Values: condition.values } };
    case 'http-request-method':
      return { Field, HttpRequestMethodConfig: { Values: condition.values } };
    case 'http-header':
      return { Field, HttpHeaderConfig: { HttpHeaderName: condition.name, Values: condition.values } };
    case 'query-string':
      return { Field, QueryStringConfig: { Values: condition.pairs } };
  }
}

/** Whether a request meets a condition. Paths and query values are case-sensitive where ALB says so. */
export function meetsCondition(condition: Condition, request: RequestToMatch): boolean {
  switch (condition.field) {
    case 'path-pattern':
      return condition.values.some((pattern) => matchesPattern(pattern, request.path));
    case 'host-header': {
      const host = request.host.replace(/:\d+$/, '').toLowerCase();
      return condition.values.some((pattern) => matchesPattern(pattern.toLowerCase(), host));
    }
    case 'http-request-method':
      return condition.values.includes(request.method);
    case 'http-header': {
      const given = [request.headers[condition.name.toLowerCase()] ?? []].flat();
      return given.some((value) =>
        condition.values.some((pattern) => matchesPattern(pattern.toLowerCase(), value.toLowerCase())),
      );
    }
    case 'query-string': {
      const given = [...new URLSearchParams(request.query)].map((pair) => pair.map((part) => part.toLowerCase()));
      return condition.pairs.some(({ Key, Value = '' }) =>
        given.some(
          ([key = '', value = '']) =>
            (Key === undefined || matchesPattern(Key.toLowerCase(), key)) && matchesPattern(Value.toLowerCase(), value),
        ),
      );
    }
  }
}

/** `*` stands for any characters or none, `?` for exactly one. */
export function matchesPattern(pattern: string, text: string): boolean {
  const source = pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, (character) => {
    if (character === '*') return '.*';
    return character === '?' ? '.' : `\\${character}`;
  });
  return new RegExp(`^${source}$`, 's').test(text);
}
