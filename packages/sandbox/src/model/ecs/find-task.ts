import { makeArn } from '../arn.ts';
import type { Cluster } from './cluster.ts';
import { invalidParameter } from './ecs-operation.ts';
import type { EcsState } from './ecs-state.ts';

/** The ARN of a task in a cluster, from its ID or ARN. @throws `AwsError` InvalidParameterException */
export function taskArnOf(state: EcsState, cluster: Cluster, identifier: string): string {
  const [, inCluster, idInArn] = /^arn:aws[a-z-]*:ecs:[^:]*:\d*:task\/([^/]+)\/(.+)$/.exec(identifier) ?? [];
  if (inCluster !== undefined && inCluster !== cluster.name) {
    throw invalidParameter(`Identifier is for cluster ${inCluster}. Your cluster is ${cluster.name}`);
  }
  const id = idInArn ?? identifier;
  if (id.length !== 32 && id.length !== 36) throw invalidParameter('taskId length should be one of [32,36]');
  return makeArn(state.account, 'ecs', `task/${cluster.name}/${id}`);
}
