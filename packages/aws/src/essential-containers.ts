import { DescribeTaskDefinitionCommand, type ECSClient } from '@aws-sdk/client-ecs';
import { callAws } from './classify-aws-error.ts';

/** The containers whose end also ends the task. Containers are essential by default. */
export async function readEssentialContainers(client: ECSClient, taskDefinition: string): Promise<ReadonlySet<string>> {
  const operation = { service: 'ECS', operation: 'DescribeTaskDefinition', about: { taskDefinition } } as const;
  const reply = await callAws(operation, () => client.send(new DescribeTaskDefinitionCommand({ taskDefinition })));
  const containers = reply.taskDefinition?.containerDefinitions ?? [];
  return new Set(
    containers.flatMap(({ name, essential }) => (name === undefined || essential === false ? [] : [name])),
  );
}
