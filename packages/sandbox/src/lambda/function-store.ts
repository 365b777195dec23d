import { randomUUID } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import type { Operations } from '../operation.ts';
import type { CodeFolder, CodePackage } from './code-package.ts';
import { describeFunction, type FunctionConfiguration } from './function-configuration.ts';
import { type FunctionSettings, readArchitectures, readFunctionSettings } from './function-input.ts';
import type { FunctionNames } from './function-names.ts';
import { functionNotFound, invalidParameter, preconditionFailed, resourceConflict } from './lambda-error.ts';

type Input = Readonly<Record<string, unknown>>;

/** The functions that are deployed, and the operations that change them. */
export interface FunctionStore {
  readonly operations: Operations;
  find(functionName: string): FunctionConfiguration | undefined;
  /** @throws AwsError ResourceNotFoundException */
  get(functionName: string): FunctionConfiguration;
  reservedConcurrency(functionName: string): number | undefined;
}

export interface FunctionStoreOptions {
  readonly clock: SandboxClock;
  readonly region: string;
  readonly names: FunctionNames;
  readonly folder: CodeFolder;
  /** Called when processes of the function no longer are what it is. */
  readonly onChange: (functionName: string) => void;
  readonly onDelete: (functionName: string) => void;
}

export function createFunctionStore(options: FunctionStoreOptions): FunctionStore {
  const { names, clock, folder } = options;
  const functions = new Map<string, FunctionConfiguration>();
  const reserved = new Map<string, number>();

  function get(functionName: string): FunctionConfiguration {
    const found = functions.get(functionName);
    if (found === undefined) throw functionNotFound(names.arnOf(functionName));
    return found;
  }

  const named = (input: Input) => get(names.resolve(input.FunctionName, input.Qualifier));

  function change(current: FunctionConfiguration, changed: Partial<FunctionConfiguration>): Input {
    const next = { ...current, ...changed, lastModifiedAt: clock.now(), revisionId: randomUUID() };
    functions.set(current.functionName, next);
    options.onChange(current.functionName);
    return describeFunction(next);
  }

  function create(input: Input): Input {
    const functionName = names.resolve(input.FunctionName);
    const settings = readFunctionSettings(input);
    const architectures = readArchitectures(input.Architectures);
    if (functions.has(functionName)) throw resourceConflict(`Function already exist: ${functionName}`);
    const code = unpack(folder, (input.Code ?? {}) as Input);
    const created: FunctionConfiguration = {
      functionName,
      functionArn: names.arnOf(functionName),
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
    functions.set(functionName, created);
    return describeFunction(created);
  }

  function updateCode(input: Input): Input {
    const current = named(input);
    checkRevision(current, input.RevisionId);
    const architectures =
      input.Architectures === undefined ? current.architectures : readArchitectures(input.Architectures);
    return change(current, { code: unpack(folder, input), architectures });
  }

  function updateConfiguration(input: Input): Input {
    const current = named(input);
    checkRevision(current, input.RevisionId);
    return change(current, withoutUndefined(readFunctionSettings(input)));
  }

  function remove(input: Input): Input {
    const { functionName } = named(input);
    functions.delete(functionName);
    reserved.delete(functionName);
    options.onDelete(functionName);
    return { StatusCode: 204 };
  }

  function reserve(input: Input): Input {
    const { functionName } = named(input);
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
    find: (functionName) => functions.get(functionName),
    get,
    reservedConcurrency: (functionName) => reserved.get(functionName),
    operations: {
      CreateFunction: create,
      GetFunction: (input) => ({ Configuration: describeFunction(named(input)), Code: { RepositoryType: 'S3' } }),
      GetFunctionConfiguration: (input) => describeFunction(named(input)),
      UpdateFunctionCode: updateCode,
      UpdateFunctionConfiguration: updateConfiguration,
      DeleteFunction: remove,
      ListFunctions: () => ({ Functions: [...functions.values()].map(describeFunction) }),
      PutFunctionConcurrency: reserve,
      GetFunctionConcurrency(input) {
        const count = reserved.get(named(input).functionName);
        return count === undefined ? {} : { ReservedConcurrentExecutions: count };
      },
      DeleteFunctionConcurrency(input) {
        reserved.delete(named(input).functionName);
        return {};
      },
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
  throw invalidParameter('The sandbox has no S3 and no image registry: give the code as ZipFile.');
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
