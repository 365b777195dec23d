import type { FunctionConfiguration } from './function-configuration.ts';

/** An alias of a published version. */
export interface FunctionAlias {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly revisionId: string;
}

/** A function with `$LATEST`, its published versions and its aliases. */
export interface DeployedFunction {
  latest: FunctionConfiguration;
  readonly published: Map<string, FunctionConfiguration>;
  readonly aliases: Map<string, FunctionAlias>;
  /** A version number is never reused, even after the version is deleted. */
  lastVersion: number;
}

/** A requested version with its qualifier. */
export interface QualifiedFunction {
  readonly configuration: FunctionConfiguration;
  readonly qualifier: string | undefined;
  /** With the qualifier, if one was used. */
  readonly arn: string;
}

/** `$LATEST`, a version number or the name of an alias. */
export function findVersion(deployed: DeployedFunction, qualifier = '$LATEST'): FunctionConfiguration | undefined {
  if (qualifier === '$LATEST') return deployed.latest;
  const alias = deployed.aliases.get(qualifier);
  return deployed.published.get(alias?.version ?? qualifier);
}
