import { AwsError } from '../../aws-error.ts';
import { defaultGroupId } from '../ec2/vpc.ts';
import { anything, boolean, integer, list, openStructure, type Shaped, string, structure } from '../shape.ts';
import type { Cluster } from './cluster.ts';
import { strategyShape } from './cluster-operations.ts';
import { clientException, invalidParameter } from './ecs-operation.ts';
import type { EcsState } from './ecs-state.ts';
import { choosePlacement, type Placement } from './placement.ts';
import { checkTagCount, checkTags, mergeTags, tagsShape } from './tags.ts';
import type { Tag, TaskOverrides } from './task.ts';
import type { RegisteredTaskDefinition, TaskDefinition } from './task-definition.ts';
import { findTaskDefinition } from './task-definition-operations.ts';

export const runTaskShape = structure({
  cluster: string,
  taskDefinition: string,
  count: integer,
  launchType: string,
  capacityProviderStrategy: strategyShape,
  clientToken: string,
  enableECSManagedTags: boolean,
  enableExecuteCommand: boolean,
  group: string,
  networkConfiguration: structure({
    awsvpcConfiguration: structure({
      subnets: list(string),
      securityGroups: list(string),
      assignPublicIp: string,
    }),
  }),
  overrides: openStructure({
    containerOverrides: list(
      openStructure({
        name: string,
        command: list(string),
        environment: list(structure({ name: string, value: string })),
      }),
    ),
  }),
  platformVersion: string,
  propagateTags: string,
  startedBy: string,
  tags: tagsShape,
  volumeConfigurations: list(anything),
});

type RunTaskInput = Shaped<typeof runTaskShape>;

/** The validated input of a RunTask call. */
export interface Launch {
  readonly definition: TaskDefinition;
  readonly count: number;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly placement: Placement;
  readonly overrides: TaskOverrides;
  readonly tags: readonly Tag[];
  readonly group: string;
  readonly startedBy: string | undefined;
  readonly enableExecuteCommand: boolean;
}

/** @throws `AwsError` as RunTask does */
export function checkRunTask(state: EcsState, cluster: Cluster, input: RunTaskInput): Launch {
  const registered = findActive(state, input.taskDefinition);
  const { definition } = registered;
  const count = input.count ?? 1;
  if (count < 1 || count > 10) throw invalidParameter('count must be from 1 to 10.');
  // AWS-007
  if (input.startedBy !== undefined && !/^[A-Za-z0-9_/-]{1,128}$/.test(input.startedBy)) {
    throw invalidParameter('startedBy may have up to 128 letters, digits, hyphens, underscores and forward slashes.');
  }
  const { assignPublicIp } = input.networkConfiguration?.awsvpcConfiguration ?? {};
  const placement = choosePlacement(cluster, definition, { ...input, assignPublicIp });
  const overrides = checkOverrides(definition, input.overrides ?? {});
  checkExec(definition, overrides, input);
  return {
    definition,
    count,
    ...checkNetwork(state, input),
    placement,
    overrides,
    tags: chooseTags(registered, cluster, input),
    group: input.group ?? `family:${definition.family}`,
    startedBy: input.startedBy,
    enableExecuteCommand: input.enableExecuteCommand ?? false,
  };
}

function findActive(state: EcsState, identifier: string | undefined): RegisteredTaskDefinition {
  const registered = findTaskDefinition(state, identifier);
  if (registered === undefined) throw clientException('TaskDefinition not found.');
  if (registered.definition.status !== 'ACTIVE') throw clientException('TaskDefinition is inactive');
  return registered;
}

function checkNetwork({ vpc }: EcsState, input: RunTaskInput): Pick<Launch, 'subnets' | 'securityGroups'> {
  const network = input.networkConfiguration?.awsvpcConfiguration;
  if (network === undefined) {
    throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  const { subnets = [], securityGroups = [], assignPublicIp } = network;
  if (subnets.length === 0) throw invalidParameter('subnets can not be empty.');
  if (subnets.length > 16) throw invalidParameter('subnets can have at most 16 items.');
  if (securityGroups.length > 5) throw invalidParameter('securityGroups can have at most 5 items.');
  if (assignPublicIp !== undefined && assignPublicIp !== 'ENABLED' && assignPublicIp !== 'DISABLED') {
    throw invalidParameter('assignPublicIp should be one of [ENABLED, DISABLED].');
  }
  for (const id of subnets) {
    checkResource(id, vpc.subnet(id), { prefix: 'subnet', kind: 'subnet', code: 'InvalidSubnetID', noun: 'subnet ID' });
  }
  for (const id of securityGroups) {
    checkResource(id, vpc.group(id), {
      prefix: 'sg',
      kind: 'security group',
      code: 'InvalidGroup',
      noun: 'security group',
    });
  }
  return { subnets, securityGroups: securityGroups.length > 0 ? securityGroups : [defaultGroupId] };
}

interface ResourceWords {
  readonly prefix: string;
  readonly kind: string;
  readonly code: string;
  readonly noun: string;
}

function checkResource(id: string, found: unknown, { prefix, kind, code, noun }: ResourceWords): void {
  if (found !== undefined) return;
  const about = `Error retrieving ${kind} information for [${id}]`;
  if (!new RegExp(`^${prefix}-[a-z0-9-]+$`).test(id)) {
    throw invalidParameter(`${about}: Invalid id: "${id}" (expecting "${prefix}-...") (ErrorCode: ${code}.Malformed)`);
  }
  throw invalidParameter(`${about}: The ${noun} '${id}' does not exist (ErrorCode: ${code}.NotFound)`);
}

function checkOverrides(definition: TaskDefinition, overrides: TaskOverrides): TaskOverrides {
  if (JSON.stringify(overrides).length > 8192) {
    throw invalidParameter('Container Overrides length must be at most 8192.');
  }
  for (const { name } of overrides.containerOverrides ?? []) {
    if (!definition.containerDefinitions.some((container) => container.name === name)) {
      throw invalidParameter(`Override for container named ${name} is not a container in the TaskDefinition.`);
    }
  }
  return overrides;
}

function checkExec(definition: TaskDefinition, overrides: TaskOverrides, input: RunTaskInput): void {
  if (!input.enableExecuteCommand || (overrides.taskRoleArn ?? definition.taskRoleArn) !== undefined) return;
  throw invalidParameter(
    'The execute command failed because a valid task role is not being used. Specify a valid task role in your task definition or as a task override and try again.',
  );
}

/** The ECS managed tags of a task: its cluster and, if it has one, its service. */
function chooseTags(registered: RegisteredTaskDefinition, cluster: Cluster, input: RunTaskInput): readonly Tag[] {
  const given = propagateTags(registered, input);
  const managed = input.enableECSManagedTags ? [{ key: 'aws:ecs:clusterName', value: cluster.name }] : [];
  return [...checkTagCount(given), ...managed];
}

function propagateTags(registered: RegisteredTaskDefinition, input: RunTaskInput): readonly Tag[] {
  const own = checkTags(input.tags ?? []);
  switch (input.propagateTags) {
    case undefined:
    case 'NONE':
      return own;
    case 'TASK_DEFINITION':
      return mergeTags(registered.tags, own);
    case 'SERVICE':
      throw invalidParameter('propagateTags can not be SERVICE when a task is run.');
    default:
      throw new AwsError(
        'InvalidParameterException',
        'propagateTags should be one of [TASK_DEFINITION, SERVICE, NONE].',
      );
  }
}
