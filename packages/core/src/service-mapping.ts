/** What a start waits for before it answers. */
export type WaitFor = 'none' | 'running' | 'healthy';

/** A target group and the port under which a service's task is registered there. */
export interface TargetGroupPort {
  readonly targetGroupArn: string;
  readonly port: number;
}

export interface CapacityProviderStrategyItem {
  readonly capacityProvider: string;
  readonly weight?: number;
  readonly base?: number;
}

/** How ECS finds room for the task: a launch type, or a capacity-provider strategy; never both. */
export type Capacity =
  | { readonly launchType: 'FARGATE' | 'EC2' | 'EXTERNAL' }
  | { readonly capacityProviderStrategy: readonly CapacityProviderStrategyItem[] };

/** The overrides that a mapping can allow. `environment` is allowed by variable name, the rest by value. */
export const overrideNames = [
  'cluster',
  'taskDefinition',
  'targetGroupArn',
  'subnets',
  'securityGroups',
  'containerName',
  'port',
  'environment',
  'startTimeoutSeconds',
] as const;
export type OverrideName = (typeof overrideNames)[number];

/**
 * Permitted values for each override: literal strings, patterns with `*`, or numbers. For `environment` they are names
 * of variables. An override that is not named here is forbidden.
 */
export type AllowedOverrides = Readonly<Partial<Record<OverrideName, readonly (string | number)[]>>>;

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

/** A mapping that may be used, and what is wrong with newer versions that may not. */
export interface LoadedMapping {
  readonly mapping: ServiceMapping;
  /** The parameter versions in use; `defaults` is undefined where the workspace has none. */
  readonly versions: { readonly service: number; readonly defaults?: number };
  /** Empty unless a newer version was passed over. */
  readonly problems: readonly MappingProblem[];
}
