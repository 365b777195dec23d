import { type Account, makeArn } from '../model/arn.ts';
import {
  anywhere,
  listOf,
  type Permission,
  type PermissionReaders,
  type PermissionSources,
  passRole,
  permission,
  type TaskDefinitionRoles,
  tagContext,
} from './permission.ts';

type Input = Readonly<Record<string, unknown>>;

/** Permissions of ECS's operations. */
export const ecsPermissions: PermissionReaders = {
  CreateCluster: (input, account) => [
    permission('ecs:CreateCluster', clusterArn(account, input.clusterName), tagContext(input.tags, 'key', 'value')),
    ...taggingAtBirth(input, clusterArn(account, input.clusterName), 'CreateCluster'),
  ],
  DescribeClusters: ({ clusters = ['default'] }, account) =>
    listOf(clusters).map((cluster) => permission('ecs:DescribeClusters', clusterArn(account, cluster))),
  DeleteCluster: (input, account) => [permission('ecs:DeleteCluster', clusterArn(account, input.cluster))],
  RegisterTaskDefinition(input, account) {
    const arn = makeArn(account, 'ecs', `task-definition/${String(input.family)}:*`);
    return [
      permission('ecs:RegisterTaskDefinition', arn, tagContext(input.tags, 'key', 'value')),
      ...[input.taskRoleArn, input.executionRoleArn].flatMap((role) => passTaskRole(account, role)),
      ...taggingAtBirth(input, arn, 'RegisterTaskDefinition'),
    ];
  },
  // AWS-061
  DescribeTaskDefinition: anywhere('ecs:DescribeTaskDefinition'),
  DeregisterTaskDefinition: anywhere('ecs:DeregisterTaskDefinition'),
  // AWS-060
  RunTask: runTask,
  DescribeTasks: (input, account) =>
    listOf(input.tasks).map((task) => onTask('ecs:DescribeTasks', account, input.cluster, task)),
  ListTasks: (input, account) => [
    permission('ecs:ListTasks', '*', { 'ecs:cluster': clusterArn(account, input.cluster) }),
  ],
  CreateService: (input, account) => [onService('CreateService', account, input.cluster, input.serviceName)],
  UpdateService: (input, account) => [onService('UpdateService', account, input.cluster, input.service)],
  DeleteService: (input, account) => [onService('DeleteService', account, input.cluster, input.service)],
  DescribeServices: (input, account) =>
    listOf(input.services).map((service) => onService('DescribeServices', account, input.cluster, service)),
  ListServices: (input, account) => [
    permission('ecs:ListServices', '*', { 'ecs:cluster': clusterArn(account, input.cluster) }),
  ],
  StopTask: (input, account) => [onTask('ecs:StopTask', account, input.cluster, input.task)],
  TagResource: (input) => [
    permission('ecs:TagResource', String(input.resourceArn), tagContext(input.tags, 'key', 'value')),
  ],
  UntagResource: (input) => [
    permission('ecs:UntagResource', String(input.resourceArn), {
      'aws:TagKeys': listOf(input.tagKeys).map(String),
    }),
  ],
  ListTagsForResource: (input) => [permission('ecs:ListTagsForResource', String(input.resourceArn))],
};

/** A task definition without a revision is authorised as the latest revision, which will run. */
function runTask(input: Input, sources: PermissionSources): readonly Permission[] {
  const name = String(input.taskDefinition);
  const definition = sources.findTaskDefinition(name) ?? {
    taskDefinitionArn: name.startsWith('arn:') ? name : makeArn(sources, 'ecs', `task-definition/${name}`),
  };
  const cluster = clusterArn(sources, input.cluster);
  const tags = tagContext(input.tags, 'key', 'value');
  const tasks = `${cluster.replace(':cluster/', ':task/')}/*`;
  return [
    permission('ecs:RunTask', definition.taskDefinitionArn, {
      'ecs:cluster': cluster,
      'ecs:enable-execute-command': String(input.enableExecuteCommand ?? false),
      ...tags,
    }),
    ...rolesOf(definition, input).flatMap((role) => passTaskRole(sources, role)),
    ...taggingAtBirth(input, tasks, 'RunTask'),
  ];
}

/** The role of the override replaces the role of the task definition. */
function rolesOf(definition: TaskDefinitionRoles, input: Input): readonly unknown[] {
  const overrides = (input.overrides ?? {}) as Input;
  return [overrides.taskRoleArn ?? definition.taskRoleArn, overrides.executionRoleArn ?? definition.executionRoleArn];
}

function passTaskRole(account: Account, role: unknown): readonly Permission[] {
  return role === undefined || role === '' ? [] : [passRole(account, String(role), 'ecs-tasks.amazonaws.com')];
}

/** Tags at the creation of a resource need a separate permission. */
function taggingAtBirth(input: Input, resource: string, createAction: string): readonly Permission[] {
  const tagged =
    listOf(input.tags).length > 0 || input.enableECSManagedTags === true || input.propagateTags === 'TASK_DEFINITION';
  if (!tagged) return [];
  // AWS-062
  const context = { 'ecs:CreateAction': createAction, ...tagContext(input.tags, 'key', 'value') };
  return [permission('ecs:TagResource', resource, context)];
}

function onTask(action: string, account: Account, cluster: unknown, task: unknown): Permission {
  const arn = clusterArn(account, cluster);
  const taskArn = String(task).startsWith('arn:')
    ? String(task)
    : `${arn.replace(':cluster/', ':task/')}/${String(task)}`;
  return permission(action, taskArn, { 'ecs:cluster': arn });
}

function onService(operation: string, account: Account, cluster: unknown, service: unknown): Permission {
  const arn = clusterArn(account, cluster);
  const serviceArn = String(service).startsWith('arn:')
    ? String(service)
    : `${arn.replace(':cluster/', ':service/')}/${String(service)}`;
  const hasCluster = operation === 'DescribeServices' || operation === 'DeleteService';
  return permission(`ecs:${operation}`, serviceArn, hasCluster ? { 'ecs:cluster': arn } : {});
}

function clusterArn(account: Account, cluster: unknown): string {
  const name = String(cluster ?? 'default');
  return name.startsWith('arn:') ? name : makeArn(account, 'ecs', `cluster/${name}`);
}
