import { workspaceOf } from '@start-engines/config';
import {
  configTtlSeconds,
  parameterPathOf,
  routeSettleSeconds,
  StartEnginesError,
  targetGroupArnPattern,
} from '@start-engines/core';
import type { Addressee } from './triggers/trigger.ts';

/** The function's environment variables, checked. */
export interface Environment {
  /** `/start-engines/<workspace>`, the path of the service mappings. */
  readonly parameterPath: string;
  readonly workspace: string;
  /** All clusters that may contain our tasks. */
  readonly clusters: readonly string[];
  readonly configTtlSeconds: number;
  /** The bus on which outcomes are published; undefined when they are not published. */
  readonly eventBusName?: string;
  /** The activator's target group; undefined when no service can be woken by requests. */
  readonly activatorGroupArn?: string;
  /** How long the nodes of the load balancer may take to apply a changed rule. */
  readonly routeSettleSeconds: number;
  /** The KMS key of the mappings and the key for launch facts. Default: the account's `aws/ssm` key. */
  readonly parameterKmsKey?: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** The workspace that the function is deployed in, or undefined when its parameter path names none. */
export function readWorkspace(variables: Variables): string | undefined {
  try {
    return workspaceOf(variables.PARAMETER_PATH ?? '');
  } catch {
    return undefined;
  }
}

/** The workspace that the function serves. `readEnvironment` rejects malformed values. */
export function readAddressee(variables: Variables): Addressee {
  return { workspace: readWorkspace(variables), acceptsUnaddressed: variables.ACCEPT_UNADDRESSED !== 'false' };
}

/** @throws StartEnginesError `Internal`, with the name of every missing or malformed variable, but not its value. */
export function readEnvironment(variables: Variables): Environment {
  const workspace = readWorkspace(variables);
  const clusters = (variables.CLUSTERS ?? '').split(',').map((cluster) => cluster.trim());
  const ttl = variables.CONFIG_TTL_SECONDS || `${configTtlSeconds.default}`;
  const eventBusName = variables.EVENT_BUS_NAME || undefined;
  const parameterKmsKey = variables.PARAMETER_KMS_KEY || undefined;
  const acceptUnaddressed = variables.ACCEPT_UNADDRESSED || 'true';
  const activatorGroupArn = variables.ACTIVATOR_TARGET_GROUP_ARN || undefined;
  const settle = variables.ROUTE_SETTLE_SECONDS || `${routeSettleSeconds.default}`;
  const problems = [
    workspace === undefined && 'PARAMETER_PATH must be /start-engines/<workspace>',
    !clusters.every(isCluster) && 'CLUSTERS must be names or ARNs of clusters, separated by commas',
    !isWithin(ttl, { least: 0, most: configTtlSeconds.most }) &&
      `CONFIG_TTL_SECONDS must be a whole number from 0 to ${configTtlSeconds.most}`,
    eventBusName !== undefined && !isEventBus(eventBusName) && 'EVENT_BUS_NAME must be the name or ARN of an event bus',
    activatorGroupArn !== undefined &&
      !targetGroupArnPattern.test(activatorGroupArn) &&
      'ACTIVATOR_TARGET_GROUP_ARN must be the ARN of a target group',
    !isWithin(settle, routeSettleSeconds) &&
      `ROUTE_SETTLE_SECONDS must be a whole number from ${routeSettleSeconds.least} to ${routeSettleSeconds.most}`,
    !['true', 'false'].includes(acceptUnaddressed) && 'ACCEPT_UNADDRESSED must be true or false',
  ].filter((problem) => problem !== false);
  if (workspace === undefined || problems.length > 0) {
    throw new StartEnginesError('Internal', `The environment of the function is invalid: ${problems.join('; ')}.`, {
      context: { environment: problems },
    });
  }
  return {
    parameterPath: parameterPathOf(workspace),
    workspace,
    clusters,
    configTtlSeconds: Number(ttl),
    ...(eventBusName === undefined ? {} : { eventBusName }),
    ...(activatorGroupArn === undefined ? {} : { activatorGroupArn }),
    routeSettleSeconds: Number(settle),
    ...(parameterKmsKey === undefined ? {} : { parameterKmsKey }),
  };
}

function isCluster(text: string): boolean {
  return /^(?:arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:cluster\/)?[A-Za-z0-9_-]{1,255}$/.test(text);
}

function isWithin(text: string, { least, most }: { readonly least: number; readonly most: number }): boolean {
  return /^\d{1,4}$/.test(text) && Number(text) >= least && Number(text) <= most;
}

function isEventBus(text: string): boolean {
  return /^[A-Za-z0-9._/:-]{1,1600}$/.test(text);
}
