import { callAws, readExposedPorts } from '@start-engines/aws';
import { type ContainerWithPorts, StartEnginesError } from '@start-engines/core';
import type { AwsAccess } from '../aws-access.ts';

/** The network, containers and roles of a task definition. */
export interface DefinitionEvidence {
  /** The name in the mapping. */
  readonly asked: string;
  /** Undefined if it does not exist. */
  readonly found: FoundDefinition | undefined;
}

export interface FoundDefinition {
  readonly arn: string;
  readonly status: string;
  readonly networkMode: string;
  readonly compatibilities: readonly string[];
  readonly taskRoleArn: string | undefined;
  readonly executionRoleArn: string | undefined;
  /** The keys of its tags. */
  readonly tagKeys?: readonly string[];
  readonly containers: readonly ContainerEvidence[];
}

export interface ContainerEvidence extends ContainerWithPorts {
  readonly image: string;
  /** The log group of its output, if that is in CloudWatch Logs. */
  readonly logGroup: string | undefined;
}

/** @throws StartEnginesError an AWS code; a task definition that does not exist is not an error */
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
    // The message for an unknown family or revision; the same exception has other reasons too.
    const isMissing =
      error instanceof StartEnginesError &&
      error.context.awsCode === 'ClientException' &&
      /\bunable to describe task definition\b/i.test(error.message);
    if (isMissing) return { asked: taskDefinition, found: undefined };
    throw error;
  }
}
