import type {
  MappingProblem,
  MappingVersions,
  ObservedTarget,
  ServiceStatus,
  SleepStatus,
  StatusProblem,
  TargetGroupPort,
} from '@start-engines/core';
import { CliError } from './cli-error.ts';
import type { CommandContext } from './command-context.ts';
import { exitCodes } from './exit-codes.ts';
import { invokeFunction } from './invoke-function.ts';

/** A live task in the function's status. */
export interface TaskReport {
  readonly taskArn: string;
  readonly taskId: string;
  readonly lastStatus: string;
  readonly desiredStatus: string;
  readonly ageSeconds: number;
  readonly privateIp?: string;
  readonly privateIpv6?: string;
  readonly retire?: { readonly asked: string; readonly by: string; readonly kind?: string };
  readonly leaseUntil?: string;
  /** Why the task is not the service's own. */
  readonly factsProblem?: { readonly kind: string; readonly message: string };
  readonly launch?: {
    readonly asked: string;
    readonly correlationId: string;
    readonly waitFor: string;
    readonly deadline: string;
    readonly targets: readonly TargetGroupPort[];
    readonly mappingVersions?: MappingVersions;
  };
}

type LastStop = NonNullable<ServiceStatus['lastStop']>;

/** How the last task ended. A function that is older than this command does not classify the end. */
export type StopReport = Omit<LastStop, 'kind' | 'message'> & Partial<Pick<LastStop, 'kind' | 'message'>>;

/** One service in the function's status. */
export interface ServiceReport {
  readonly service: string;
  readonly tasks: readonly TaskReport[];
  readonly targetGroups: readonly {
    readonly targetGroupArn: string;
    readonly targets: readonly ObservedTarget[];
    readonly problem?: string;
  }[];
  readonly lastStop?: StopReport;
  readonly mapping: {
    readonly versions?: MappingVersions;
    readonly problems: readonly MappingProblem[];
  };
  readonly sleep?: SleepReport;
  readonly problems?: readonly StatusProblem[];
}

/** Whether a service that requests can wake is up. */
export type SleepReport = Pick<SleepStatus, 'state' | 'routes'> & {
  readonly [Moment in 'pausedAt' | 'retryAt' | 'lastUsedAt' | 'idleAt']?: string;
};

/**
 * The function's status of the named services, or of all services.
 *
 * @throws CliError, StartEnginesError as `invokeFunction` does: an unknown state is never reported as "stopped"
 */
export async function fetchStatus(
  { aws, options, signal }: CommandContext,
  services: readonly string[],
): Promise<readonly ServiceReport[]> {
  const [only] = services;
  const which = services.length === 0 ? {} : services.length === 1 ? { service: only } : { services };
  const event = { action: 'status', ...which, workspace: options.workspace };
  const { body } = await invokeFunction(event, { aws, functionName: options.functionName, signal });
  if (Array.isArray(body.results)) return body.results as readonly ServiceReport[];
  if (only !== undefined && body.service === only) return [body as unknown as ServiceReport];
  throw new CliError('FunctionNotOurs', `${options.functionName} did not return a status: ${JSON.stringify(body)}`, {
    exitCode: exitCodes.failed,
  });
}
