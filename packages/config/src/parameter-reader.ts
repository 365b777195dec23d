import {
  GetParametersByPathCommand,
  type GetParametersByPathCommandOutput,
  GetParametersCommand,
  type Parameter,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { type Patience, StartEnginesError } from '@start-engines/core';
import { toMappingUnavailable } from './mapping-unavailable.ts';
import { invalidDocument, type ParsedDocument, parseMappingDocument } from './parse-document.ts';

/** One version of a parameter in Parameter Store. */
export interface StoredDocument extends ParsedDocument {
  /** When this version was written, in ms since the epoch. */
  readonly modifiedAt: number;
}

/** Reads documents. Every method rejects with a StartEnginesError `MappingUnavailable` when SSM does not answer. */
export interface ParameterReader {
  /** The newest version of each parameter that exists; one call for up to ten. */
  readNewest(names: readonly string[]): Promise<ReadonlyMap<string, StoredDocument>>;
  /** Up to ten versions before this one, newest first. Fewer than ten mean that there are no more. */
  readBefore(name: string, version: number): Promise<readonly StoredDocument[]>;
  /** The newest version of every parameter under the path, ten a call. */
  readUnder(path: string): Promise<readonly StoredDocument[]>;
}

/** GetParameters takes ten names (its service model). AWS-054. */
const namesPerCall = 10;

/** @param patiently retries each call on its own, so that a failed page does not restart a long list */
export function createParameterReader(client: SSMClient, patiently: Patience = (call) => call()): ParameterReader {
  const getParameters: GetParameters = (names) => patiently(() => getOnce(client, names));
  return {
    async readNewest(names) {
      const parameters = await getParameters(names);
      return new Map(parameters.map((parameter) => [parameter.Name ?? '', toDocument(parameter)]));
    },
    async readBefore(name, version) {
      const oldest = Math.max(1, version - namesPerCall);
      const selectors = Array.from({ length: version - oldest }, (_, index) => `${name}:${version - 1 - index}`);
      const documents = (await getVersions(getParameters, selectors)).map(toDocument);
      return documents.sort((one, other) => other.reference.version - one.reference.version);
    },
    readUnder: (path) => readUnder((token) => patiently(() => getPage(client, path, token))),
  };
}

type GetParameters = (names: readonly string[]) => Promise<readonly Parameter[]>;

async function getOnce(client: SSMClient, names: readonly string[]): Promise<readonly Parameter[]> {
  if (names.length === 0) return [];
  try {
    return (await client.send(new GetParametersCommand({ Names: [...names], WithDecryption: true }))).Parameters ?? [];
  } catch (cause) {
    throw toMappingUnavailable(cause, { parameters: names });
  }
}

/**
 * Reads several versions of one parameter. AWS does not document that one call may request several versions of the same parameter,
 * so they are requested one by one if it refuses.
 */
async function getVersions(getParameters: GetParameters, selectors: readonly string[]): Promise<readonly Parameter[]> {
  try {
    return await getParameters(selectors);
  } catch (error) {
    const refused = error instanceof StartEnginesError && error.context.trouble === 'rejected';
    if (!refused || selectors.length < 2) throw error;
  }
  const found: Parameter[] = [];
  for (const selector of selectors) found.push(...(await getParameters([selector])));
  return found;
}

function toDocument({ Name = '', Version = 0, Value = '', Type, LastModifiedDate }: Parameter): StoredDocument {
  const reference = { parameter: Name, version: Version };
  const parsed =
    Type === 'String' || Type === 'SecureString'
      ? parseMappingDocument(Value, reference)
      : invalidDocument(reference, undefined, [
          { path: [], message: `must be of type String or SecureString, not ${Type}` },
        ]);
  return { ...parsed, modifiedAt: LastModifiedDate?.getTime() ?? 0 };
}

type Page = GetParametersByPathCommandOutput;

async function readUnder(getPageAt: (token: string | undefined) => Promise<Page>): Promise<readonly StoredDocument[]> {
  const documents: StoredDocument[] = [];
  let token: string | undefined;
  do {
    const page = await getPageAt(token);
    documents.push(...(page.Parameters ?? []).map(toDocument));
    // An empty page is not always the last one. AWS-053.
    token = page.NextToken;
  } while (token !== undefined && token !== '');
  return documents;
}

async function getPage(client: SSMClient, path: string, token: string | undefined): Promise<Page> {
  try {
    return await client.send(
      new GetParametersByPathCommand({
        Path: path,
        WithDecryption: true,
        ...(token === undefined ? {} : { NextToken: token }),
      }),
    );
  } catch (cause) {
    throw toMappingUnavailable(cause, { path });
  }
}
