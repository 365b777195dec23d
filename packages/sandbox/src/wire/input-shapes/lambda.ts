import type { InputShapes } from '../shape.ts';

const configuration = {
  'FunctionName!': 'string',
  Handler: 'string',
  Description: 'string',
  Timeout: 'integer',
  MemorySize: 'integer',
  Environment: { Variables: { '*': 'string' } },
  DeadLetterConfig: { TargetArn: 'string' },
  TracingConfig: { Mode: 'string' },
  EphemeralStorage: { 'Size!': 'integer' },
  LoggingConfig: {
    LogFormat: 'string',
    ApplicationLogLevel: 'string',
    SystemLogLevel: 'string',
    LogGroup: 'string',
  },
  Layers: ['string'],
  Runtime: 'string',
} as const;

const qualified = { 'FunctionName!': 'string', Qualifier: 'string' } as const;

const alias = {
  'FunctionName!': 'string',
  'Name!': 'string',
  Description: 'string',
  RoutingConfig: { AdditionalVersionWeights: { '*': 'number' } },
} as const;

const eventInvokeConfig = {
  ...qualified,
  MaximumRetryAttempts: 'integer',
  MaximumEventAgeInSeconds: 'integer',
  DestinationConfig: { OnSuccess: { Destination: 'string' }, OnFailure: { Destination: 'string' } },
} as const;

/** Inputs of Lambda's operations (API version 2015-03-31), including members in the path, query and headers. */
export const lambdaInputShapes: InputShapes = {
  CreateFunction: {
    ...configuration,
    'Role!': 'string',
    'Code!': { ZipFile: 'blob', S3Bucket: 'string', S3Key: 'string', ImageUri: 'string' },
    Publish: 'boolean',
    PackageType: 'string',
    Tags: { '*': 'string' },
    Architectures: ['string'],
  },
  GetFunction: qualified,
  GetFunctionConfiguration: qualified,
  UpdateFunctionConfiguration: { ...configuration, Role: 'string', RevisionId: 'string' },
  UpdateFunctionCode: {
    'FunctionName!': 'string',
    ZipFile: 'blob',
    S3Bucket: 'string',
    S3Key: 'string',
    Publish: 'boolean',
    DryRun: 'boolean',
    RevisionId: 'string',
    Architectures: ['string'],
  },
  DeleteFunction: qualified,
  ListFunctions: { Marker: 'string', MaxItems: 'integer', FunctionVersion: 'string', MasterRegion: 'string' },
  PublishVersion: { 'FunctionName!': 'string', CodeSha256: 'string', Description: 'string', RevisionId: 'string' },
  ListVersionsByFunction: { 'FunctionName!': 'string', Marker: 'string', MaxItems: 'integer' },
  AddPermission: {
    ...qualified,
    'StatementId!': 'string',
    'Action!': 'string',
    'Principal!': 'string',
    SourceArn: 'string',
    SourceAccount: 'string',
  },
  GetPolicy: qualified,
  RemovePermission: { ...qualified, 'StatementId!': 'string' },
  CreateAlias: { ...alias, 'FunctionVersion!': 'string' },
  UpdateAlias: { ...alias, FunctionVersion: 'string', RevisionId: 'string' },
  GetAlias: { 'FunctionName!': 'string', 'Name!': 'string' },
  ListAliases: { 'FunctionName!': 'string', FunctionVersion: 'string', Marker: 'string', MaxItems: 'integer' },
  DeleteAlias: { 'FunctionName!': 'string', 'Name!': 'string' },
  PutFunctionConcurrency: { 'FunctionName!': 'string', 'ReservedConcurrentExecutions!': 'integer' },
  DeleteFunctionConcurrency: { 'FunctionName!': 'string' },
  GetFunctionConcurrency: { 'FunctionName!': 'string' },
  PutFunctionEventInvokeConfig: eventInvokeConfig,
  UpdateFunctionEventInvokeConfig: eventInvokeConfig,
  DeleteFunctionEventInvokeConfig: qualified,
  GetFunctionEventInvokeConfig: qualified,
  Invoke: {
    ...qualified,
    InvocationType: 'string',
    LogType: 'string',
    ClientContext: 'string',
    Payload: 'blob',
  },
};
