import type { ServiceMapping } from '@start-engines/core';
import type { CommandContext } from '../command-context.ts';
import type { GroupEvidence, SubnetEvidence } from '../doctor/evidence.ts';
import { createLoadBalancerReader } from '../doctor/gather-load-balancers.ts';
import { createNetworkReader } from '../doctor/gather-network.ts';
import { findAddressProblem } from '../envelope/check-addresses.ts';
import { describeChosenContainer, findDefinitionProblem } from '../envelope/check-definition.ts';
import { findOutside, lastName } from '../envelope/check-envelope.ts';
import { type ClusterEvidence, readCluster } from '../envelope/read-cluster.ts';
import { readDefinition } from '../envelope/read-definition.ts';
import { envelopeParameter, readEnvelope } from '../envelope/read-envelope.ts';
import { readFunction } from '../envelope/read-function.ts';

/** A mismatch between a mapping and AWS. */
export interface Misfit {
  readonly key: string;
  readonly message: string;
}

export interface AwsCheck {
  /** All mismatches. @throws StartEnginesError an AWS code */
  check(mapping: ServiceMapping): Promise<readonly Misfit[]>;
  /** What could not be compared, and which container gets the environment if the mapping names none. */
  remarks(): readonly string[];
}

/** Compares mappings with AWS. Resources that several mappings share are read once. */
export async function createAwsCheck({ aws, options }: CommandContext): Promise<AwsCheck> {
  const { parameterPath, functionName } = options;
  const [envelope, deployed, balancing, network] = await Promise.all([
    readEnvelope(aws, parameterPath),
    readFunction(aws, functionName),
    createLoadBalancerReader(aws),
    createNetworkReader(aws),
  ]);
  const choices: string[] = [];
  return {
    async check(mapping) {
      const [definition, groups, subnets, securityGroups, cluster] = await Promise.all([
        readDefinition(aws, mapping.taskDefinition),
        balancing.groups(mapping.targetGroups),
        network.subnets(mapping.subnets),
        network.securityGroups(mapping.securityGroups),
        readCluster(aws, mapping.cluster),
      ]);
      const problem = findDefinitionProblem(mapping, definition, cluster);
      const choice = definition.found && describeChosenContainer(mapping, definition.found);
      if (choice !== undefined) choices.push(`${mapping.service}: ${choice}.`);
      const outside = envelope === undefined ? [] : findOutside(mapping, definition.found, envelope);
      return [
        ...checkCluster(mapping.cluster, cluster),
        ...(problem === undefined ? [] : [{ key: problem.key, message: problem.message }]),
        ...checkTargetGroups(mapping, groups, subnets),
        ...findLost('subnet', 'subnets', mapping.subnets, subnets),
        ...findLost('security group', 'securityGroups', mapping.securityGroups, securityGroups),
        ...outside.map(({ key, value, variable }) => ({
          key,
          message: `${value} is outside what the function's role may access (Terraform: ${variable})`,
        })),
      ];
    },
    remarks: () => [
      ...choices,
      ...(envelope === undefined
        ? [
            `The function's envelope is not published in ${envelopeParameter(parameterPath)}, so the mappings were not checked against it.`,
          ]
        : []),
      ...(deployed === undefined
        ? [`Function ${functionName} does not exist, so whether it reads the cluster is unknown.`]
        : []),
    ],
  };

  function checkCluster(cluster: string, found: ClusterEvidence | undefined): readonly Misfit[] {
    const key = 'cluster';
    if (found === undefined) return [{ key, message: `the cluster ${cluster} does not exist` }];
    const looked = deployed?.clusters.map(lastName) ?? [];
    if (looked.length === 0 || looked.includes(lastName(cluster))) return [];
    const message = `the function does not read the cluster ${lastName(cluster)} (its CLUSTERS; Terraform: allowed_clusters)`;
    return [{ key, message }];
  }
}

function checkTargetGroups(
  { targetGroups }: ServiceMapping,
  groups: readonly GroupEvidence[],
  subnets: readonly SubnetEvidence[],
): readonly Misfit[] {
  const key = targetGroups.length === 1 ? 'targetGroupArn' : 'targetGroups';
  return groups.flatMap((group) => {
    const { name, found } = group;
    if (found === undefined) return [{ key, message: `the target group ${name} does not exist` }];
    const wrongType = {
      key,
      message: `the target group ${name} is of type ${found.targetType}, and must be of type ip`,
    };
    const unused = { key, message: `the target group ${name} is not used by any listener` };
    const addresses = findAddressProblem(group, subnets);
    return [
      ...(found.targetType === 'ip' ? [] : [wrongType]),
      ...(found.loadBalancerArns.length > 0 ? [] : [unused]),
      ...(addresses === undefined ? [] : [{ key: 'subnets', message: addresses }]),
    ];
  });
}

function findLost(
  what: string,
  key: string,
  ids: readonly string[],
  known: readonly { readonly id: string }[],
): readonly Misfit[] {
  return ids
    .filter((id) => !known.some((one) => one.id === id))
    .map((id) => ({ key, message: `the ${what} ${id} does not exist` }));
}
