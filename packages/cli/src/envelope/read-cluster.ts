import { callAws } from '@start-engines/aws';
import { StartEnginesError } from '@start-engines/core';
import type { AwsAccess } from '../aws-access.ts';

/** The part of a cluster that decides where its tasks run. */
export interface ClusterEvidence {
  readonly name: string;
  readonly capacityProviders: readonly string[];
  /** The capacity providers of the default strategy. Empty: RunTask uses the launch type EC2. */
  readonly defaultProviders: readonly string[];
}

/** Undefined if the cluster does not exist. @throws StartEnginesError an AWS code */
export async function readCluster(aws: AwsAccess, cluster: string): Promise<ClusterEvidence | undefined> {
  const { DescribeClustersCommand } = await import('../sdk/ecs.ts');
  const client = await aws.ecs();
  const operation = { service: 'ECS', operation: 'DescribeClusters', about: { cluster } } as const;
  const reply = await callAws(operation, () => client.send(new DescribeClustersCommand({ clusters: [cluster] })));
  const failure = reply.failures?.find(({ reason }) => reason !== 'MISSING');
  if (failure !== undefined) {
    throw new StartEnginesError('AwsRejected', `ECS DescribeClusters: ${failure.reason}`, { context: operation });
  }
  const found = reply.clusters?.[0];
  if (found?.status !== 'ACTIVE') return undefined;
  return {
    name: found.clusterName ?? cluster,
    capacityProviders: found.capacityProviders ?? [],
    defaultProviders: (found.defaultCapacityProviderStrategy ?? []).flatMap((item) => item.capacityProvider ?? []),
  };
}
