import type { SandboxClock } from '../clock.ts';
import type { Operations } from '../operation.ts';
import type { FunctionNames } from './function-names.ts';
import { functionNotFound, invalidParameter, resourceNotFound } from './lambda-error.ts';

/** How a function's asynchronous invocations are retried, and who is told when they fail for good. */
export interface EventInvokeConfig {
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  readonly onFailureDestination: string | undefined;
}

/** What holds for a function without a configuration of its own. */
const DEFAULT_CONFIG: EventInvokeConfig = {
  maximumRetryAttempts: 2,
  maximumEventAgeSeconds: 21_600,
  onFailureDestination: undefined,
};

export interface EventInvokeConfigs {
  readonly operations: Operations;
  of(functionName: string): EventInvokeConfig;
  forget(functionName: string): void;
}

interface Stored {
  readonly members: Readonly<Record<string, unknown>>;
  readonly modifiedAt: number;
}

type Input = Readonly<Record<string, unknown>>;

export function createEventInvokeConfigs(
  names: FunctionNames,
  exists: (functionName: string) => boolean,
  clock: SandboxClock,
): EventInvokeConfigs {
  const stored = new Map<string, Stored>();

  function nameOf(input: Input): string {
    const name = names.resolve(input.FunctionName, input.Qualifier);
    if (!exists(name)) throw functionNotFound(names.arnOf(name));
    return name;
  }

  function describe(name: string): Readonly<Record<string, unknown>> {
    const config = stored.get(name);
    if (config === undefined) {
      throw resourceNotFound(`The function ${names.arnOf(name)}:$LATEST doesn't have an EventInvokeConfig`);
    }
    return {
      LastModified: new Date(config.modifiedAt),
      FunctionArn: `${names.arnOf(name)}:$LATEST`,
      DestinationConfig: { OnSuccess: {}, OnFailure: {} },
      ...config.members,
    };
  }

  function put(name: string, members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    stored.set(name, { members, modifiedAt: clock.now() });
    return describe(name);
  }

  return {
    operations: {
      PutFunctionEventInvokeConfig: (input) => put(nameOf(input), readMembers(input)),
      UpdateFunctionEventInvokeConfig(input) {
        const name = nameOf(input);
        return put(name, { ...stored.get(name)?.members, ...readMembers(input) });
      },
      GetFunctionEventInvokeConfig: (input) => describe(nameOf(input)),
      DeleteFunctionEventInvokeConfig(input) {
        const name = nameOf(input);
        describe(name);
        stored.delete(name);
        return {};
      },
    },
    of(functionName) {
      const members = stored.get(functionName)?.members;
      if (members === undefined) return DEFAULT_CONFIG;
      const destinations = members.DestinationConfig as { OnFailure?: { Destination?: string } } | undefined;
      return {
        maximumRetryAttempts: Number(members.MaximumRetryAttempts ?? DEFAULT_CONFIG.maximumRetryAttempts),
        maximumEventAgeSeconds: Number(members.MaximumEventAgeInSeconds ?? DEFAULT_CONFIG.maximumEventAgeSeconds),
        onFailureDestination: destinations?.OnFailure?.Destination,
      };
    },
    forget: (functionName) => void stored.delete(functionName),
  };
}

function readMembers(input: Input): Readonly<Record<string, unknown>> {
  const attempts = readLimited(input, 'MaximumRetryAttempts', 0, 2);
  const age = readLimited(input, 'MaximumEventAgeInSeconds', 60, 21_600);
  return { ...attempts, ...age, ...readDestinations(input.DestinationConfig) };
}

function readLimited(input: Input, member: string, minimum: number, maximum: number): Readonly<Record<string, number>> {
  if (input[member] === undefined) return {};
  const value = Number(input[member]);
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return { [member]: value };
  const name = `${member.slice(0, 1).toLowerCase()}${member.slice(1)}`;
  const bound = value < minimum ? `greater than or equal to ${minimum}` : `less than or equal to ${maximum}`;
  throw invalidParameter(
    `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: Member must have value ${bound}`,
  );
}

function readDestinations(value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined) return {};
  const config = value as { OnSuccess?: { Destination?: unknown }; OnFailure?: { Destination?: unknown } };
  for (const destination of [config.OnSuccess?.Destination, config.OnFailure?.Destination]) {
    if (destination !== undefined && !/^arn:aws[a-zA-Z-]*:(sqs|sns|lambda|events|s3):/.test(String(destination))) {
      throw invalidParameter(`The provided destination config DestinationConfig(${String(destination)}) is invalid.`);
    }
  }
  return { DestinationConfig: { OnSuccess: config.OnSuccess ?? {}, OnFailure: config.OnFailure ?? {} } };
}
