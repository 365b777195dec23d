import { setTimeout as pause } from 'node:timers/promises';
import { DescribeTasksCommand, type DesiredStatus, ECSClient, ListTasksCommand, type Task } from '@aws-sdk/client-ecs';
import { DeleteParametersCommand, GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { openFunction } from './function.ts';
import type { Terraform } from './terraform.ts';

const lookMs = 5_000;
const longestWaitMs = 900_000;

/**
 * Destroys a workspace: first the triggers, then every task, then all other resources, and finally the parameters that Terraform did
 * not create. Every step handles the remains of an interrupted run, so the command can be repeated.
 *
 * @throws Error if the load balancer is protected or tasks remain
 */
export async function leave(terraform: Terraform, workspace: string): Promise<void> {
  const region = terraform.region();
  // With an empty state there are no outputs. Only parameters can be left.
  const outputs = terraform.outputs();
  if (outputs.load_balancer_protected === true) {
    throw new Error(
      `The load balancer of ${workspace} is protected from deletion, and nothing was changed. ` +
        'Set load_balancer.deletion_protection = false and deploy first.',
    );
  }
  if (outputs.function_alias_arn !== undefined) {
    console.log('\nRemoving schedules, rules and other triggers …');
    terraform.destroy(waysIn);
    console.log('\nStopping every service …');
    await stopEverything(region, workspace, outputs.function_alias_arn, outputs.envelope?.clusters ?? []);
  }
  terraform.destroy([]);
  const removed = await removeParameters(region, `/start-engines/${workspace}`);
  console.log(`\n${workspace} was destroyed, including ${removed} parameters that Terraform did not create.`);
}

/** The triggers that could start a task during the stop. Task state events still arrive. */
const waysIn = [
  'module.start_engines.module.scheduler',
  'module.start_engines.module.http_api',
  'module.start_engines.module.state_machine',
  ...['start', 'restart', 'wake'].map(
    (rule) => `module.start_engines.module.eventbridge.aws_cloudwatch_event_target.this["${rule}"]`,
  ),
];

async function stopEverything(region: string, workspace: string, functionArn: string, clusters: readonly string[]) {
  using deployed = openFunction(functionArn);
  const ecs = new ECSClient({ region });
  try {
    const until = Date.now() + longestWaitMs;
    for (;;) {
      const left = await listTasks(ecs, workspace, clusters);
      if (left.length === 0) return;
      if (Date.now() > until)
        throw new Error(`These tasks are still running, and nothing else was destroyed:\n${left.join('\n')}`);
      console.log(`${left.length} tasks are running.`);
      await deployed.invoke({ action: 'stop', services: 'all', workspace });
      await pause(lookMs);
    }
  } finally {
    ecs.destroy();
  }
}

/** The workspace's tasks that have not stopped. Their network interfaces block the deletion of security groups. */
async function listTasks(ecs: ECSClient, workspace: string, clusters: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const cluster of clusters) {
    for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
      const tasks = await readTasks(ecs, cluster, desiredStatus);
      const ours = tasks.filter(({ startedBy }) => startedBy?.startsWith(`start-engines/${workspace}/`));
      found.push(...ours.flatMap(({ taskArn, lastStatus }) => (lastStatus === 'STOPPED' ? [] : (taskArn ?? []))));
    }
  }
  return found;
}

async function readTasks(ecs: ECSClient, cluster: string, desiredStatus: DesiredStatus): Promise<readonly Task[]> {
  const found: Task[] = [];
  let nextToken: string | undefined;
  try {
    do {
      const page = await ecs.send(new ListTasksCommand({ cluster, desiredStatus, nextToken }));
      nextToken = page.nextToken;
      if (page.taskArns === undefined || page.taskArns.length === 0) continue;
      found.push(...((await ecs.send(new DescribeTasksCommand({ cluster, tasks: page.taskArns }))).tasks ?? []));
    } while (nextToken !== undefined);
  } catch (error) {
    // A deleted cluster has no tasks.
    if ((error as Error).name !== 'ClusterNotFoundException') throw error;
  }
  return found;
}

async function removeParameters(region: string, Path: string): Promise<number> {
  const ssm = new SSMClient({ region });
  try {
    let removed = 0;
    for (;;) {
      // Always the first page: its parameters are deleted before the next read.
      const { Parameters = [], NextToken } = await ssm.send(new GetParametersByPathCommand({ Path, Recursive: true }));
      const Names = Parameters.flatMap(({ Name }) => Name ?? []);
      if (Names.length > 0) await ssm.send(new DeleteParametersCommand({ Names }));
      removed += Names.length;
      if (Names.length === 0 && NextToken === undefined) return removed;
    }
  } finally {
    ssm.destroy();
  }
}
