import { makeArn } from '../model/arn.ts';
import { anywhere, type PermissionReader, type PermissionReaders, passRole, permission } from './permission.ts';

const onWholeFunction = [
  'UpdateFunctionCode',
  'PutFunctionConcurrency',
  'GetFunctionConcurrency',
  'DeleteFunctionConcurrency',
  'PublishVersion',
  'ListVersionsByFunction',
  'CreateAlias',
  'UpdateAlias',
  'GetAlias',
  'ListAliases',
  'DeleteAlias',
] as const;

const onQualifiedFunction = [
  'GetFunction',
  'GetFunctionConfiguration',
  'DeleteFunction',
  'PutFunctionEventInvokeConfig',
  'UpdateFunctionEventInvokeConfig',
  'GetFunctionEventInvokeConfig',
  'DeleteFunctionEventInvokeConfig',
] as const;

/** Permissions of Lambda's operations. The ARN includes the call's qualifier. */
export const lambdaPermissions: PermissionReaders = {
  ...Object.fromEntries([...onWholeFunction, ...onQualifiedFunction].map((name) => [name, onFunction(name)])),
  ListFunctions: anywhere('lambda:ListFunctions'),
  Invoke: onFunction('InvokeFunction'),
  CreateFunction: (input, sources) => [
    ...onFunction('CreateFunction')(input, sources),
    passRole(sources, String(input.Role), 'lambda.amazonaws.com'),
  ],
  UpdateFunctionConfiguration: (input, sources) => [
    ...onFunction('UpdateFunctionConfiguration')(input, sources),
    ...(input.Role === undefined ? [] : [passRole(sources, String(input.Role), 'lambda.amazonaws.com')]),
  ],
};

function onFunction(operation: string): PermissionReader {
  return (input, account) => {
    const name = String(input.FunctionName);
    const arn = name.startsWith('arn:')
      ? name
      : makeArn(account, 'lambda', `function:${name.replace(/^(\d{12}:)?function:/, '')}`);
    const qualified = input.Qualifier === undefined || arn.split(':').length > 7 ? arn : `${arn}:${input.Qualifier}`;
    return [permission(`lambda:${operation}`, qualified)];
  };
}
