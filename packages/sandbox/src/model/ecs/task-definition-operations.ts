import type { Operations } from '../../operation.ts';
import { makeArn } from '../arn.ts';
import { boolean, integer, list, openStructure, type Shaped, string, structure } from '../shape.ts';
import { clientException, ecsOperation, invalidParameter } from './ecs-operation.ts';
import type { EcsState } from './ecs-state.ts';
import { checkTags, tagsShape } from './tags.ts';
import type { ContainerDefinition, RegisteredTaskDefinition, TaskDefinition } from './task-definition.ts';

const containerDefinitionShape = openStructure({
  name: string,
  image: string,
  essential: boolean,
  cpu: integer,
  memory: integer,
  stopTimeout: integer,
  entryPoint: list(string),
  command: list(string),
  environment: list(structure({ name: string, value: string })),
  portMappings: list(openStructure({ containerPort: integer, hostPort: integer, protocol: string })),
});

const registerShape = openStructure({
  family: string,
  networkMode: string,
  cpu: string,
  memory: string,
  requiresCompatibilities: list(string),
  containerDefinitions: list(containerDefinitionShape),
  tags: tagsShape,
});

export function createTaskDefinitionOperations(state: EcsState): Operations {
  return {
    RegisterTaskDefinition: ecsOperation(registerShape, ({ tags = [], ...input }) => {
      const checkedTags = checkTags(tags);
      const registered = { definition: newRevision(state, input), tags: checkedTags };
      const { family } = registered.definition;
      state.taskDefinitions.set(family, [...(state.taskDefinitions.get(family) ?? []), registered]);
      return { taskDefinition: registered.definition, tags: checkedTags };
    }),

    DescribeTaskDefinition: ecsOperation(structure({ taskDefinition: string, include: list(string) }), (input) => {
      const found = findTaskDefinition(state, input.taskDefinition);
      if (found === undefined) throw clientException('Unable to describe task definition.');
      const withTags = input.include?.includes('TAGS') ?? false;
      return { taskDefinition: found.definition, ...(withTags ? { tags: found.tags } : {}) };
    }),

    DeregisterTaskDefinition: ecsOperation(structure({ taskDefinition: string }), (input) => {
      const found = findTaskDefinition(state, input.taskDefinition);
      if (found === undefined) throw clientException('The specified task definition does not exist.');
      const { family, revision } = found.definition;
      const definition: TaskDefinition = { ...found.definition, status: 'INACTIVE' };
      const revisions = state.taskDefinitions.get(family) ?? [];
      state.taskDefinitions.set(family, revisions.with(revision - 1, { ...found, definition }));
      return { taskDefinition: definition };
    }),
  };
}

/** Finds a task definition by `family` (its latest active revision), `family:revision` or ARN. */
export function findTaskDefinition(
  state: EcsState,
  identifier: string | undefined,
): RegisteredTaskDefinition | undefined {
  if (identifier === undefined || identifier === '') throw clientException('TaskDefinition can not be blank.');
  const name = /^arn:aws[a-z-]*:ecs:[^:]*:\d*:task-definition\/(.+)$/.exec(identifier)?.[1] ?? identifier;
  const [family = '', revision] = name.split(':');
  const revisions = state.taskDefinitions.get(family) ?? [];
  if (revision === undefined) return revisions.findLast(({ definition }) => definition.status === 'ACTIVE');
  if (!/^[1-9]\d*$/.test(revision)) throw invalidParameter(`Invalid revision number. Number: ${revision}`);
  return revisions[Number(revision) - 1];
}

function newRevision(state: EcsState, input: Shaped<typeof registerShape>): TaskDefinition {
  const { family = '', containerDefinitions = [], requiresCompatibilities } = input;
  if (family === '') throw clientException('Family can not be blank.');
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(family)) {
    throw clientException(
      'Family should contain only letters, numbers, hyphens or underscores and at most 255 of them.',
    );
  }
  if (containerDefinitions.length === 0) throw clientException('Container list cannot be empty.');
  if (requiresCompatibilities?.includes('FARGATE')) checkFargate(input);
  const revision = (state.taskDefinitions.get(family)?.length ?? 0) + 1;
  const fargate = input.networkMode === 'awsvpc' && input.cpu !== undefined && input.memory !== undefined;
  const containers = containerDefinitions.map(readContainer);
  if (!containers.some(({ essential }) => essential)) {
    throw clientException('Invalid setting for container. At least one container must be essential.');
  }
  return {
    volumes: [],
    placementConstraints: [],
    requiresAttributes: [],
    ...input,
    taskDefinitionArn: makeArn(state.account, 'ecs', `task-definition/${family}:${revision}`),
    family,
    revision,
    status: 'ACTIVE',
    compatibilities: fargate ? ['EC2', 'FARGATE'] : ['EC2'],
    containerDefinitions: containers,
    registeredAt: new Date(state.clock.now()),
    registeredBy: `arn:aws:iam::${state.account.accountId}:root`,
  };
}

function readContainer(input: Shaped<typeof containerDefinitionShape>): ContainerDefinition {
  const { name, image, stopTimeout } = input;
  if (name === undefined || name === '') throw clientException('Container.name should not be null or empty.');
  if (image === undefined || image === '') throw clientException('Container.image should not be null or empty.');
  if (stopTimeout !== undefined && (stopTimeout < 0 || stopTimeout > 120)) {
    throw clientException('Invalid setting for container. stopTimeout must be from 0 to 120 seconds on Fargate.');
  }
  return {
    mountPoints: [],
    volumesFrom: [],
    systemControls: [],
    ...input,
    name,
    image,
    cpu: input.cpu ?? 0,
    essential: input.essential ?? true,
    environment: (input.environment ?? []).map((entry) => ({ name: entry.name ?? '', value: entry.value ?? '' })),
    portMappings: (input.portMappings ?? []).map((mapping) => ({
      ...mapping,
      ...(mapping.containerPort === undefined ? {} : { hostPort: mapping.hostPort ?? mapping.containerPort }),
      protocol: mapping.protocol ?? 'tcp',
    })),
  };
}

/** Fargate's sizes: CPU units with the minimum, maximum and step of memory in MiB. */
const fargateSizes: Readonly<Record<string, readonly number[]>> = {
  256: [512, 1024, 2048],
  512: memoryRange(1, 4, 1),
  1024: memoryRange(2, 8, 1),
  2048: memoryRange(4, 16, 1),
  4096: memoryRange(8, 30, 1),
  8192: memoryRange(16, 60, 4),
  16384: memoryRange(32, 120, 8),
};

function memoryRange(leastGiB: number, mostGiB: number, stepGiB: number): readonly number[] {
  const steps = (mostGiB - leastGiB) / stepGiB + 1;
  return Array.from({ length: steps }, (_, step) => (leastGiB + step * stepGiB) * 1024);
}

function checkFargate({ networkMode, cpu, memory }: { networkMode?: string; cpu?: string; memory?: string }): void {
  if (networkMode !== 'awsvpc') throw clientException("Fargate only supports network mode 'awsvpc'.");
  if (cpu === undefined) throw clientException("Fargate requires that 'cpu' be defined at the task level.");
  if (memory === undefined) throw clientException("Fargate requires that 'memory' be defined at the task level.");
  if (!fargateSizes[cpu]?.includes(Number(memory))) {
    throw clientException(`No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory.`);
  }
}
