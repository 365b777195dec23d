import { isFargateProvider, type ServiceMapping } from '@start-engines/core';
import type { DefinitionProblem } from './definition-problem.ts';
import type { ClusterEvidence } from './read-cluster.ts';
import type { FoundDefinition } from './read-definition.ts';

/** Where ECS will run the task. */
interface Place {
  readonly key: 'launchType' | 'capacityProviderStrategy';
  readonly isFargate: boolean;
  /** The task definition must be compatible with one of them. */
  readonly compatibilities: readonly string[];
  readonly description: string;
}

/** Why the task definition cannot run where the mapping, or the cluster's default strategy, places its tasks. */
export function findCapacityProblem(
  mapping: ServiceMapping,
  { compatibilities, arn }: FoundDefinition,
  cluster: ClusterEvidence | undefined,
): DefinitionProblem | undefined {
  const place = findPlace(mapping, cluster);
  if (place === undefined) return undefined;
  const { key, description } = place;
  const unknown = findUnknownProvider(mapping, cluster);
  if (unknown !== undefined) {
    const message = `the capacity provider ${unknown} is not associated with the cluster ${cluster?.name}`;
    const known = cluster?.capacityProviders.join(', ') || 'none';
    return { key, message, evidence: [`its capacity providers: ${known}`] };
  }
  if (compatibilities.length > 0 && !compatibilities.some((one) => place.compatibilities.includes(one))) {
    const name = arn.split('/').at(-1) ?? arn;
    const message = `${name} is compatible with ${compatibilities.join(', ')}, not with ${description}`;
    return { key, message, evidence: [arn] };
  }
  if (mapping.taskOptions?.platformVersion === undefined || place.isFargate) return undefined;
  const message = `is for Fargate only, but the task runs on ${description}`;
  return { key: 'platformVersion', message, evidence: [`platformVersion: ${mapping.taskOptions.platformVersion}`] };
}

/** Undefined if it depends on the cluster and the cluster was not read. */
function findPlace({ capacity }: ServiceMapping, cluster: ClusterEvidence | undefined): Place | undefined {
  if ('launchType' in capacity) return placeOfType(capacity.launchType, capacity.launchType);
  if ('capacityProviderStrategy' in capacity) {
    const providers = capacity.capacityProviderStrategy.map(({ capacityProvider }) => capacityProvider);
    return placeOfProviders(providers, 'capacityProviderStrategy', '');
  }
  if (cluster === undefined) return undefined;
  const { name, defaultProviders } = cluster;
  if (defaultProviders.length > 0) return placeOfProviders(defaultProviders, 'launchType', ` (the default of ${name})`);
  return placeOfType('EC2', `EC2 (the cluster ${name} has no default capacity provider strategy)`);
}

function placeOfType(launchType: string, description: string): Place {
  return { key: 'launchType', isFargate: launchType === 'FARGATE', compatibilities: [launchType], description };
}

function placeOfProviders(providers: readonly string[], key: Place['key'], whose: string): Place {
  const isFargate = providers.every(isFargateProvider);
  const description = `the capacity provider ${providers.join(', ')}${whose}`;
  // Any other provider is an Auto Scaling group or Managed Instances.
  return { key, isFargate, compatibilities: isFargate ? ['FARGATE'] : ['EC2', 'MANAGED_INSTANCES'], description };
}

function findUnknownProvider({ capacity }: ServiceMapping, cluster: ClusterEvidence | undefined): string | undefined {
  if (cluster === undefined || !('capacityProviderStrategy' in capacity)) return undefined;
  return capacity.capacityProviderStrategy
    .map(({ capacityProvider }) => capacityProvider)
    .find((provider) => !cluster.capacityProviders.includes(provider));
}
