import type { DeployedFunction } from './function.ts';

/** @throws RangeError if there is no such service */
export function requireService(documents: Readonly<Record<string, string>>, wanted: string): void {
  const services = Object.keys(documents).flatMap((name) => /^services\/(.+)$/.exec(name)?.[1] ?? []);
  if (services.includes(wanted)) return;
  throw new RangeError(`There is no service "${wanted}" to start. The services are: ${services.join(', ')}.`);
}

/**
 * Requests the status and a dry run of the reconcile from the function. Returns the message for the operator.
 *
 * @throws Error with the function's error if it fails
 */
export async function lookAround(deployed: DeployedFunction, workspace: string): Promise<string> {
  const status = await deployed.invoke({ action: 'status', workspace });
  const services = status.results as readonly { readonly service: string; readonly tasks: readonly unknown[] }[];
  const up = services.filter(({ tasks }) => tasks.length > 0).map(({ service }) => service);
  const forecast = await deployed.invoke({ action: 'reconcile', dryRun: true, workspace });
  const drifted = (forecast.results as readonly unknown[]).length;
  return [
    `The function answers: ${services.length} services, running: ${up.join(', ') || 'none'}.`,
    drifted === 0 ? 'A reconcile would change nothing.' : `A reconcile would change ${drifted} services.`,
  ].join(' ');
}

interface StartBody {
  readonly message: string;
  readonly privateIp: string;
  readonly port: number;
  readonly healthStatus: string;
  readonly reused: boolean;
}

/**
 * Starts the service through the function, waits until its target is healthy, and stops it again unless it was already running
 * or has been requested by others meanwhile. Returns the message for the operator.
 *
 * @throws Error with the function's error if it fails
 */
export async function smokeTest(deployed: DeployedFunction, workspace: string, service: string): Promise<string> {
  // The stop has the time of the start, so it does not stop a task that others have requested since.
  const asked = new Date().toISOString();
  const body = await deployed.invoke({ action: 'start', service, wait: 'healthy', asked, workspace });
  const { message, privateIp, port, healthStatus, reused } = body as unknown as StartBody;
  const told = `${message} ${privateIp}:${port} is ${healthStatus}.`;
  if (reused) return told;
  const { results } = await deployed.invoke({ action: 'stop', service, asked, workspace });
  const [stopped] = results as readonly { readonly status: string }[];
  if (stopped?.status === 'kept') return `${told} It was also started by others meanwhile, so it keeps running.`;
  return `${told} It was stopped again.`;
}
