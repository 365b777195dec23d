import { DeleteLogGroupCommand, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DeleteClusterCommand,
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import {
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DeleteTargetGroupCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  DeleteRuleCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { DeleteFunctionCommand, GetFunctionCommand } from '@aws-sdk/client-lambda';
import { DeleteParametersCommand, GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import type { ProbeClients } from './probes/world.ts';

/** Resources of a run that exist, as `<kind> <name>`. It looks for names, so it needs no state. */
export async function findLeftovers(clients: ProbeClients, prefix: string): Promise<readonly string[]> {
  const found = await Promise.all([
    hasCluster(clients, prefix).then((has) => (has ? [`cluster ${prefix}`] : [])),
    liveTasks(clients, prefix).then((arns) => arns.map((arn) => `task ${arn}`)),
    families(prefix, (family) => revisionsOf(clients, family)).then((arns) =>
      arns.map((arn) => `task definition ${arn}`),
    ),
    loadBalancers(clients, prefix).then((arns) => arns.map((arn) => `load balancer ${arn}`)),
    targetGroups(clients, prefix).then((arns) => arns.map((arn) => `target group ${arn}`)),
    rules(clients, prefix).then((names) => names.map((name) => `event rule ${name}`)),
    hasFunction(clients, prefix).then((has) => (has ? [`function ${prefix}`] : [])),
    logGroups(clients, prefix).then((names) => names.map((name) => `log group ${name}`)),
    parameters(clients, prefix).then((names) => names.map((name) => `parameter ${name}`)),
  ]);
  return found.flat();
}

/**
 * Stops the tasks and deletes the parameters of the probes, which Terraform does not know. Waits for the end of the tasks.
 *
 * @param staleMs how old a list of tasks may be: a task that was just started may be missing
 */
export async function removeProbesResources(clients: ProbeClients, prefix: string, staleMs: number): Promise<void> {
  if (await hasCluster(clients, prefix)) await endTasks(clients, prefix, staleMs);
  const names = await parameters(clients, prefix);
  for (let start = 0; start < names.length; start += 10) {
    await clients.ssm.send(new DeleteParametersCommand({ Names: names.slice(start, start + 10) }));
  }
}

/** A subnet or cluster cannot be deleted while a task has not ended. */
async function endTasks(clients: ProbeClients, cluster: string, staleMs: number): Promise<void> {
  const deadline = Date.now() + 300_000;
  let quietSince = Date.now();
  while (Date.now() < quietSince + staleMs && Date.now() < deadline) {
    const live = await liveTasks(clients, cluster);
    for (const task of live) {
      await clients.ecs.send(new StopTaskCommand({ cluster, task, reason: 'field test: the end' }));
    }
    if (live.length > 0 || (await unfinishedTasks(clients, cluster)) > 0) quietSince = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Deletes what `setUp` creates, also after only a part of it was created. */
export async function tearDown(clients: ProbeClients, prefix: string): Promise<void> {
  const { ecs, elb, events, lambda, logs } = clients;
  await removeProbesResources(clients, prefix, 1_000);
  for (const Rule of await rules(clients, prefix)) {
    const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule }));
    const Ids = Targets.flatMap(({ Id }) => Id ?? []);
    if (Ids.length > 0) await events.send(new RemoveTargetsCommand({ Rule, Ids }));
    await events.send(new DeleteRuleCommand({ Name: Rule }));
  }
  for (const LoadBalancerArn of await loadBalancers(clients, prefix)) {
    const { Listeners = [] } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
    for (const { ListenerArn } of Listeners) await elb.send(new DeleteListenerCommand({ ListenerArn }));
    await elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }));
  }
  for (const TargetGroupArn of await targetGroups(clients, prefix)) {
    await elb.send(new DeleteTargetGroupCommand({ TargetGroupArn }));
  }
  if (await hasFunction(clients, prefix)) await lambda.send(new DeleteFunctionCommand({ FunctionName: prefix }));
  for (const logGroupName of await logGroups(clients, prefix)) {
    await logs.send(new DeleteLogGroupCommand({ logGroupName }));
  }
  for (const taskDefinition of await families(prefix, (family) => revisionsOf(clients, family))) {
    await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
  }
  if (await hasCluster(clients, prefix)) await ecs.send(new DeleteClusterCommand({ cluster: prefix }));
}

/** Runs a read; undefined if it fails because the resource does not exist. */
async function unlessAbsent<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    const isAbsent = /NotFound/.test(name) || (name === 'ClientException' && /task ?definition/i.test(String(error)));
    if (isAbsent) return undefined;
    throw error;
  }
}

async function hasCluster({ ecs }: ProbeClients, prefix: string): Promise<boolean> {
  const { clusters = [] } = await ecs.send(new DescribeClustersCommand({ clusters: [prefix] }));
  return clusters.some(({ status }) => status !== 'INACTIVE');
}

async function liveTasks({ ecs }: ProbeClients, cluster: string): Promise<readonly string[]> {
  return (await unlessAbsent(ecs.send(new ListTasksCommand({ cluster }))))?.taskArns ?? [];
}

async function unfinishedTasks({ ecs }: ProbeClients, cluster: string): Promise<number> {
  const list = async (desiredStatus: 'RUNNING' | 'STOPPED') =>
    (await unlessAbsent(ecs.send(new ListTasksCommand({ cluster, desiredStatus }))))?.taskArns ?? [];
  const arns = [...(await list('RUNNING')), ...(await list('STOPPED'))].slice(0, 100);
  if (arns.length === 0) return 0;
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: arns }));
  return tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED').length;
}

async function families(
  prefix: string,
  read: (family: string) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  return (await Promise.all([`${prefix}-web`, `${prefix}-unpullable`].map(read))).flat();
}

/** The active revision of a family. A family without one is not found. */
async function revisionsOf({ ecs }: ProbeClients, family: string): Promise<readonly string[]> {
  const found = await unlessAbsent(ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: family })));
  const { taskDefinitionArn, status } = found?.taskDefinition ?? {};
  return taskDefinitionArn === undefined || status !== 'ACTIVE' ? [] : [taskDefinitionArn];
}

async function loadBalancers({ elb }: ProbeClients, prefix: string): Promise<readonly string[]> {
  const found = await unlessAbsent(elb.send(new DescribeLoadBalancersCommand({ Names: [prefix] })));
  return (found?.LoadBalancers ?? []).flatMap(({ LoadBalancerArn }) => LoadBalancerArn ?? []);
}

async function targetGroups({ elb }: ProbeClients, prefix: string): Promise<readonly string[]> {
  const names = ['healthy', 'weightless', 'failing', 'empty', 'unused', 'function'].map((name) => `${prefix}-${name}`);
  const read = (name: string) => unlessAbsent(elb.send(new DescribeTargetGroupsCommand({ Names: [name] })));
  const found = await Promise.all(names.map(read));
  return found.flatMap((page) => page?.TargetGroups ?? []).flatMap(({ TargetGroupArn }) => TargetGroupArn ?? []);
}

async function rules({ events }: ProbeClients, prefix: string): Promise<readonly string[]> {
  const { Rules = [] } = await events.send(new ListRulesCommand({ NamePrefix: prefix }));
  return Rules.flatMap(({ Name }) => Name ?? []);
}

async function hasFunction({ lambda }: ProbeClients, prefix: string): Promise<boolean> {
  return (await unlessAbsent(lambda.send(new GetFunctionCommand({ FunctionName: prefix })))) !== undefined;
}

async function logGroups({ logs }: ProbeClients, prefix: string): Promise<readonly string[]> {
  const { logGroups: found = [] } = await logs.send(
    new DescribeLogGroupsCommand({ logGroupNamePrefix: `/aws/lambda/${prefix}` }),
  );
  return found.flatMap(({ logGroupName }) => logGroupName ?? []);
}

async function parameters({ ssm }: ProbeClients, prefix: string): Promise<readonly string[]> {
  const names: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ssm.send(
      new GetParametersByPathCommand({ Path: `/${prefix}`, Recursive: true, ...(NextToken ? { NextToken } : {}) }),
    );
    names.push(...(page.Parameters ?? []).flatMap(({ Name }) => Name ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return names;
}
