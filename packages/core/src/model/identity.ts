import { ownerPrefix, reservedNames, serviceNamePattern, workspaceNamePattern } from './contract.ts';

const reserved: ReadonlySet<string> = new Set(reservedNames);

/** The characters and the length of a correlation id. */
export const correlationIdPattern = /^[A-Za-z0-9._:/@=+-]{1,128}$/;

/** Whether callers may use this as the name of a service. */
export function isServiceName(value: unknown): value is string {
  return typeof value === 'string' && serviceNamePattern.test(value) && !reserved.has(value);
}

/** Whether this may be the name of a workspace. */
export function isWorkspaceName(value: unknown): value is string {
  return typeof value === 'string' && workspaceNamePattern.test(value) && !reserved.has(value);
}

/** The `startedBy` of every task that this system starts for a service. It identifies the task's owner. AWS-007. */
export function ownerOf(workspace: string, service: string): string {
  return `${ownerPrefix}${workspace}/${service}`;
}

/** The service that a task was started for in this workspace; undefined for the tasks of others. */
export function serviceOfOwner(workspace: string, startedBy: string | undefined): string | undefined {
  const prefix = `${ownerPrefix}${workspace}/`;
  if (startedBy === undefined || !startedBy.startsWith(prefix)) return undefined;
  const service = startedBy.slice(prefix.length);
  return isServiceName(service) ? service : undefined;
}

/** Whether this system started the task, for any workspace. */
export function isOwner(startedBy: string): boolean {
  const [prefix, workspace, service, ...rest] = startedBy.split('/');
  return `${prefix}/` === ownerPrefix && isWorkspaceName(workspace) && isServiceName(service) && rest.length === 0;
}
