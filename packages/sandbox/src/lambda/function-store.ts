import { randomUUID } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import type { Operations } from '../operation.ts';
import { createAliasOperations } from './alias-operations.ts';
import type { CodeFolder, CodePackage } from './code-package.ts';
import { type DeployedFunction, findVersion, type QualifiedFunction } from './deployed-function.ts';
import { describeFunction, type FunctionConfiguration } from './function-configuration.ts';
import { type FunctionSettings, readArchitectures, readFunctionSettings } from './function-input.ts';
import type { FunctionNames, FunctionReference } from './function-names.ts';
import { functionNotFound, invalidParameter, preconditionFailed, resourceConflict } from './lambda-error.ts';
import { createVersionOperations, publishVersion } from './version-operations.ts';

type Input = Readonly<Record<string, unknown>>;

/** The deployed functions and the operations on them. */
export interface FunctionStore {
  readonly operations: Operations;
  find(reference: FunctionReference): QualifiedFunction | undefined;
  /** @throws AwsError ResourceNotFoundException */
  get(reference: FunctionReference): QualifiedFunction;
  reservedConcurrency(functionName: string): number | undefined;
}

export interface FunctionStoreOptions {
  readonly clock: SandboxClock;
  readonly region: string;
  readonly names: FunctionNames;
  readonly folder: CodeFolder;
  /** Called when `$LATEST` of the function has changed, so that its processes are outdated. */
  readonly onChange: (functionName: string) => void;
  /** Called after a function or one of its versions has been deleted. */
  readonly onDelete: (functionName: string, version?: string) => void;
  readonly onAliasDelete: (functionName: string, alias: string) => void;
}

export function createFunctionStore(options: FunctionStoreOptions): FunctionStore {
  const { names, clock, folder } = options;
  const functions = new Map<string, DeployedFunction>();
  const reserved = new Map<string, number>();

  function find({ functionName, qualifier }: FunctionReference): QualifiedFunction | undefined {
    const deployed = functions.get(functionName);
    const configuration = deployed && findVersion(deployed, qualifier);
    return configuration && { configuration, qualifier, arn: names.arnOf(functionName, qualifier) };
  }

  function get(reference: FunctionReference): QualifiedFunction {
    const found = find(reference);
    if (found === undefined) throw functionNotFound(names.arnOf(reference.functionName, reference.qualifier));
    return found;
  }

  const named = (input: Input) => get(names.resolve(input.FunctionName, input.Qualifier));
  const describeNamed = (input: Input) => {
    const { configuration, arn } = named(input);
    return describeFunction(configuration, arn);
  };

  /** The function, for operations without a qualifier. */
  function whole(input: Input): DeployedFunction {
    const { functionName, qualifier } = names.resolve(input.FunctionName);
    const deployed = functions.get(functionName);
    if (deployed === undefined) throw functionNotFound(names.arnOf(functionName));
    if (qualifier !== undefined && qualifier !== '$LATEST') {
      throw invalidParameter(
        'This operation is permitted on the function as a whole, and not on a version or an alias.',
      );
    }
    return deployed;
  }

  function change(deployed: DeployedFunction, changed: Partial<FunctionConfiguration>): void {
    deployed.latest = { ...deployed.latest, ...changed, lastModifiedAt: clock.now(), revisionId: randomUUID() };
    options.onChange(deployed.latest.functionName);
  }

  /** Describes the function after a change, or the new version with `Publish`. */
  function outcomeOf(deployed: DeployedFunction, publish: unknown): Input {
    if (publish !== true) return describeFunction(deployed.latest);
    const version = publishVersion(deployed, clock.now());
    return describeFunction(version, `${version.functionArn}:${version.version}`);
  }

  function create(input: Input): Input {
    const { functionName } = names.resolve(input.FunctionName);
    const settings = readFunctionSettings(input);
    const architectures = readArchitectures(input.Architectures);
    if (functions.has(functionName)) throw resourceConflict(`Function already exist: ${functionName}`);
    const code = unpack(folder, (input.Code ?? {}) as Input);
    const latest: FunctionConfiguration = {
      functionName,
      functionArn: names.arnOf(functionName),
      version: '$LATEST',
      region: options.region,
      role: required(settings.role, 'role'),
      runtime: required(settings.runtime, 'runtime'),
      handler: required(settings.handler, 'handler'),
      description: settings.description ?? '',
      timeoutSeconds: settings.timeoutSeconds ?? 3,
      memorySize: settings.memorySize ?? 128,
      environment: settings.environment ?? {},
      architectures,
      lastModifiedAt: clock.now(),
      revisionId: randomUUID(),
      code,
    };
    const deployed = { latest, published: new Map(), aliases: new Map(), lastVersion: 0 };
    functions.set(functionName, deployed);
    return outcomeOf(deployed, input.Publish);
  }

  function updateCode(input: Input): Input {
    const deployed = whole(input);
    checkRevision(deployed.latest, input.RevisionId);
    const architectures =
      input.Architectures === undefined ? deployed.latest.architectures : readArchitectures(input.Architectures);
    change(deployed, { code: unpack(folder, input), architectures });
    return outcomeOf(deployed, input.Publish);
  }

  function updateConfiguration(input: Input): Input {
    const deployed = whole(input);
    checkRevision(deployed.latest, input.RevisionId);
    change(deployed, withoutUndefined(readFunctionSettings(input)));
    return describeFunction(deployed.latest);
  }

  function remove(input: Input): Input {
    const { functionName, qualifier } = names.resolve(input.FunctionName, input.Qualifier);
    const deployed = functions.get(functionName);
    if (deployed === undefined) throw functionNotFound(names.arnOf(functionName));
    if (qualifier !== undefined) return removeVersion(deployed, qualifier);
    functions.delete(functionName);
    reserved.delete(functionName);
    options.onDelete(functionName);
    return { StatusCode: 204 };
  }

  function removeVersion(deployed: DeployedFunction, version: string): Input {
    const { functionName } = deployed.latest;
    if (version === '$LATEST') {
      throw invalidParameter('$LATEST version cannot be deleted without deleting the function.');
    }
    const pointing = [...deployed.aliases.values()].filter((alias) => alias.version === version);
    if (pointing.length > 0) {
      const shown = pointing.map(({ name }) => name).join(', ');
      throw resourceConflict(`Version ${version} of ${functionName} is pointed at by aliases: ${shown}.`);
    }
    // Deleting an unknown version succeeds.
    if (deployed.published.delete(version)) options.onDelete(functionName, version);
    return { StatusCode: 204 };
  }

  function reserve(input: Input): Input {
    const { functionName } = whole(input).latest;
    const count = Number(input.ReservedConcurrentExecutions);
    if (!Number.isInteger(count) || count < 0) {
      throw invalidParameter(
        `1 validation error detected: Value '${String(input.ReservedConcurrentExecutions)}' at 'reservedConcurrentExecutions' failed to satisfy constraint: Member must have value greater than or equal to 0`,
      );
    }
    reserved.set(functionName, count);
    return { ReservedConcurrentExecutions: count };
  }

  return {
    find,
    get,
    reservedConcurrency: (functionName) => reserved.get(functionName),
    operations: {
      CreateFunction: create,
      GetFunction: (input) => ({ Configuration: describeNamed(input), Code: { RepositoryType: 'S3' } }),
      GetFunctionConfiguration: describeNamed,
      UpdateFunctionCode: updateCode,
      UpdateFunctionConfiguration: updateConfiguration,
      DeleteFunction: remove,
      ListFunctions: () => ({ Functions: [...functions.values()].map(({ latest }) => describeFunction(latest)) }),
      PutFunctionConcurrency: reserve,
      GetFunctionConcurrency(input) {
        const count = reserved.get(whole(input).latest.functionName);
        return count === undefined ? {} : { ReservedConcurrentExecutions: count };
      },
      DeleteFunctionConcurrency(input) {
        reserved.delete(whole(input).latest.functionName);
        return {};
      },
      ...createVersionOperations(whole, clock),
      ...createAliasOperations(whole, options.onAliasDelete),
    },
  };
}

function required(value: string | undefined, member: string): string {
  if (value !== undefined) return value;
  throw invalidParameter(
    `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
  );
}

function unpack(folder: CodeFolder, code: Input): CodePackage {
  if (code.ZipFile instanceof Uint8Array) return folder.unpack(code.ZipFile);
  throw invalidParameter('The sandbox has no S3 and no image registry. Pass the code as ZipFile.');
}

function checkRevision(current: FunctionConfiguration, revisionId: unknown): void {
  if (revisionId !== undefined && revisionId !== current.revisionId) {
    throw preconditionFailed(
      'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    );
  }
}

function withoutUndefined(settings: FunctionSettings): Partial<FunctionConfiguration> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
