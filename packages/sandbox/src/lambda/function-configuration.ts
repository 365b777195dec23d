import type { CodePackage } from './code-package.ts';

/** A version of a function, immutable. Each change of `$LATEST` creates a new one. */
export interface FunctionConfiguration {
  readonly functionName: string;
  /** Without a qualifier. */
  readonly functionArn: string;
  /** `$LATEST` or a version number. */
  readonly version: string;
  readonly region: string;
  readonly role: string;
  readonly runtime: string;
  readonly handler: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  /** In MB. */
  readonly memorySize: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly architectures: readonly string[];
  readonly lastModifiedAt: number;
  readonly revisionId: string;
  readonly code: CodePackage;
}

/** The API's `FunctionConfiguration`. The ARN has the qualifier of the request. */
export function describeFunction(
  configuration: FunctionConfiguration,
  functionArn: string = configuration.functionArn,
): Readonly<Record<string, unknown>> {
  return {
    FunctionName: configuration.functionName,
    FunctionArn: functionArn,
    Runtime: configuration.runtime,
    Role: configuration.role,
    Handler: configuration.handler,
    CodeSize: configuration.code.sizeBytes,
    Description: configuration.description,
    Timeout: configuration.timeoutSeconds,
    MemorySize: configuration.memorySize,
    LastModified: new Date(configuration.lastModifiedAt).toISOString().replace('Z', '+0000'),
    CodeSha256: configuration.code.sha256,
    Version: configuration.version,
    TracingConfig: { Mode: 'PassThrough' },
    RevisionId: configuration.revisionId,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: configuration.architectures,
    EphemeralStorage: { Size: 512 },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${configuration.functionName}` },
    ...(Object.keys(configuration.environment).length === 0
      ? {}
      : { Environment: { Variables: configuration.environment } }),
  };
}
