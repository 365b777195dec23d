import { AwsError } from '../aws-error.ts';
import type { SandboxClock } from '../clock.ts';
import type { CallContext, Operations } from '../operation.ts';
import type { Random } from '../random.ts';
import { cutPage } from './page.ts';
import { parseReference } from './parameter-name.ts';
import { ParameterStore, type ParameterVersion } from './parameter-store.ts';
import { type PutParameterInput, putParameter } from './put-parameter.ts';

export interface SsmServiceOptions {
  readonly clock: SandboxClock;
  readonly random: Random;
  /** Probability that GetParametersByPath returns an empty page with a NextToken, 0 to 1. */
  readonly emptyPageChance: number;
}

/** SSM Parameter Store. */
export interface SsmService {
  readonly operations: Operations;
}

type Input = Readonly<Record<string, unknown>>;

export function createSsmService({ clock, random, emptyPageChance }: SsmServiceOptions): SsmService {
  const store = new ParameterStore();
  return {
    operations: {
      PutParameter(input) {
        const made = putParameter(store, input as unknown as PutParameterInput, new Date(clock.now()));
        return { Version: made.version, Tier: made.tier };
      },
      GetParameter(input, context) {
        return { Parameter: toParameter(find(store, String(input.Name)), input, context) };
      },
      GetParameters(input, context) {
        return getParameters(store, input, context);
      },
      GetParametersByPath(input, context) {
        const page = cutPage(underPath(store, input), pageRequest(input, 10), { chance: emptyPageChance, random });
        const parameters = page.items.map((version) => toParameter({ version, selector: '' }, input, context));
        return { Parameters: parameters, NextToken: page.nextToken };
      },
      GetParameterHistory(input) {
        const { name } = parseReference(String(input.Name));
        const history = store.history(name);
        if (history.length === 0) throw notFound();
        const page = cutPage(history, pageRequest(input, 50));
        const versions = page.items.map((version) => ({
          ...metadata(version),
          Value: visibleValue(version, input),
          Labels: [],
        }));
        return { Parameters: versions, NextToken: page.nextToken };
      },
      DescribeParameters(input, context) {
        const wanted = store.all().filter((version) => passesFilters(version, filtersOf(input)));
        const page = cutPage(wanted, pageRequest(input, 50));
        const parameters = page.items.map((version) => ({ ...metadata(version), ARN: arnOf(version, context) }));
        return { Parameters: parameters, NextToken: page.nextToken };
      },
      DeleteParameter(input) {
        if (!store.delete(String(input.Name))) throw notFound();
        return {};
      },
      DeleteParameters(input) {
        const names = namesOf(input);
        const deleted = names.filter((name) => store.delete(name));
        return { DeletedParameters: deleted, InvalidParameters: names.filter((name) => !deleted.includes(name)) };
      },
    },
  };
}

interface Found {
  readonly version: ParameterVersion;
  readonly selector: string;
}

/** @throws AwsError `ParameterNotFound` or `ParameterVersionNotFound`. */
function find(store: ParameterStore, reference: string): Found {
  const { name, selector } = parseReference(reference);
  const latest = store.latest(name);
  if (latest === undefined) throw notFound();
  if (selector === '') return { version: latest, selector };
  const wanted = selector.slice(1);
  const version = store.history(name).find((one) => String(one.version) === wanted);
  if (version !== undefined) return { version, selector };
  const kind = /^\d+$/.test(wanted) ? 'version' : 'label';
  throw new AwsError(
    'ParameterVersionNotFound',
    `Systems Manager could not find ${kind} ${wanted} of ${name}. Verify the ${kind} and try again.`,
  );
}

/** Parameter Store returns this error without a message. */
function notFound(): AwsError {
  return new AwsError('ParameterNotFound', '');
}

function getParameters(store: ParameterStore, input: Input, context: CallContext) {
  const found: unknown[] = [];
  const invalid: string[] = [];
  for (const name of new Set(namesOf(input))) {
    try {
      found.push(toParameter(find(store, name), input, context));
    } catch (cause) {
      if (!(cause instanceof AwsError) || cause.code === 'ValidationException') throw cause;
      invalid.push(name);
    }
  }
  // AWS-054
  return { Parameters: found, InvalidParameters: invalid };
}

/** @throws AwsError `ValidationException` for no names or more than ten */
function namesOf(input: Input): readonly string[] {
  const names = input.Names as readonly string[];
  if (names.length >= 1 && names.length <= 10) return names;
  const bound = names.length === 0 ? 'greater than or equal to 1' : 'less than or equal to 10';
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value '[${names.join(', ')}]' at 'names' failed to satisfy constraint: Member must have length ${bound}`,
  );
}

const pathRequirements =
  'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.';

function underPath(store: ParameterStore, input: Input): readonly ParameterVersion[] {
  const path = String(input.Path);
  if (!/^\/([A-Za-z0-9._-]+\/?)*$/.test(path)) throw new AwsError('ValidationException', pathRequirements);
  const prefix = path.endsWith('/') ? path : `${path}/`;
  const filters = filtersOf(input);
  return store
    .all()
    .filter(({ name }) => name.startsWith(prefix))
    .filter(({ name }) => input.Recursive === true || !name.slice(prefix.length).includes('/'))
    .filter((version) => passesFilters(version, filters));
}

interface Filter {
  readonly Key: string;
  readonly Option?: string;
  readonly Values?: readonly string[];
}

function filtersOf(input: Input): readonly Filter[] {
  return [...((input.ParameterFilters as Filter[]) ?? []), ...((input.Filters as Filter[]) ?? [])];
}

/** @throws AwsError `InvalidFilterKey`, `InvalidFilterOption`. */
function passesFilters(version: ParameterVersion, filters: readonly Filter[]): boolean {
  const texts: Readonly<Record<string, string>> = {
    Name: version.name,
    Type: version.type,
    Tier: version.tier,
    DataType: version.dataType,
  };
  return filters.every(({ Key, Option = 'Equals', Values = [] }) => {
    const text = texts[Key];
    if (text === undefined) throw new AwsError('InvalidFilterKey', `The filter key ${Key} is not valid here.`);
    if (Option === 'Equals') return Values.includes(text);
    if (Option === 'BeginsWith') return Values.some((value) => text.startsWith(value));
    if (Option === 'Contains') return Values.some((value) => text.includes(value));
    throw new AwsError('InvalidFilterOption', `The filter option ${Option} is not valid.`);
  });
}

function pageRequest(input: Input, largest: number) {
  return {
    maxResults: input.MaxResults as number | undefined,
    nextToken: input.NextToken as string | undefined,
    largest,
  };
}

function toParameter({ version, selector }: Found, input: Input, context: CallContext) {
  return {
    Name: version.name,
    Type: version.type,
    Value: visibleValue(version, input),
    Version: version.version,
    ...(selector === '' ? {} : { Selector: selector }),
    LastModifiedDate: version.modifiedAt,
    ARN: arnOf(version, context),
    DataType: version.dataType,
  };
}

function metadata(version: ParameterVersion) {
  return {
    Name: version.name,
    Type: version.type,
    KeyId: version.keyId,
    Description: version.description,
    LastModifiedDate: version.modifiedAt,
    Version: version.version,
    Tier: version.tier,
    Policies: [],
    DataType: version.dataType,
  };
}

/** Without decryption, a SecureString is returned with a different value. */
function visibleValue(version: ParameterVersion, input: Input): string {
  if (version.type !== 'SecureString' || input.WithDecryption === true) return version.value;
  return `AQICAH${Buffer.from(`${version.name}:${version.version}`).toString('base64')}`;
}

function arnOf({ name }: ParameterVersion, { region, accountId }: CallContext): string {
  return `arn:aws:ssm:${region}:${accountId}:parameter${name.startsWith('/') ? '' : '/'}${name}`;
}
