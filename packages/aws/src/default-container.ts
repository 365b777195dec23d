import { DescribeTaskDefinitionCommand, type ECSClient, type PortMapping } from '@aws-sdk/client-ecs';
import { type ContainerWithPorts, chooseContainer, type ExposedPort, StartEnginesError } from '@start-engines/core';
import { callAws } from './classify-aws-error.ts';

/** Finds the container of a task definition that gets the environment if the mapping names none. */
export interface DefaultContainers {
  /** The name of the container that exposes one of the ports, or otherwise of the first essential container. */
  nameOf(taskDefinition: string, ports: readonly number[]): Promise<string>;
  /** Call it after a task was started from this revision. Knowledge of another revision is dropped. */
  noteRevision(taskDefinition: string, taskDefinitionArn: string): void;
  forget(taskDefinition: string): void;
}

interface KnownDefinition {
  readonly arn: string | undefined;
  readonly containers: readonly ContainerWithPorts[];
}

export function createDefaultContainers(client: ECSClient): DefaultContainers {
  // A new revision rarely moves the port to another container, and reading the task definition before every start would cost a call.
  // So the answer is cached until RunTask refuses the container or starts another revision.
  const known = new Map<string, KnownDefinition>();
  return {
    async nameOf(taskDefinition, ports) {
      const definition = known.get(taskDefinition) ?? (await readDefinition(client, taskDefinition));
      known.set(taskDefinition, definition);
      const chosen = chooseContainer(definition.containers, ports);
      if (chosen !== undefined) return chosen.container.name;
      throw new StartEnginesError('AwsRejected', `The task definition ${taskDefinition} has no essential container.`, {
        context: { service: 'ECS', operation: 'DescribeTaskDefinition', taskDefinition },
      });
    },
    noteRevision(taskDefinition, taskDefinitionArn) {
      const arn = known.get(taskDefinition)?.arn;
      if (taskDefinitionArn !== '' && arn !== undefined && arn !== taskDefinitionArn) known.delete(taskDefinition);
    },
    forget: (taskDefinition) => void known.delete(taskDefinition),
  };
}

async function readDefinition(client: ECSClient, taskDefinition: string): Promise<KnownDefinition> {
  const operation = {
    service: 'ECS',
    operation: 'DescribeTaskDefinition',
    about: { taskDefinition },
  } as const;
  const reply = await callAws(operation, () => client.send(new DescribeTaskDefinitionCommand({ taskDefinition })));
  return {
    arn: reply.taskDefinition?.taskDefinitionArn,
    containers: (reply.taskDefinition?.containerDefinitions ?? []).flatMap(({ name, essential, portMappings }) =>
      // Containers are essential by default.
      name === undefined ? [] : [{ name, essential: essential !== false, ports: readExposedPorts(portMappings) }],
    ),
  };
}

/**
 * The TCP ports that a container's port mappings expose. With the network mode `awsvpc`, host port and container port are equal, and
 * either may be missing.
 */
export function readExposedPorts(portMappings: readonly PortMapping[] = []): readonly ExposedPort[] {
  return portMappings
    .filter(({ protocol }) => protocol !== 'udp')
    .flatMap(({ containerPort = 0, hostPort = 0, containerPortRange }): ExposedPort[] => [
      ...new Set([containerPort, hostPort].filter((port) => port > 0)),
      ...readRange(containerPortRange),
    ]);
}

/** Such as `8080-8090`. */
function readRange(range: string | undefined): ExposedPort[] {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  return from === undefined || to === undefined ? [] : [{ from: Number(from), to: Number(to) }];
}
