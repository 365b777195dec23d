import { createSsmServiceMappings } from '@start-engines/config';
import { addressOfType, isKept, isLive, StartEnginesError, type TargetGroupPort, type Task } from '@start-engines/core';
import type { AwsAccess } from '../aws-access.ts';
import type { CommandContext } from '../command-context.ts';
import { addressTypeOf } from '../envelope/check-addresses.ts';
import { lastName } from '../envelope/check-envelope.ts';
import { readCluster } from '../envelope/read-cluster.ts';
import { readDefinition } from '../envelope/read-definition.ts';
import { readEnvelope } from '../envelope/read-envelope.ts';
import { readFunction } from '../envelope/read-function.ts';
import type { Evidence, LoadBalancerEvidence, MappingEvidence, Read } from './evidence.ts';
import { createLoadBalancerReader, type LoadBalancerReader } from './gather-load-balancers.ts';
import { createNetworkReader, type NetworkReader } from './gather-network.ts';
import { readOtherPlanes, readTasks } from './gather-tasks.ts';
import { read, readAfter } from './read.ts';

export interface Question {
  readonly service: string;
  readonly path: string;
  readonly host: string | undefined;
}

/**
 * Reads from AWS everything about a service. It changes nothing.
 *
 * @throws StartEnginesError if neither the mapping nor the function can be read, because then nothing else can be, either
 */
export async function gatherEvidence(context: CommandContext, question: Question): Promise<Evidence> {
  const { aws, options } = context;
  const { service } = question;
  const { workspace, parameterPath, functionName } = options;
  const [mapping, deployed, envelope] = await Promise.all([
    readMapping(aws, parameterPath, service),
    read(() => readFunction(aws, functionName)),
    read(() => readEnvelope(aws, parameterPath)),
  ]);
  if (mapping.kind === 'unreadable' && 'problem' in deployed) throw mapping.error;
  const loaded = mapping.kind === 'loaded' ? mapping.loaded.mapping : undefined;
  const clusters = clustersOf(loaded?.cluster, 'value' in deployed ? deployed.value?.clusters : undefined);
  // If the mapping could not be read, facts that depend on it are gaps and not absent.
  const unread = mapping.kind === 'unreadable' ? { problem: mapping.problem } : undefined;
  const [seen, definition, cluster] = await Promise.all([
    read(() => readTasks(aws, { workspace, service }, clusters)),
    unread ?? read(async () => (loaded === undefined ? undefined : readDefinition(aws, loaded.taskDefinition))),
    loaded === undefined || 'launchType' in loaded.capacity ? undefined : read(() => readCluster(aws, loaded.cluster)),
  ]);
  const tasks = withoutGap(seen, deployed);
  const [balancing, network] = await Promise.all([createLoadBalancerReader(aws), createNetworkReader(aws)]);
  const kept = 'value' in tasks ? tasks.value.find(isKept) : undefined;
  const mapped: readonly TargetGroupPort[] = loaded?.targetGroups ?? [];
  const own = kept?.facts?.targets ?? mapped;
  const arns = [...new Set([...own, ...mapped].map(({ targetGroupArn }) => targetGroupArn))];
  const [groups, mappedGroups, loadBalancers, otherPlanes] = await Promise.all([
    (kept?.facts === undefined && unread) || read(() => balancing.groups(own)),
    unread ?? read(() => balancing.groups(mapped)),
    read(() => readBalancers({ aws, parameterPath, balancing, network }, arns)),
    (arns.length === 0 && unread) || read(() => readOtherPlanes(aws, clusters, arns)),
  ]);
  const live = 'value' in tasks ? tasks.value.filter(isLive) : [];
  // If a task has two addresses, the load balancer uses the one that its target group accepts.
  const [group] = 'value' in groups ? groups.value : [];
  const addressOf = (task: Task) => (group && addressOfType(task, addressTypeOf(group))) ?? task.privateIp ?? [];
  const interfaces = await read(() => network.interfacesAt(live.flatMap(addressOf)));
  const [securityGroups, subnets] = await Promise.all([
    readAfter(loadBalancers, (balancers) =>
      network.securityGroups([
        ...balancers.flatMap((balancer) => balancer.securityGroups),
        ...('value' in interfaces ? interfaces.value : []).flatMap(({ groupIds }) => groupIds),
        ...(loaded?.securityGroups ?? []),
      ]),
    ),
    unread ?? read(() => network.subnets(loaded?.subnets ?? [])),
  ]);
  return {
    ...{ workspace, ...question, now: Date.now(), mapping, groups, mappedGroups, loadBalancers, tasks, otherPlanes },
    ...{ interfaces, securityGroups, subnets, definition, function: deployed, envelope },
    ...(cluster === undefined ? {} : { cluster }),
  };
}

async function readMapping(
  aws: AwsAccess,
  parameterPath: string,
  service: string,
): Promise<MappingEvidence & { readonly error?: Error }> {
  const client = await aws.ssm();
  const mappings = createSsmServiceMappings({ client, parameterPath, ttlSeconds: 0, clock: { now: Date.now } });
  try {
    return { kind: 'loaded', loaded: await mappings.load(service) };
  } catch (error) {
    if (!(error instanceof StartEnginesError)) throw error;
    if (error.code === 'UnknownService') return { kind: 'absent' };
    if (error.code !== 'MappingInvalid') return { kind: 'unreadable', problem: error.message, error };
    return { kind: 'invalid', problems: error.context.problems ?? [] };
  }
}

/** If the function's clusters are unknown, a task may run in a cluster that was not read. */
function withoutGap(tasks: Read<readonly Task[]>, deployed: Read<unknown>): Read<readonly Task[]> {
  const mayBeElsewhere = 'problem' in deployed && 'value' in tasks && !tasks.value.some(isLive);
  return mayBeElsewhere ? { problem: deployed.problem } : tasks;
}

/** Each cluster once, whether given by name or by ARN. */
function clustersOf(mapped: string | undefined, known: readonly string[] = []): readonly string[] {
  const byName = new Map([...known, ...(mapped === undefined ? [] : [mapped])].map((one) => [lastName(one), one]));
  return [...byName.values()];
}

interface Readers {
  readonly aws: AwsAccess;
  readonly parameterPath: string;
  readonly balancing: LoadBalancerReader;
  readonly network: NetworkReader;
}

/** The service's load balancers; if it has none, those of the other services, where it should be. */
async function readBalancers(
  { aws, parameterPath, balancing, network }: Readers,
  targetGroupArns: readonly string[],
): Promise<readonly LoadBalancerEvidence[]> {
  const own = await balancing.balancersOf(targetGroupArns);
  const arns = own.length > 0 ? own : await balancing.balancersOf(await readAllGroups(aws, parameterPath));
  const balancers = await balancing.balancers(arns);
  return Promise.all(
    balancers.map(async (balancer) => {
      const ips: Read<readonly string[]> = await read(() => network.addressesOf(balancer));
      return { ...balancer, ips: 'value' in ips ? ips.value : [] };
    }),
  );
}

/** The target groups of all mappings. An invalid mapping names none; one that cannot be read is a gap. */
async function readAllGroups(aws: AwsAccess, parameterPath: string): Promise<readonly string[]> {
  const client = await aws.ssm();
  const mappings = createSsmServiceMappings({ client, parameterPath, ttlSeconds: 60, clock: { now: Date.now } });
  const names = await mappings.list();
  const groups = await Promise.all(
    names.map(async (name) => {
      try {
        return (await mappings.load(name)).mapping.targetGroups;
      } catch (error) {
        if (error instanceof StartEnginesError && error.code === 'MappingInvalid') return [];
        throw error;
      }
    }),
  );
  return groups.flat().map(({ targetGroupArn }) => targetGroupArn);
}
