import { functionNotFound, invalidParameter } from './lambda-error.ts';

/** A name, a partial ARN (`123456789012:function:name`) or a full ARN, each with an optional qualifier. */
const referencePattern =
  /^(?:arn:aws[a-zA-Z-]*:lambda:)?(?:(?<region>[a-z]{2}(?:-[a-z]+)+-\d):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[A-Za-z0-9-_]+)(?::(?<qualifier>\$LATEST|[A-Za-z0-9-_]+))?$/;

/** A function and its version or alias. Without a qualifier, `$LATEST`. */
export interface FunctionReference {
  readonly functionName: string;
  readonly qualifier: string | undefined;
}

export interface FunctionNames {
  arnOf(functionName: string, qualifier?: string): string;
  /**
   * Parses any form of function name that the API accepts.
   * @throws AwsError InvalidParameterValueException, ResourceNotFoundException for another account or Region
   */
  resolve(reference: unknown, qualifier?: unknown): FunctionReference;
}

/** Parses and builds the names of functions in one account and Region. */
export function createFunctionNames(region: string, accountId: string): FunctionNames {
  return {
    arnOf: (name, qualifier) =>
      `arn:aws:lambda:${region}:${accountId}:function:${name}${qualifier === undefined ? '' : `:${qualifier}`}`,
    resolve(reference, qualifier) {
      const groups = typeof reference === 'string' ? referencePattern.exec(reference)?.groups : undefined;
      if (groups?.name === undefined) {
        throw invalidParameter(
          `1 validation error detected: Value '${String(reference)}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`,
        );
      }
      const inName = groups.qualifier;
      if (qualifier !== undefined && inName !== undefined && qualifier !== inName) {
        throw invalidParameter('The derived qualifier from the function name does not match the specified qualifier.');
      }
      const elsewhere = (groups.region ?? region) !== region || (groups.account ?? accountId) !== accountId;
      if (elsewhere) throw functionNotFound(String(reference));
      return { functionName: groups.name, qualifier: qualifier === undefined ? inName : String(qualifier) };
    },
  };
}
