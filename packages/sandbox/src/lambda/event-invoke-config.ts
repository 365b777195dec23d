import type { SandboxClock } from '../clock.ts';
import type { Operations } from '../operation.ts';
import type { FunctionNames, FunctionReference } from './function-names.ts';
import { invalidParameter, resourceNotFound } from './lambda-error.ts';

/** Retries and destinations of a function's asynchronous invocations. */
export interface EventInvokeConfig {
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  readonly onFailureDestination: string | undefined;
}

/** The defaults of a function without a configuration. */
const defaultConfig: EventInvokeConfig = {
  maximumRetryAttempts: 2,
  maximumEventAgeSeconds: 21_600,
  onFailureDestination: undefined,
};

/** Each version and alias has its own configuration. The one of `$LATEST` does not apply to an alias. */
export interface EventInvokeConfigs {
  readonly operations: Operations;
  of(reference: FunctionReference): EventInvokeConfig;
  /** Deletes the configurations of a function with all its versions and aliases, or of one qualifier. */
  forget(functionName: string, qualifier?: string): void;
}

interface Stored {
  readonly members: Readonly<Record<string, unknown>>;
  readonly modifiedAt: number;
}

type Input = Readonly<Record<string, unknown>>;

export function createEventInvokeConfigs(
  names: FunctionNames,
  /** @throws AwsError ResourceNotFoundException */
  checkExists: (reference: FunctionReference) => void,
  clock: SandboxClock,
): EventInvokeConfigs {
  const stored = new Map<string, Stored>();
  const keyOf = ({ functionName, qualifier }: FunctionReference) => `${functionName}:${qualifier ?? '$LATEST'}`;

  function arnIn(input: Input): { readonly key: string; readonly arn: string } {
    const reference = names.resolve(input.FunctionName, input.Qualifier);
    checkExists(reference);
    return { key: keyOf(reference), arn: names.arnOf(reference.functionName, reference.qualifier ?? '$LATEST') };
  }

  function describe({ key, arn }: ReturnType<typeof arnIn>): Readonly<Record<string, unknown>> {
    const config = stored.get(key);
    if (config === undefined) throw resourceNotFound(`The function ${arn} doesn't have an EventInvokeConfig`);
    return {
      LastModified: new Date(config.modifiedAt),
      FunctionArn: arn,
      DestinationConfig: { OnSuccess: {}, OnFailure: {} },
      ...config.members,
    };
  }

  function put(named: ReturnType<typeof arnIn>, members: Readonly<Record<string, unknown>>) {
    stored.set(named.key, { members, modifiedAt: clock.now() });
    return describe(named);
  }

  return {
    operations: {
      PutFunctionEventInvokeConfig: (input) => put(arnIn(input), readMembers(input)),
      UpdateFunctionEventInvokeConfig(input) {
        const named = arnIn(input);
        return put(named, { ...stored.get(named.key)?.members, ...readMembers(input) });
      },
      GetFunctionEventInvokeConfig: (input) => describe(arnIn(input)),
      DeleteFunctionEventInvokeConfig(input) {
        const named = arnIn(input);
        describe(named);
        stored.delete(named.key);
        return {};
      },
    },
    of(reference) {
      const members = stored.get(keyOf(reference))?.members;
      if (members === undefined) return defaultConfig;
      const destinations = members.DestinationConfig as { OnFailure?: { Destination?: string } } | undefined;
      return {
        maximumRetryAttempts: Number(members.MaximumRetryAttempts ?? defaultConfig.maximumRetryAttempts),
        maximumEventAgeSeconds: Number(members.MaximumEventAgeInSeconds ?? defaultConfig.maximumEventAgeSeconds),
        onFailureDestination: destinations?.OnFailure?.Destination,
      };
    },
    forget(functionName, qualifier) {
      for (const key of stored.keys()) {
        if (qualifier === undefined ? key.startsWith(`${functionName}:`) : key === `${functionName}:${qualifier}`) {
          stored.delete(key);
        }
      }
    },
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
