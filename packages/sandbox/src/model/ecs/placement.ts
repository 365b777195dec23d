import { AwsError } from '../../aws-error.ts';
import type { CapacityProviderStrategyItem, Cluster } from './cluster.ts';
import { readStrategy, type StrategyInput } from './cluster-operations.ts';
import { invalidParameter } from './ecs-operation.ts';
import type { TaskDefinition } from './task-definition.ts';

/** The placement of a task. */
export interface Placement {
  readonly launchType: 'FARGATE' | 'EC2';
  /** Empty with a launch type. */
  readonly strategy: readonly CapacityProviderStrategyItem[];
  /** On Fargate only. */
  readonly platformVersion?: string;
}

interface PlacementInput {
  readonly launchType?: string;
  readonly capacityProviderStrategy?: StrategyInput;
  readonly platformVersion?: string;
  readonly assignPublicIp: string | undefined;
}

const launchTypes = ['EC2', 'FARGATE', 'EXTERNAL', 'MANAGED_INSTANCES'];
const fargateProviders = ['FARGATE', 'FARGATE_SPOT'];
const latestPlatformVersion = '1.4.0';
const platformVersions = ['1.0.0', '1.1.0', '1.2.0', '1.3.0', latestPlatformVersion];

/**
 * The sandbox has no container instances for the launch type EC2. Capacity providers other than Fargate's always have
 * capacity.
 *
 * @throws `AwsError` as RunTask does
 */
export function choosePlacement(cluster: Cluster, definition: TaskDefinition, input: PlacementInput): Placement {
  const strategy = chooseStrategy(cluster, input);
  const isFargate = strategy.length === 0 || strategy.every(isFargateProvider);
  const launchType = isFargate ? 'FARGATE' : 'EC2';
  if (!definition.compatibilities.includes(launchType)) {
    throw invalidParameter(`Task definition does not support launch_type ${launchType}.`);
  }
  if (isFargate) return { launchType, strategy, platformVersion: choosePlatform(input.platformVersion) };
  checkInstances(input);
  return { launchType, strategy };
}

function chooseStrategy(cluster: Cluster, input: PlacementInput): readonly CapacityProviderStrategyItem[] {
  const { launchType } = input;
  const strategy = readStrategy(input.capacityProviderStrategy ?? []);
  if (launchType !== undefined && strategy.length > 0) {
    throw invalidParameter(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  }
  if (launchType !== undefined && !launchTypes.includes(launchType)) {
    throw invalidParameter(`launchType should be one of [${launchTypes.join(', ')}].`);
  }
  if (launchType === 'FARGATE') return [];
  const chosen = strategy.length > 0 ? strategy : cluster.defaultStrategy;
  // Without a strategy, ECS would need container instances.
  if (launchType !== undefined || chosen.length === 0) {
    checkInstances(input);
    throw invalidParameter('No Container Instances were found in your cluster.');
  }
  if (!chosen.every(({ capacityProvider }) => cluster.capacityProviders.includes(capacityProvider))) {
    throw invalidParameter(
      'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.',
    );
  }
  if (chosen.some(isFargateProvider) && !chosen.every(isFargateProvider)) {
    throw invalidParameter(
      'The specified capacity provider strategy cannot contain a mix of Fargate and Auto Scaling group capacity providers.',
    );
  }
  return chosen;
}

function isFargateProvider({ capacityProvider }: CapacityProviderStrategyItem): boolean {
  return fargateProviders.includes(capacityProvider);
}

function choosePlatform(version: string | undefined): string {
  if (version === undefined || version === 'LATEST') return latestPlatformVersion;
  if (platformVersions.includes(version)) return version;
  throw new AwsError('PlatformUnknownException', 'The specified platform does not exist.');
}

/** Settings that only Fargate supports. */
function checkInstances({ platformVersion, assignPublicIp }: PlacementInput): void {
  if (platformVersion !== undefined) {
    throw invalidParameter('The platform version must be null when specifying an EC2 launch type.');
  }
  if (assignPublicIp === 'ENABLED') throw invalidParameter('Assign public IP is not supported for this launch type.');
}
