import type { FunctionConfiguration } from './function-configuration.ts';

/** A name that points at a published version. */
export interface FunctionAlias {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly revisionId: string;
}

/** One function: what can be changed, what was published of it and stays, and what its aliases point at. */
export interface DeployedFunction {
  latest: FunctionConfiguration;
  readonly published: Map<string, FunctionConfiguration>;
  readonly aliases: Map<string, FunctionAlias>;
  /** Numbers are given once, even when the version that had one is deleted. */
  lastVersion: number;
}

/** A version that somebody asked for, and by which qualifier. */
export interface QualifiedFunction {
  readonly configuration: FunctionConfiguration;
  readonly qualifier: string | undefined;
  /** With the qualifier, when one was used. */
  readonly arn: string;
}

/** `$LATEST`, a version's number or an alias's name. */
export function findVersion(deployed: DeployedFunction, qualifier = '$LATEST'): FunctionConfiguration | undefined {
  if (qualifier === '$LATEST') return deployed.latest;
  const alias = deployed.aliases.get(qualifier);
  return deployed.published.get(alias?.version ?? qualifier);
}
