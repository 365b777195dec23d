import { invalidParameter } from './lambda-error.ts';

/** The validated settings of a function. Members that the caller omitted are `undefined`. */
export interface FunctionSettings {
  readonly role: string | undefined;
  readonly runtime: string | undefined;
  readonly handler: string | undefined;
  readonly description: string | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly memorySize: number | undefined;
  readonly environment: Readonly<Record<string, string>> | undefined;
}

type Input = Readonly<Record<string, unknown>>;

const runtimes = ['nodejs22.x', 'nodejs24.x'];
const endedRuntime = /^nodejs(\d\.\d+|1\d\.x|20\.x|4\.3|)$/;
const rolePattern = /^arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/;
const environmentLimitBytes = 4096;

/** Variables that the runtime sets, so a function cannot define them. */
const reservedVariables = [
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
];

/** @throws AwsError InvalidParameterValueException for the first member that Lambda would reject */
export function readFunctionSettings(input: Input): FunctionSettings {
  return {
    role: readRole(input.Role),
    runtime: readRuntime(input.Runtime),
    handler: readHandler(input.Handler),
    description: input.Description === undefined ? undefined : String(input.Description),
    timeoutSeconds: readNumber(input.Timeout, 'timeout', 1, 900),
    memorySize: readNumber(input.MemorySize, 'memorySize', 128, 10_240),
    environment: readEnvironment(input.Environment),
  };
}

export function readArchitectures(value: unknown): readonly string[] {
  if (value === undefined) return ['x86_64'];
  const known = Array.isArray(value) && value.length === 1 && ['x86_64', 'arm64'].includes(String(value[0]));
  if (!known) throw constraint(value, 'architectures', 'Member must satisfy enum value set: [x86_64, arm64]');
  return value.map(String);
}

function constraint(value: unknown, member: string, rule: string): Error {
  const shown = Array.isArray(value) ? `[${value.join(', ')}]` : String(value);
  return invalidParameter(
    `1 validation error detected: Value '${shown}' at '${member}' failed to satisfy constraint: ${rule}`,
  );
}

function readRole(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && rolePattern.test(value)) return value;
  const pattern = 'arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+';
  throw constraint(value, 'role', `Member must satisfy regular expression pattern: ${pattern}`);
}

function readRuntime(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const runtime = String(value);
  if (runtimes.includes(runtime)) return runtime;
  if (endedRuntime.test(runtime)) {
    throw invalidParameter(
      `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`,
    );
  }
  throw constraint(runtime, 'runtime', `Member must satisfy enum value set: [${runtimes.join(', ')}]`);
}

function readHandler(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const handler = String(value);
  if (handler.length <= 128 && /^\S+$/.test(handler)) return handler;
  throw constraint(handler, 'handler', 'Member must satisfy regular expression pattern: [^\\s]+');
}

function readNumber(value: unknown, member: string, minimum: number, maximum: number): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!Number.isInteger(number) || number < minimum) {
    throw constraint(value, member, `Member must have value greater than or equal to ${minimum}`);
  }
  if (number > maximum) throw constraint(value, member, `Member must have value less than or equal to ${maximum}`);
  return number;
}

function readEnvironment(value: unknown): Readonly<Record<string, string>> | undefined {
  if (value === undefined) return undefined;
  const variables = (value as { Variables?: Readonly<Record<string, unknown>> }).Variables ?? {};
  const environment = Object.fromEntries(Object.entries(variables).map(([name, text]) => [name, String(text)]));
  refuseReserved(Object.keys(environment));
  const text = JSON.stringify(environment);
  if (Buffer.byteLength(text) > environmentLimitBytes) {
    throw invalidParameter(
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${text}`,
    );
  }
  return environment;
}

function refuseReserved(names: readonly string[]): void {
  const reserved = names.filter((name) => reservedVariables.includes(name));
  if (reserved.length > 0) {
    throw invalidParameter(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  const malformed = names.find((name) => !/^[a-zA-Z]([a-zA-Z0-9_])+$/.test(name));
  if (malformed !== undefined) {
    throw constraint(malformed, 'environment.variables', 'Map keys must satisfy pattern: [a-zA-Z]([a-zA-Z0-9_])+');
  }
}
