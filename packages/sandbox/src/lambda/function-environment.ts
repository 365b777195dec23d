import type { FunctionConfiguration } from './function-configuration.ts';

export interface ProcessIdentity {
  readonly accessKeyId: string;
  readonly logStreamName: string;
  readonly taskRoot: string;
}

/** Variables that Node needs to start on the three platforms. No others are copied from the sandbox's environment. */
const neededByNode = ['PATH', 'SYSTEMROOT', 'TMPDIR', 'TEMP', 'TMP'];

/** The environment of a function's process, as set by the managed runtime. */
export function buildFunctionEnvironment(
  configuration: FunctionConfiguration,
  identity: ProcessIdentity,
  endpoint: string,
): Readonly<Record<string, string>> {
  return {
    ...inheritedEnvironment(),
    AWS_ENDPOINT_URL: endpoint,
    ...configuration.environment,
    AWS_REGION: configuration.region,
    AWS_DEFAULT_REGION: configuration.region,
    AWS_LAMBDA_FUNCTION_NAME: configuration.functionName,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memorySize),
    AWS_LAMBDA_FUNCTION_VERSION: configuration.version,
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${configuration.functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: identity.logStreamName,
    // Lambda sets this variable, and Powertools needs it to count cold starts.
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.runtime}`,
    _HANDLER: configuration.handler,
    LAMBDA_TASK_ROOT: identity.taskRoot,
    AWS_ACCESS_KEY_ID: identity.accessKeyId,
    AWS_SECRET_ACCESS_KEY: `secret-of-${identity.accessKeyId}`,
    AWS_SESSION_TOKEN: `session-of-${identity.accessKeyId}`,
    TZ: 'UTC',
  };
}

function inheritedEnvironment(): Readonly<Record<string, string>> {
  const entries = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && neededByNode.includes(entry[0].toUpperCase()),
  );
  return Object.fromEntries(entries);
}
