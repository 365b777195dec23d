import { callAws, readTask } from '@start-engines/aws';
import { compareNewestFirst, isMissingCluster, ownerOf, StartEnginesError, type Task } from '@start-engines/core';
import type { AwsAccess } from '../aws-access.ts';
import type { ControlPlane } from './evidence.ts';

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
    const arns: string[] = [];
    for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
      let nextToken: string | undefined;
      do {
        const paging = nextToken === undefined ? {} : { nextToken };
        const command = new ListTasksCommand({ cluster, startedBy, desiredStatus, ...paging });
        const page = await orMissing(() =>
          callAws({ service: 'ECS', operation: 'ListTasks', about }, () => client.send(command)),
        );
        arns.push(...(page?.taskArns ?? []));
        nextToken = page?.nextToken;
      } while (nextToken !== undefined && nextToken !== '');
    }
    for (let start = 0; start < arns.length; start += tasksPerCall) {
      const tasks = arns.slice(start, start + tasksPerCall);
      const command = new DescribeTasksCommand({ cluster, tasks, include: ['TAGS'] });
      const reply = await callAws({ service: 'ECS', operation: 'DescribeTasks', about }, () => client.send(command));
      found.push(...(reply.tasks ?? []).map((task) => readTask(task, { now: Date.now(), knownOwner: startedBy })));
    }
  }
  return found.sort(compareNewestFirst);
}

/** R49: ECS services of the clusters that put their tasks into one of the target groups. */
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
    const arns: string[] = [];
    let nextToken: string | undefined;
    do {
      const paging = nextToken === undefined ? {} : { nextToken };
      const command = new ListServicesCommand({ cluster, maxResults: 100, ...paging });
      const page = await orMissing(() =>
        callAws({ service: 'ECS', operation: 'ListServices', about }, () => client.send(command)),
      );
      arns.push(...(page?.serviceArns ?? []));
      nextToken = page?.nextToken;
    } while (nextToken !== undefined && nextToken !== '');
    for (let start = 0; start < arns.length; start += servicesPerCall) {
      const command = new DescribeServicesCommand({ cluster, services: arns.slice(start, start + servicesPerCall) });
      const reply = await callAws({ service: 'ECS', operation: 'DescribeServices', about }, () => client.send(command));
      found.push(...(reply.services ?? []).flatMap((service) => toPlanes(service, cluster, targetGroupArns)));
    }
  }
  return found;
}

interface ServiceOfEcs {
  readonly serviceName?: string | undefined;
  readonly desiredCount?: number | undefined;
  readonly runningCount?: number | undefined;
  readonly loadBalancers?: readonly { readonly targetGroupArn?: string | undefined }[] | undefined;
}

function toPlanes(
  { serviceName = '', desiredCount = 0, runningCount = 0, loadBalancers = [] }: ServiceOfEcs,
  cluster: string,
  targetGroupArns: readonly string[],
): readonly ControlPlane[] {
  return loadBalancers.flatMap(({ targetGroupArn }) =>
    targetGroupArn !== undefined && targetGroupArns.includes(targetGroupArn)
      ? [{ serviceName, cluster, targetGroupArn, desiredCount, runningCount }]
      : [],
  );
}

/** A cluster that is gone holds nothing. */
async function orMissing<Reply>(ask: () => Promise<Reply>): Promise<Reply | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof StartEnginesError && isMissingCluster(error)) return undefined;
    throw error;
  }
}
