import type { AllowedOverrides } from './contract.ts';

/** What a start waits for before it answers. */
export type WaitFor = 'none' | 'running' | 'healthy';

/** A target group and the port under which a service's task is registered there. */
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
 * Where ECS runs the task: on a launch type, by a capacity-provider strategy, or by the cluster's own default strategy.
 * With `clusterDefault` RunTask gets neither a launch type nor a strategy.
 */
export type Capacity =
  | { readonly launchType: 'FARGATE' | 'EC2' }
  | { readonly capacityProviderStrategy: readonly CapacityProviderStrategyItem[] }
  | { readonly clusterDefault: true };

/** Whether a capacity provider is Fargate's. Every other one is an Auto Scaling group or Managed Instances. */
export function isFargateProvider(capacityProvider: string): boolean {
  return capacityProvider === 'FARGATE' || capacityProvider === 'FARGATE_SPOT';
}

/** What RunTask takes besides where the task runs. A key that is absent is not sent. */
export interface TaskOptions {
  /** At most `mostTaskTags`. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly propagateTags?: 'TASK_DEFINITION' | 'NONE';
  readonly enableECSManagedTags?: boolean;
  readonly enableExecuteCommand?: boolean;
  /** Fargate's, such as `1.4.0` or `LATEST`. */
  readonly platformVersion?: string;
}

/** Where and how a service runs: one document of SSM Parameter Store over the workspace's defaults, checked. */
export interface ServiceMapping {
  readonly service: string;
  /** Name or ARN. */
  readonly cluster: string;
  /** Family, `family:revision` or ARN. */
  readonly taskDefinition: string;
  /** The service's own port, 1–65535. */
  readonly port: number;
  /** At least one; the first is the one that a caller sees as `targetGroupArn`. */
  readonly targetGroups: readonly [TargetGroupPort, ...TargetGroupPort[]];
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly assignPublicIp: 'ENABLED' | 'DISABLED';
  readonly capacity: Capacity;
  /** Undefined when the mapping sets none of them. */
  readonly taskOptions?: TaskOptions;
  /** The container that gets the environment; the task definition's first essential one when undefined. */
  readonly containerName?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly wait: WaitFor;
  readonly startTimeoutSeconds: number;
  readonly healthyTimeoutSeconds: number;
  /** How long a task stays up after it was deregistered. */
  readonly drainSeconds: number;
  readonly dependsOn: readonly string[];
  /** False: something else registers targets in these groups too. */
  readonly exclusiveTargetGroup: boolean;
  readonly allowOverrides: AllowedOverrides;
}

/** One thing that is wrong with a parameter's document. */
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

/** A mapping that may be used, and what is wrong with newer versions that may not. */
export interface LoadedMapping {
  readonly mapping: ServiceMapping;
  /** The versions in use. */
  readonly versions: MappingVersions;
  /** Empty unless a newer version was passed over. */
  readonly problems: readonly MappingProblem[];
}
