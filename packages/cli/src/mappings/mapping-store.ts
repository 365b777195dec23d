import type { Parameter } from '@aws-sdk/client-ssm';
import { type AwsOperation, callAws } from '@start-engines/aws';
import { type ParsedDocument, parseMappingDocument } from '@start-engines/config';
import { parametersBelow, StartEnginesError } from '@start-engines/core';
import type { AwsAccess } from '../aws-access.ts';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import { defaultsName, type MappingName, mappingNameOf, parameterOf } from './mapping-name.ts';

/** One version of a mapping's parameter. */
export interface StoredVersion {
  readonly name: MappingName;
  readonly parameter: string;
  readonly version: number;
  readonly text: string;
  /** Whether it is a SecureString. */
  readonly encrypted: boolean;
  /** When it was written, in milliseconds since the epoch. */
  readonly modifiedAt: number;
}

export interface HistoryEntry extends StoredVersion {
  /** The ARN of the writer, as SSM reports it. */
  readonly modifiedBy: string | undefined;
}

/** The mappings of a workspace in Parameter Store. Its methods reject with a StartEnginesError with an AWS code. */
export interface MappingStore {
  readonly parameterPath: string;
  /** Undefined if the parameter or the version does not exist. */
  read(name: MappingName, version?: number): Promise<StoredVersion | undefined>;
  /** The defaults first, then the services by name. */
  readAll(): Promise<readonly StoredVersion[]>;
  /** Newest first; Parameter Store keeps a hundred versions. Empty if the parameter does not exist. */
  history(name: MappingName): Promise<readonly HistoryEntry[]>;
}

export async function createMappingStore(aws: Pick<AwsAccess, 'ssm'>, parameterPath: string): Promise<MappingStore> {
  const sdk = await import('../sdk/ssm.ts');
  const client = await aws.ssm();

  async function read(name: MappingName, version?: number): Promise<StoredVersion | undefined> {
    const parameter = parameterOf(parameterPath, name);
    const wanted = version === undefined ? parameter : `${parameter}:${version}`;
    const command = new sdk.GetParametersCommand({ Names: [wanted], WithDecryption: true });
    const reply = await callAws(operation('GetParameters', parameter), () => client.send(command));
    return toStored(name, reply.Parameters?.[0]);
  }

  return {
    parameterPath,
    read,
    async readAll() {
      const found: StoredVersion[] = [];
      let token: string | undefined;
      do {
        const Path = parametersBelow(parameterPath).services;
        const command = new sdk.GetParametersByPathCommand({
          Path,
          WithDecryption: true,
          ...(token === undefined ? {} : { NextToken: token }),
        });
        const page = await callAws(operation('GetParametersByPath', Path), () => client.send(command));
        for (const parameter of page.Parameters ?? []) {
          const name = mappingNameOf(parameterPath, parameter.Name ?? '');
          const stored = name === undefined ? undefined : toStored(name, parameter);
          if (stored !== undefined) found.push(stored);
        }
        // An empty page need not be the last one.
        token = page.NextToken;
      } while (token !== undefined && token !== '');
      const defaults = await read(defaultsName);
      const services = found.sort((a, b) => (a.name < b.name ? -1 : 1));
      return [...(defaults === undefined ? [] : [defaults]), ...services];
    },
    async history(name) {
      const parameter = parameterOf(parameterPath, name);
      const entries: HistoryEntry[] = [];
      let token: string | undefined;
      do {
        const command = new sdk.GetParameterHistoryCommand({
          Name: parameter,
          WithDecryption: true,
          ...(token === undefined ? {} : { NextToken: token }),
        });
        const page = await orNone(() =>
          callAws(operation('GetParameterHistory', parameter), () => client.send(command)),
        );
        for (const one of page?.Parameters ?? []) {
          entries.push({
            name,
            parameter,
            version: one.Version ?? 0,
            text: one.Value ?? '',
            encrypted: one.Type === 'SecureString',
            modifiedAt: one.LastModifiedDate?.getTime() ?? 0,
            modifiedBy: one.LastModifiedUser,
          });
        }
        token = page?.NextToken;
      } while (token !== undefined && token !== '');
      return entries.sort((a, b) => b.version - a.version);
    },
  };
}

function operation(name: string, parameter: string): AwsOperation {
  return { service: 'SSM', operation: name, about: { parameter } };
}

function toStored(name: MappingName, parameter: Parameter | undefined): StoredVersion | undefined {
  if (parameter === undefined) return undefined;
  return {
    name,
    parameter: parameter.Name ?? '',
    version: parameter.Version ?? 0,
    text: parameter.Value ?? '',
    encrypted: parameter.Type === 'SecureString',
    modifiedAt: parameter.LastModifiedDate?.getTime() ?? 0,
  };
}

async function orNone<Reply>(ask: () => Promise<Reply>): Promise<Reply | undefined> {
  try {
    return await ask();
  } catch (error) {
    const code = error instanceof StartEnginesError ? error.context.awsCode : undefined;
    if (code === 'ParameterNotFound') return undefined;
    throw error;
  }
}

/** @throws CliError `UnknownMapping` if the parameter or the version does not exist */
export async function readExisting(store: MappingStore, name: MappingName, version?: number): Promise<StoredVersion> {
  const stored = await store.read(name, version);
  if (stored !== undefined) return stored;
  const parameter = parameterOf(store.parameterPath, name);
  const what = version === undefined ? `${parameter} does not exist` : `${parameter} has no version ${version}`;
  throw new CliError('UnknownMapping', `${what}.`, {
    exitCode: exitCodes.failed,
    hint: version === undefined ? 'engines mappings list shows the existing ones.' : `engines mappings history ${name}`,
  });
}

/** @throws CliError `UnknownMapping` if there are none, which means that the workspace is not a start-engines workspace */
export async function readAllExisting(store: MappingStore): Promise<readonly StoredVersion[]> {
  const stored = await store.readAll();
  if (stored.length > 0) return stored;
  throw new CliError('UnknownMapping', `There are no mappings under ${store.parameterPath}.`, {
    exitCode: exitCodes.failed,
    hint: 'Check --workspace and --region.',
  });
}

export function parseStored({ text, parameter, version }: StoredVersion): ParsedDocument {
  return parseMappingDocument(text, { parameter, version });
}
