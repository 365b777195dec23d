import { callAws, readExposedPorts } from '@start-engines/aws';
import { type ContainerWithPorts, StartEnginesError } from '@start-engines/core';
import type { AwsAccess } from '../aws-access.ts';

/** What a task definition says of its tasks' network, containers and roles. */
export interface DefinitionEvidence {
  /** As the mapping names it. */
  readonly asked: string;
  /** Undefined: ECS knows none of that name. */
  readonly found: FoundDefinition | undefined;
}

export interface FoundDefinition {
  readonly arn: string;
  readonly status: string;
  readonly networkMode: string;
  readonly compatibilities: readonly string[];
  readonly taskRoleArn: string | undefined;
  readonly executionRoleArn: string | undefined;
  /** Keys of its tags. */
  readonly tagKeys?: readonly string[];
  readonly containers: readonly ContainerEvidence[];
}

export interface ContainerEvidence extends ContainerWithPorts {
  readonly image: string;
  /** Where its output is kept, when that is CloudWatch Logs. */
  readonly logGroup: string | undefined;
}

/** @throws StartEnginesError an AWS code, but not for a task definition that does not exist */
export async function readDefinition(aws: AwsAccess, taskDefinition: string): Promise<DefinitionEvidence> {
  const { DescribeTaskDefinitionCommand } = await import('../sdk/ecs.ts');
  const client = await aws.ecs();
  const operation = { service: 'ECS', operation: 'DescribeTaskDefinition', about: { taskDefinition } } as const;
  try {
    const command = new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] });
    const reply = await callAws(operation, () => client.send(command));
    const found = reply.taskDefinition;
    if (found === undefined) return { asked: taskDefinition, found: undefined };
    return {
      asked: taskDefinition,
      found: {
        arn: found.taskDefinitionArn ?? '',
        status: found.status ?? '',
        networkMode: found.networkMode ?? 'bridge',
        compatibilities: found.compatibilities ?? [],
        taskRoleArn: found.taskRoleArn,
        executionRoleArn: found.executionRoleArn,
        tagKeys: (reply.tags ?? []).flatMap(({ key }) => key ?? []),
        containers: (found.containerDefinitions ?? []).map((container) => ({
          name: container.name ?? '',
          image: container.image ?? '',
          essential: container.essential !== false,
          ports: readExposedPorts(container.portMappings),
          logGroup: container.logConfiguration?.options?.['awslogs-group'],
        })),
      },
    };
  } catch (error) {
    // ECS says so of a family or revision that it does not have; the same exception has other reasons too.
    const isMissing =
      error instanceof StartEnginesError &&
      error.context.awsCode === 'ClientException' &&
      /\bunable to describe task definition\b/i.test(error.message);
    if (isMissing) return { asked: taskDefinition, found: undefined };
    throw error;
  }
}
