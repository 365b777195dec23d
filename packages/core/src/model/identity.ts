const servicePattern = /^[a-z][a-z0-9-]{0,23}$/;
const workspacePattern = /^[a-z][a-z0-9-]{0,11}$/;
const reservedNames = new Set(['all', 'defaults']);
const ownerPrefix = 'start-engines/';

/** The characters and the length of a correlation id. */
export const correlationIdPattern = /^[A-Za-z0-9._:/@=+-]{1,128}$/;

/** Whether callers may use this as the name of a service. */
export function isServiceName(value: unknown): value is string {
  return typeof value === 'string' && servicePattern.test(value) && !reservedNames.has(value);
}

/** Whether this may be the name of a workspace. */
export function isWorkspaceName(value: unknown): value is string {
  return typeof value === 'string' && workspacePattern.test(value) && !reservedNames.has(value);
}

/** ECS' `startedBy` of every task that this system starts for a service: what makes a task ours. */
export function ownerOf(workspace: string, service: string): string {
  return `${ownerPrefix}${workspace}/${service}`;
}

/** The service that a task was started for in this workspace, or undefined when the task is not ours. */
export function serviceOfOwner(workspace: string, startedBy: string | undefined): string | undefined {
  const prefix = `${ownerPrefix}${workspace}/`;
  if (startedBy === undefined || !startedBy.startsWith(prefix)) return undefined;
  const service = startedBy.slice(prefix.length);
  return isServiceName(service) ? service : undefined;
}

/** Whether this system started the task, for whichever workspace. */
export function isOwner(startedBy: string): boolean {
  const [prefix, workspace, service, ...rest] = startedBy.split('/');
  return `${prefix}/` === ownerPrefix && isWorkspaceName(workspace) && isServiceName(service) && rest.length === 0;
}
