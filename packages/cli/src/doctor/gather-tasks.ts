import type { Failure } from '@aws-sdk/client-ecs';
import { callAws, readTask } from '@start-engines/aws';
import { compareNewestFirst, isMissingCluster, ownerOf, StartEnginesError, type Task } from '@start-engines/core';
import type { AwsAccess } from '../aws-access.ts';
import type { ControlPlane } from './evidence.ts';
import { collectPages, inChunks } from './pages.ts';

const tasksPerCall = 100;
const servicesPerCall = 10;

/**
 * The service's tasks, live and ended, newest first.
 *
 * @throws StartEnginesError an AWS code; a cluster that does not exist has no tasks
 */
export async function readTasks(
  aws: AwsAccess,
  owner: { readonly workspace: string; readonly service: string },
  clusters: readonly string[],
): Promise<readonly Task[]> {
  const { DescribeTasksCommand, ListTasksCommand } = await import('../sdk/ecs.ts');
  const client = await aws.ecs();
  const startedBy = ownerOf(owner.workspace, owner.service);
  const found: Task[] = [];
  for (const cluster of clusters) {
    const about = { cluster, startedBy };
    const listTasks = (desiredStatus: 'RUNNING' | 'STOPPED') =>
      collectPages(async (token) => {
        const paging = token === undefined ? {} : { nextToken: token };
        const command = new ListTasksCommand({ cluster, startedBy, desiredStatus, ...paging });
        const page = await orMissing(() =>
          callAws({ service: 'ECS', operation: 'ListTasks', about }, () => client.send(command)),
        );
        return { items: page?.taskArns, next: page?.nextToken };
      });
    const running = await listTasks('RUNNING');
    const stopped = await listTasks('STOPPED');
    for (const tasks of inChunks([...new Set([...running, ...stopped])], tasksPerCall)) {
      const command = new DescribeTasksCommand({ cluster, tasks: [...tasks], include: ['TAGS'] });
      const reply = await callAws({ service: 'ECS', operation: 'DescribeTasks', about }, () => client.send(command));
      // A task that ended an hour ago may have disappeared since it was listed; a running one has not.
      const gone = (arn: string | undefined) => arn !== undefined && !running.includes(arn);
      checkFailures('DescribeTasks', reply.failures, ({ reason, arn }) => reason === 'MISSING' && gone(arn));
      found.push(...(reply.tasks ?? []).map((task) => readTask(task, { now: Date.now(), knownOwner: startedBy })));
    }
  }
  return found.sort(compareNewestFirst);
}

/** R49: ECS services of the clusters that register their tasks in one of the target groups. */
export async function readOtherPlanes(
  aws: AwsAccess,
  clusters: readonly string[],
  targetGroupArns: readonly string[],
): Promise<readonly ControlPlane[]> {
  const { DescribeServicesCommand, ListServicesCommand } = await import('../sdk/ecs.ts');
  const client = await aws.ecs();
  const found: ControlPlane[] = [];
  for (const cluster of clusters) {
    const about = { cluster };
    const arns = await collectPages(async (token) => {
      const paging = token === undefined ? {} : { nextToken: token };
      const command = new ListServicesCommand({ cluster, maxResults: 100, ...paging });
      const page = await orMissing(() =>
        callAws({ service: 'ECS', operation: 'ListServices', about }, () => client.send(command)),
      );
      return { items: page?.serviceArns, next: page?.nextToken };
    });
    for (const services of inChunks(arns, servicesPerCall)) {
      const command = new DescribeServicesCommand({ cluster, services: [...services] });
      const reply = await callAws({ service: 'ECS', operation: 'DescribeServices', about }, () => client.send(command));
      checkFailures('DescribeServices', reply.failures, ({ reason }) => reason === 'MISSING');
      found.push(...(reply.services ?? []).flatMap((service) => toPlanes(service, cluster, targetGroupArns)));
    }
  }
  return found;
}

interface LoadBalanced {
  readonly targetGroupArn?: string | undefined;
  readonly advancedConfiguration?: { readonly alternateTargetGroupArn?: string | undefined } | undefined;
}

interface ServiceOfEcs {
  readonly serviceName?: string | undefined;
  readonly desiredCount?: number | undefined;
  readonly runningCount?: number | undefined;
  readonly loadBalancers?: readonly LoadBalanced[] | undefined;
  /** With CodeDeploy or an external deployment controller, the load balancers are here. */
  readonly taskSets?: readonly { readonly loadBalancers?: readonly LoadBalanced[] | undefined }[] | undefined;
}

function toPlanes(
  { serviceName = '', desiredCount = 0, runningCount = 0, loadBalancers = [], taskSets = [] }: ServiceOfEcs,
  cluster: string,
  targetGroupArns: readonly string[],
): readonly ControlPlane[] {
  const all = [...loadBalancers, ...taskSets.flatMap((set) => set.loadBalancers ?? [])];
  const used = new Set(all.flatMap((one) => [one.targetGroupArn, one.advancedConfiguration?.alternateTargetGroupArn]));
  return targetGroupArns
    .filter((targetGroupArn) => used.has(targetGroupArn))
    .map((targetGroupArn) => ({ serviceName, cluster, targetGroupArn, desiredCount, runningCount }));
}

/** A task that is listed but not described is a gap. @throws StartEnginesError `AwsUnavailable` */
function checkFailures(
  operation: string,
  failures: readonly Failure[] | undefined,
  isHarmless: (failure: Failure) => boolean,
): void {
  const failure = failures?.find((one) => !isHarmless(one));
  if (failure === undefined) return;
  const message = `ECS ${operation}: ${failure.reason ?? 'no reason given'} (${failure.arn ?? 'no ARN given'})`;
  throw new StartEnginesError('AwsUnavailable', message, { context: { service: 'ECS', operation } });
}

/** A cluster that does not exist has no tasks. */
async function orMissing<Reply>(ask: () => Promise<Reply>): Promise<Reply | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof StartEnginesError && isMissingCluster(error)) return undefined;
    throw error;
  }
}
