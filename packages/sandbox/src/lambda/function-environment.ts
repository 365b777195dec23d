import type { FunctionConfiguration } from './function-configuration.ts';

export interface ProcessIdentity {
  readonly accessKeyId: string;
  readonly logStreamName: string;
  readonly taskRoot: string;
}

/** What Node itself needs to start on the three platforms, and nothing else of the sandbox's own environment. */
const NEEDED_BY_NODE = ['PATH', 'SYSTEMROOT', 'TMPDIR', 'TEMP', 'TMP'];

/** The whole environment of a function's process, as the managed runtime sets it. */
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
    // Powertools counts a cold start only when this is set, as Lambda does.
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
    (entry): entry is [string, string] => entry[1] !== undefined && NEEDED_BY_NODE.includes(entry[0].toUpperCase()),
  );
  return Object.fromEntries(entries);
}
