import { AwsError } from '../../aws-error.ts';
import type { Operations } from '../../operation.ts';
import { makeArn } from '../arn.ts';
import { anything, integer, list, type Shaped, string, structure } from '../shape.ts';
import type { CapacityProviderStrategyItem, Cluster } from './cluster.ts';
import { ecsOperation, invalidParameter } from './ecs-operation.ts';
import type { EcsState } from './ecs-state.ts';
import { checkTags, tagsShape } from './tags.ts';

export const strategyShape = list(structure({ capacityProvider: string, weight: integer, base: integer }));
export type StrategyInput = Shaped<typeof strategyShape>;

const createClusterShape = structure({
  clusterName: string,
  tags: tagsShape,
  settings: list(anything),
  capacityProviders: list(string),
  defaultCapacityProviderStrategy: strategyShape,
});

export function createClusterOperations(state: EcsState): Operations {
  return {
    CreateCluster: ecsOperation(createClusterShape, (input) => {
      const name = input.clusterName ?? 'default';
      if (!/^[A-Za-z0-9_-]{1,255}$/.test(name)) throw invalidParameter('Identifier contains invalid characters.');
      const existing = state.clusters.get(name);
      if (existing?.status === 'ACTIVE') return { cluster: describeCluster(state, existing, true) };
      const cluster: Cluster = {
        arn: makeArn(state.account, 'ecs', `cluster/${name}`),
        name,
        capacityProviders: input.capacityProviders ?? [],
        defaultStrategy: readStrategy(input.defaultCapacityProviderStrategy ?? []),
        settings: input.settings ?? [{ name: 'containerInsights', value: 'disabled' }],
        tags: checkTags(input.tags ?? []),
        status: 'ACTIVE',
      };
      state.clusters.set(name, cluster);
      return { cluster: describeCluster(state, cluster, true) };
    }),

    DescribeClusters: ecsOperation(structure({ clusters: list(string), include: list(string) }), (input) => {
      const asked = input.clusters ?? ['default'];
      if (asked.length > 100) throw invalidParameter('Clusters cannot have more than 100 elements.');
      const found = asked.map((identifier) => ({ identifier, cluster: state.clusters.get(clusterNameOf(identifier)) }));
      const withTags = input.include?.includes('TAGS') ?? false;
      return {
        clusters: found.flatMap(({ cluster }) => (cluster ? [describeCluster(state, cluster, withTags)] : [])),
        failures: found
          .filter(({ cluster }) => cluster === undefined)
          .map(({ identifier }) => ({
            arn: makeArn(state.account, 'ecs', `cluster/${clusterNameOf(identifier)}`),
            reason: 'MISSING',
          })),
      };
    }),

    DeleteCluster: ecsOperation(structure({ cluster: string }), (input) => {
      const cluster = findCluster(state, input.cluster);
      if (tasksOf(state, cluster).some((task) => task.lastStatus !== 'STOPPED')) {
        throw new AwsError('ClusterContainsTasksException', 'The Cluster cannot be deleted while Tasks are active.');
      }
      cluster.status = 'INACTIVE';
      return { cluster: describeCluster(state, cluster, true) };
    }),
  };
}

/** Default: the cluster `default`. @throws `AwsError` ClusterNotFoundException */
export function findCluster(state: EcsState, identifier: string | undefined): Cluster {
  const cluster = state.clusters.get(clusterNameOf(identifier ?? 'default'));
  if (cluster === undefined) throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
  if (cluster.status === 'INACTIVE')
    throw new AwsError('ClusterNotFoundException', 'The referenced cluster was inactive.');
  return cluster;
}

export function readStrategy(items: StrategyInput): readonly CapacityProviderStrategyItem[] {
  return items.map(({ capacityProvider, weight = 0, base = 0 }) => {
    if (capacityProvider === undefined) throw invalidParameter('Capacity provider can not be blank.');
    return { capacityProvider, weight, base };
  });
}

function clusterNameOf(identifier: string): string {
  return /^arn:aws[a-z-]*:ecs:[^:]*:\d*:cluster\/(.+)$/.exec(identifier)?.[1] ?? identifier;
}

function tasksOf(state: EcsState, cluster: Cluster) {
  return [...state.tasks.values()].filter((record) => record.cluster === cluster).map(({ history }) => history.latest);
}

function describeCluster(state: EcsState, cluster: Cluster, withTags: boolean) {
  const tasks = tasksOf(state, cluster);
  const pending = ['PROVISIONING', 'PENDING', 'ACTIVATING'];
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: 0,
    runningTasksCount: tasks.filter((task) => task.lastStatus === 'RUNNING').length,
    pendingTasksCount: tasks.filter((task) => pending.includes(task.lastStatus)).length,
    activeServicesCount: [...state.services.values()].filter(
      (service) => service.clusterArn === cluster.arn && service.status === 'ACTIVE',
    ).length,
    statistics: [],
    tags: withTags ? cluster.tags : [],
    settings: cluster.settings,
    capacityProviders: cluster.capacityProviders,
    defaultCapacityProviderStrategy: cluster.defaultStrategy,
  };
}
