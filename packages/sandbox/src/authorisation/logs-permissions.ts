import { makeArn } from '../model/arn.ts';
import { anywhere, type PermissionReader, type PermissionReaders, permission } from './permission.ts';

/** Permissions of CloudWatch Logs' operations. */
export const logsPermissions: PermissionReaders = {
  CreateLogGroup: onGroup('CreateLogGroup', ''),
  DeleteLogGroup: onGroup('DeleteLogGroup', ''),
  DescribeLogGroups: anywhere('logs:DescribeLogGroups'),
  // Reads of a log group are authorised with an empty stream name in the ARN.
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
