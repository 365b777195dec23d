import {
  type Capacity,
  type MappingProblem,
  mappingDefaults,
  type ServiceMapping,
  type TaskOptions,
} from '@start-engines/core';
import { checkMerged, type requiredKeys } from './check-merged.ts';
import type { MappingDocument } from './mapping-schema.ts';
import type { ParsedDocument } from './parse-document.ts';

/** The mapping, or its problems. */
export type MergedMapping =
  | { readonly mapping: ServiceMapping; readonly problems: readonly [] }
  | { readonly mapping: undefined; readonly problems: readonly MappingProblem[] };

/**
 * Merges a service's document into the defaults. The service's own keys win, each as a whole; `environment` and `tags` are merged entry
 * by entry. The result has the problems of both documents, and of their combination. Never throws.
 *
 * @param service The service's name.
 */
export function mergeMapping(
  defaults: ParsedDocument | undefined,
  own: ParsedDocument,
  service: string,
): MergedMapping {
  const problems = [...(defaults?.problems ?? []), ...own.problems, ...checkMerged({ defaults, own, service })];
  if (own.document === undefined || problems.length > 0) return { mapping: undefined, problems };
  return { mapping: toMapping(service, mergeDocuments(defaults?.document ?? {}, own.document)), problems: [] };
}

type CompleteDocument = MappingDocument & Required<Pick<MappingDocument, (typeof requiredKeys)[number]>>;

function mergeDocuments(defaults: MappingDocument, own: MappingDocument): CompleteDocument {
  const merged = {
    ...defaults,
    ...own,
    environment: { ...defaults.environment, ...own.environment },
    tags: { ...defaults.tags, ...own.tags },
  };
  // `checkMerged` has found no missing key.
  return merged as CompleteDocument;
}

function toMapping(service: string, document: CompleteDocument): ServiceMapping {
  return {
    service,
    cluster: document.cluster,
    taskDefinition: document.taskDefinition,
    port: document.port,
    targetGroups: toTargetGroups(document),
    ...toRoutes(document),
    subnets: document.subnets,
    securityGroups: document.securityGroups ?? [],
    assignPublicIp: document.assignPublicIp ?? 'DISABLED',
    capacity: toCapacity(document),
    ...toTaskOptions(document),
    ...(document.containerName === undefined ? {} : { containerName: document.containerName }),
    environment: document.environment ?? {},
    wait: document.wait ?? mappingDefaults.wait,
    startTimeoutSeconds: document.startTimeoutSeconds ?? mappingDefaults.startTimeoutSeconds,
    healthyTimeoutSeconds: document.healthyTimeoutSeconds ?? mappingDefaults.healthyTimeoutSeconds,
    drainSeconds: document.drainSeconds ?? mappingDefaults.drainSeconds,
    ...toIdle(document),
    ...(document.leaseSeconds === undefined ? {} : { leaseSeconds: document.leaseSeconds }),
    dependsOn: document.dependsOn ?? [],
    exclusiveTargetGroup: document.exclusiveTargetGroup ?? true,
    allowOverrides: document.allowOverrides ?? {},
  };
}

function toTargetGroups({ targetGroupArn, targetGroups, port }: CompleteDocument): ServiceMapping['targetGroups'] {
  const documented = targetGroupArn === undefined ? targetGroups : [{ arn: targetGroupArn }];
  // The schema refuses an empty list.
  const [first, ...others] = documented as [TargetGroupKey, ...TargetGroupKey[]];
  const toPort = (group: TargetGroupKey) => ({ targetGroupArn: group.arn, port: group.port ?? port });
  return [toPort(first), ...others.map(toPort)];
}

/** Each target group of a service that requests can wake has a rule: `checkWake` has found none missing. */
function toRoutes({
  wake,
  targetGroupArn,
  targetGroups = [],
  listenerRuleArn,
}: CompleteDocument): Pick<ServiceMapping, 'routes'> {
  if (wake === undefined) return {};
  const groups = targetGroupArn === undefined ? targetGroups : [{ arn: targetGroupArn, listenerRuleArn }];
  return {
    routes: groups.map((group) => ({ listenerRuleArn: group.listenerRuleArn ?? '', targetGroupArn: group.arn })),
  };
}

/** In the defaults, `idle` is for the services that have `wake`. */
function toIdle({ idle, wake }: CompleteDocument): Pick<ServiceMapping, 'idle'> {
  if (idle === undefined || wake === undefined) return {};
  const { afterSeconds, minUpSeconds, ignoreRequests, longConnections } = idle;
  return {
    idle: {
      afterSeconds,
      minUpSeconds: minUpSeconds ?? mappingDefaults.idle.minUpSeconds,
      ignoreRequests: ignoreRequests ?? mappingDefaults.idle.ignoreRequests,
      longConnections: longConnections ?? false,
    },
  };
}

type TargetGroupKey = NonNullable<MappingDocument['targetGroups']>[number];

function toCapacity({ launchType, capacityProviderStrategy }: CompleteDocument): Capacity {
  if (capacityProviderStrategy !== undefined) return { capacityProviderStrategy };
  return launchType === 'CLUSTER_DEFAULT' ? { clusterDefault: true } : { launchType: launchType ?? 'FARGATE' };
}

function toTaskOptions(document: CompleteDocument): Pick<ServiceMapping, 'taskOptions'> {
  const { tags = {}, propagateTags, enableECSManagedTags, enableExecuteCommand, platformVersion } = document;
  const taskOptions: TaskOptions = {
    ...(Object.keys(tags).length === 0 ? {} : { tags }),
    ...(propagateTags === undefined ? {} : { propagateTags }),
    ...(enableECSManagedTags === undefined ? {} : { enableECSManagedTags }),
    ...(enableExecuteCommand === undefined ? {} : { enableExecuteCommand }),
    ...(platformVersion === undefined ? {} : { platformVersion }),
  };
  return Object.keys(taskOptions).length === 0 ? {} : { taskOptions };
}
