import { randomUUID } from 'node:crypto';
import type { Operations } from '../operation.ts';
import { type DeployedFunction, type FunctionAlias, findVersion } from './deployed-function.ts';
import {
  functionNotFound,
  invalidParameter,
  preconditionFailed,
  resourceConflict,
  resourceNotFound,
} from './lambda-error.ts';

type Input = Readonly<Record<string, unknown>>;

/** The operations on aliases. @param whole finds a function without a qualifier */
export function createAliasOperations(
  whole: (input: Input) => DeployedFunction,
  onDelete: (functionName: string, alias: string) => void,
): Operations {
  function find(input: Input): { readonly deployed: DeployedFunction; readonly alias: FunctionAlias } {
    const deployed = whole(input);
    const alias = deployed.aliases.get(String(input.Name));
    if (alias !== undefined) return { deployed, alias };
    throw resourceNotFound(`Cannot find alias arn: ${deployed.latest.functionArn}:${String(input.Name)}`);
  }

  function put(deployed: DeployedFunction, alias: Omit<FunctionAlias, 'revisionId'>): Input {
    const stored = { ...alias, revisionId: randomUUID() };
    deployed.aliases.set(alias.name, stored);
    return describe(deployed, stored);
  }

  return {
    CreateAlias(input) {
      const deployed = whole(input);
      const name = readName(input.Name);
      refuseRouting(input);
      const version = readVersion(deployed, input.FunctionVersion);
      if (deployed.aliases.has(name)) {
        throw resourceConflict(`Alias already exists: ${deployed.latest.functionArn}:${name}`);
      }
      return put(deployed, { name, version, description: String(input.Description ?? '') });
    },
    UpdateAlias(input) {
      const { deployed, alias } = find(input);
      refuseRouting(input);
      if (input.RevisionId !== undefined && input.RevisionId !== alias.revisionId) {
        throw preconditionFailed(
          'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
        );
      }
      const version =
        input.FunctionVersion === undefined ? alias.version : readVersion(deployed, input.FunctionVersion);
      return put(deployed, { ...alias, version, description: String(input.Description ?? alias.description) });
    },
    GetAlias(input) {
      const { deployed, alias } = find(input);
      return describe(deployed, alias);
    },
    ListAliases(input) {
      const deployed = whole(input);
      const wanted = [...deployed.aliases.values()].filter(
        ({ version }) => input.FunctionVersion === undefined || input.FunctionVersion === version,
      );
      return { Aliases: wanted.map((alias) => describe(deployed, alias)) };
    },
    DeleteAlias(input) {
      const deployed = whole(input);
      const name = String(input.Name);
      // Deleting an unknown alias succeeds.
      if (deployed.aliases.delete(name)) onDelete(deployed.latest.functionName, name);
      return {};
    },
  };
}

function describe({ latest }: DeployedFunction, { name, version, description, revisionId }: FunctionAlias): Input {
  return {
    AliasArn: `${latest.functionArn}:${name}`,
    Name: name,
    FunctionVersion: version,
    Description: description,
    RevisionId: revisionId,
  };
}

/** A name that consists only of digits would look like a version. */
function readName(value: unknown): string {
  const name = String(value);
  if (/^(?!\d+$)[a-zA-Z0-9-_]{1,128}$/.test(name)) return name;
  throw invalidParameter(
    `1 validation error detected: Value '${name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)`,
  );
}

function readVersion(deployed: DeployedFunction, value: unknown): string {
  const version = String(value);
  const isVersion = /^(\$LATEST|\d+)$/.test(version);
  if (isVersion && findVersion(deployed, version) !== undefined) return version;
  throw functionNotFound(`${deployed.latest.functionArn}:${version}`);
}

function refuseRouting(input: Input): void {
  const weights = (input.RoutingConfig as { AdditionalVersionWeights?: object } | undefined)?.AdditionalVersionWeights;
  if (Object.keys(weights ?? {}).length > 0) {
    throw invalidParameter('The sandbox does not support weighted aliases.');
  }
}
