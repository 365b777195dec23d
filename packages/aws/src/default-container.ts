import { DescribeTaskDefinitionCommand, type ECSClient } from '@aws-sdk/client-ecs';
import { StartEnginesError } from '@start-engines/core';
import { callAws } from './classify-aws-error.ts';

/** Knows which container of a task definition gets the environment where the mapping does not say. */
export interface DefaultContainers {
  /** The first essential container's name. */
  nameOf(taskDefinition: string): Promise<string>;
  forget(taskDefinition: string): void;
}

export function createDefaultContainers(client: ECSClient): DefaultContainers {
  // Containers are hardly ever renamed, and reading the task definition would be one more call before every start. So a
  // name is kept for the life of the process; whoever sees RunTask refuse it forgets it.
  const names = new Map<string, string>();
  return {
    async nameOf(taskDefinition) {
      const known = names.get(taskDefinition);
      if (known !== undefined) return known;
      const name = await readFirstEssential(client, taskDefinition);
      names.set(taskDefinition, name);
      return name;
    },
    forget: (taskDefinition) => void names.delete(taskDefinition),
  };
}

async function readFirstEssential(client: ECSClient, taskDefinition: string): Promise<string> {
  const operation = {
    service: 'ECS',
    operation: 'DescribeTaskDefinition',
    about: { taskDefinition },
  } as const;
  const reply = await callAws(operation, () => client.send(new DescribeTaskDefinitionCommand({ taskDefinition })));
  // A container is essential unless it says that it is not.
  const container = reply.taskDefinition?.containerDefinitions?.find(({ essential }) => essential !== false);
  if (container?.name === undefined) {
    throw new StartEnginesError('AwsRejected', `The task definition ${taskDefinition} has no essential container.`, {
      context: { service: 'ECS', operation: 'DescribeTaskDefinition', taskDefinition },
    });
  }
  return container.name;
}
