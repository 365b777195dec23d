import { AwsError } from '../../aws-error.ts';
import type { Operation } from '../../operation.ts';
import { integer, list, type Shape, ShapeError, string, structure } from '../shape.ts';

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export const filtersShape = list(structure({ Name: string, Value: list(string) }));
export const tagSpecificationsShape = list(
  structure({ ResourceType: string, Tag: list(structure({ Key: string, Value: string })) }),
);
export const pagingFields = { NextToken: string, MaxResults: integer };

/** Members of replies have the names of EC2's XML, those of requests the names of its query parameters. */
type Reply = Readonly<Record<string, unknown>>;

/** Parses the input and runs the operation. A wrong type gives EC2's error. */
export function ec2Operation<T>(shape: Shape<T>, run: (input: T) => Reply): Operation {
  return (input) => {
    try {
      return run(shape(input, ''));
    } catch (error) {
      if (error instanceof ShapeError) throw invalidValue(`${error.path} is not ${error.expected}`);
      throw error;
    }
  };
}

export function invalidValue(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}

/** @throws `AwsError` MissingParameter if the member is missing */
export function required<T>(value: T | undefined, member: string): T {
  if (value !== undefined) return value;
  throw new AwsError('MissingParameter', `The request must contain the parameter ${member}`);
}

/** The tags that a request sets on the new resource. */
export function tagsOf(
  specifications: readonly { readonly Tag?: readonly { Key?: string; Value?: string }[] }[],
): Tag[] {
  return specifications.flatMap(({ Tag = [] }) => Tag.map(({ Key = '', Value = '' }) => ({ key: Key, value: Value })));
}

export interface Filter {
  readonly Name?: string;
  readonly Value?: readonly string[];
}

/**
 * Whether an item matches all filters. `values` contains the item's values for each filter that the operation supports.
 *
 * @throws `AwsError` InvalidParameterValue for an unsupported filter
 */
export function passesFilters(
  filters: readonly Filter[],
  values: Readonly<Record<string, readonly string[]>>,
  tags: readonly Tag[] = [],
): boolean {
  return filters.every(({ Name = '', Value = [] }) => {
    const tag = /^tag:(.+)$/.exec(Name)?.[1];
    const found = tag === undefined ? values[Name] : tags.filter(({ key }) => key === tag).map(({ value }) => value);
    if (found === undefined) throw invalidValue(`The filter '${Name}' is invalid`);
    return Value.some((pattern) => found.some((text) => matchesPattern(text, pattern)));
  });
}

/** The values of one filter. */
export function filterValues(filters: readonly Filter[], name: string): readonly string[] {
  return filters.flatMap(({ Name, Value = [] }) => (Name === name ? Value : []));
}

/** EC2's filters support `*` and `?`. */
function matchesPattern(text: string, pattern: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text);
}

/** One page of a list. A token contains the start of the next page. @throws `AwsError` InvalidParameterValue */
export function pageOf<T>(items: readonly T[], input: { readonly NextToken?: string; readonly MaxResults?: number }) {
  const { NextToken, MaxResults = 1000 } = input;
  if (MaxResults < 5 || MaxResults > 1000) {
    throw invalidValue(
      `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value from 5 to 1000.`,
    );
  }
  const start = NextToken === undefined ? 0 : readToken(NextToken);
  const end = start + MaxResults;
  const more = end < items.length ? { nextToken: Buffer.from(`from ${end}`).toString('base64') } : {};
  return { page: items.slice(start, end), more };
}

function readToken(token: string): number {
  const [, start] = /^from (\d+)$/.exec(Buffer.from(token, 'base64').toString()) ?? [];
  if (start === undefined) throw invalidValue('Unable to parse pagination token');
  return Number(start);
}
