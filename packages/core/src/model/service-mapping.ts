import type { AllowedOverrides } from './contract.ts';
import type { RoutedGroup } from './route.ts';

/** What a start waits for before it answers. */
export type WaitFor = 'none' | 'running' | 'healthy';

/** A target group and the port under which a service's task is registered in it. */
export interface TargetGroupPort {
  readonly targetGroupArn: string;
  readonly port: number;
}

/** The ARN of a target group. */
export const targetGroupArnPattern =
  /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:targetgroup\/[A-Za-z0-9-]{1,32}\/[A-Za-z0-9]+$/;

export interface CapacityProviderStrategyItem {
  readonly capacityProvider: string;
  readonly weight?: number;
  readonly base?: number;
}

/**
 * Where ECS runs the task: on a launch type, by a capacity-provider strategy, or by the cluster's default strategy.
 * With `clusterDefault` RunTask gets neither a launch type nor a strategy.
 */
export type Capacity =
  | { readonly launchType: 'FARGATE' | 'EC2' }
  | { readonly capacityProviderStrategy: readonly CapacityProviderStrategyItem[] }
  | { readonly clusterDefault: true };

/** Whether a capacity provider is Fargate's. All others are Auto Scaling groups or Managed Instances. */
export function isFargateProvider(capacityProvider: string): boolean {
  return capacityProvider === 'FARGATE' || capacityProvider === 'FARGATE_SPOT';
}

/** Further options of RunTask. An absent key is not sent. */
export interface TaskOptions {
  /** At most `mostTaskTags`. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly propagateTags?: 'TASK_DEFINITION' | 'NONE';
  readonly enableECSManagedTags?: boolean;
  readonly enableExecuteCommand?: boolean;
  /** Fargate's, such as `1.4.0` or `LATEST`. */
  readonly platformVersion?: string;
}

/** When an unused service is stopped. */
export interface IdleSettings {
  readonly afterSeconds: number;
  /** The service is not stopped before it has been up for this long, in seconds. */
  readonly minUpSeconds: number;
  /** So many requests in `afterSeconds` count as none. */
  readonly ignoreRequests: number;
  /** Requests last for hours, so their count proves nothing: only the end of a lease stops the service. */
  readonly longConnections: boolean;
}

/** Where and how a service runs: its document in SSM Parameter Store merged over the workspace's defaults, and validated. */
export interface ServiceMapping {
  readonly service: string;
  /** Name or ARN. */
  readonly cluster: string;
  /** Family, `family:revision` or ARN. */
  readonly taskDefinition: string;
  /** The service's own port, 1–65535. */
  readonly port: number;
  /** At least one. Callers see the first as `targetGroupArn`. */
  readonly targetGroups: readonly [TargetGroupPort, ...TargetGroupPort[]];
  /** The listener rule of each target group, if requests can wake the service. */
  readonly routes?: readonly RoutedGroup[];
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly assignPublicIp: 'ENABLED' | 'DISABLED';
  readonly capacity: Capacity;
  /** Undefined when the mapping sets none. */
  readonly taskOptions?: TaskOptions;
  /** The container that gets the environment; the task definition's first essential one when undefined. */
  readonly containerName?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly wait: WaitFor;
  readonly startTimeoutSeconds: number;
  readonly healthyTimeoutSeconds: number;
  /** How long a task keeps running after its deregistration, in seconds. */
  readonly drainSeconds: number;
  /** Undefined for a service that is not stopped when it is idle. */
  readonly idle?: IdleSettings;
  /** How long a start requests the service for, in seconds; undefined without an end. */
  readonly leaseSeconds?: number;
  readonly dependsOn: readonly string[];
  /** False if something else also registers targets in these groups. */
  readonly exclusiveTargetGroup: boolean;
  readonly allowOverrides: AllowedOverrides;
}

/** One problem in a parameter's document. */
export interface MappingProblem {
  /** The parameter's full name. */
  readonly parameter: string;
  readonly version: number;
  /** Path of the key inside the document, such as `targetGroups[1].port`; empty for the document itself. */
  readonly key: string;
  readonly message: string;
}

/** Versions of Parameter Store; `defaults` is undefined where the workspace has none. */
export interface MappingVersions {
  readonly service: number;
  readonly defaults?: number;
}

/** A usable mapping, and the problems of newer versions that were skipped. */
export interface LoadedMapping {
  readonly mapping: ServiceMapping;
  /** The versions in use. */
  readonly versions: MappingVersions;
  /** Empty unless a newer version was skipped. */
  readonly problems: readonly MappingProblem[];
}
