import { anywhere, type PermissionReaders, permission } from './permission.ts';

/** Permissions of CloudWatch's operations. They support no resource. */
export const cloudWatchPermissions: PermissionReaders = {
  GetMetricData: anywhere('cloudwatch:GetMetricData'),
  PutMetricData: ({ Namespace }) => [
    permission('cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': String(Namespace) }),
  ],
};
