import { functionNotFound, invalidParameter } from './lambda-error.ts';

/** A name, a partial ARN (`123456789012:function:name`) or a whole one, each with an optional qualifier. */
const REFERENCE =
  /^(?:arn:aws[a-zA-Z-]*:lambda:)?(?:(?<region>[a-z]{2}(?:-[a-z]+)+-\d):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[A-Za-z0-9-_]+)(?::(?<qualifier>\$LATEST|[A-Za-z0-9-_]+))?$/;

export interface FunctionNames {
  arnOf(functionName: string): string;
  /** The plain name in whatever way of naming a function the API takes. */
  resolve(reference: unknown, qualifier?: unknown): string;
}

/** Names functions of one account in one Region. There are no published versions and no aliases. */
export function createFunctionNames(region: string, accountId: string): FunctionNames {
  const arnOf = (name: string) => `arn:aws:lambda:${region}:${accountId}:function:${name}`;
  return {
    arnOf,
    resolve(reference, qualifier) {
      const groups = typeof reference === 'string' ? REFERENCE.exec(reference)?.groups : undefined;
      if (groups?.name === undefined) {
        throw invalidParameter(
          `1 validation error detected: Value '${String(reference)}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`,
        );
      }
      const wanted = qualifier ?? groups.qualifier ?? '$LATEST';
      if (wanted !== '$LATEST') throw functionNotFound(`${arnOf(groups.name)}:${String(wanted)}`);
      const elsewhere = (groups.region ?? region) !== region || (groups.account ?? accountId) !== accountId;
      if (elsewhere) throw functionNotFound(String(reference));
      return groups.name;
    },
  };
}
