import { type Account, makeArn } from '../model/arn.ts';
import { anywhere, type PermissionReader, type PermissionReaders, permission, tagContext } from './permission.ts';

/** Permissions of Parameter Store's operations. A version or label in a name is ignored. */
export const ssmPermissions: PermissionReaders = {
  PutParameter: (input, account) => [
    permission('ssm:PutParameter', parameterArn(account, input.Name), {
      'ssm:Overwrite': String(input.Overwrite ?? false),
      ...tagContext(input.Tags, 'Key', 'Value'),
    }),
  ],
  GetParameter: onName('GetParameter'),
  GetParameters: onNames('GetParameters'),
  // Only the given path is authorised, not the parameters below it.
  GetParametersByPath: (input, account) => [
    permission('ssm:GetParametersByPath', parameterArn(account, input.Path), {
      'ssm:Recursive': String(input.Recursive ?? false),
    }),
  ],
  GetParameterHistory: onName('GetParameterHistory'),
  DescribeParameters: anywhere('ssm:DescribeParameters'),
  DeleteParameter: onName('DeleteParameter'),
  DeleteParameters: onNames('DeleteParameters'),
};

function onName(operation: string): PermissionReader {
  return (input, account) => [permission(`ssm:${operation}`, parameterArn(account, input.Name))];
}

function onNames(operation: string): PermissionReader {
  return (input, account) =>
    (input.Names as readonly unknown[]).map((name) => permission(`ssm:${operation}`, parameterArn(account, name)));
}

function parameterArn(account: Account, name: unknown): string {
  const text = String(name);
  if (text.startsWith('arn:')) return text;
  const [plain = ''] = text.split(':');
  return makeArn(account, 'ssm', `parameter${plain.startsWith('/') ? '' : '/'}${plain}`);
}
