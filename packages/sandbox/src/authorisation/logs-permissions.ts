import { makeArn } from '../model/arn.ts';
import { anywhere, type PermissionReader, type PermissionReaders, permission } from './permission.ts';

/** What CloudWatch Logs' operations must be allowed. */
export const logsPermissions: PermissionReaders = {
  CreateLogGroup: onGroup('CreateLogGroup', ''),
  DeleteLogGroup: onGroup('DeleteLogGroup', ''),
  DescribeLogGroups: anywhere('logs:DescribeLogGroups'),
  // Reads of a group are authorised with an empty stream in the ARN.
  DescribeLogStreams: onGroup('DescribeLogStreams', ':log-stream:'),
  FilterLogEvents: onGroup('FilterLogEvents', ':log-stream:'),
};

function onGroup(operation: string, rest: string): PermissionReader {
  return ({ logGroupName, logGroupIdentifier }, account) => {
    const named = String(logGroupName ?? logGroupIdentifier ?? '');
    const name = named.replace(/^arn:.*:log-group:/, '').replace(/:\*$/, '');
    return [permission(`logs:${operation}`, makeArn(account, 'logs', `log-group:${name}${rest}`))];
  };
}
