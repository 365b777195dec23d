import {
  chooseContainer,
  type ExposedPort,
  exposesPort,
  mostTaskTags,
  portsOf,
  type ServiceMapping,
} from '@start-engines/core';
import { findCapacityProblem } from './check-capacity.ts';
import type { DefinitionProblem } from './definition-problem.ts';
import type { ClusterEvidence } from './read-cluster.ts';
import type { DefinitionEvidence, FoundDefinition } from './read-definition.ts';

/**
 * The first problem of a mapping's task definition.
 *
 * @param cluster Undefined if it was not read: then nothing that depends on its default strategy is checked.
 */
export function findDefinitionProblem(
  mapping: ServiceMapping,
  { asked, found }: DefinitionEvidence,
  cluster?: ClusterEvidence,
): DefinitionProblem | undefined {
  if (found === undefined || found.status !== 'ACTIVE') {
    const message = `the task definition ${asked} ${found === undefined ? 'does not exist' : `is ${found.status}`}`;
    return { key: 'taskDefinition', message, evidence: [`the mapping names ${mapping.taskDefinition}`] };
  }
  const name = found.arn.split('/').at(-1) ?? found.arn;
  if (found.networkMode !== 'awsvpc') {
    return {
      key: 'taskDefinition',
      message: `${name} has the network mode ${found.networkMode}, but its tasks need their own address: awsvpc`,
      evidence: [found.arn],
    };
  }
  return (
    findCapacityProblem(mapping, found, cluster) ??
    checkContainer(mapping, found, name) ??
    checkPorts(mapping, found, name) ??
    checkTags(mapping, found, name) ??
    checkExec(mapping, found, name)
  );
}

/** Which container gets the environment of a mapping that names none, and why. Undefined if there is only one. */
export function describeChosenContainer(mapping: ServiceMapping, found: FoundDefinition): string | undefined {
  if (mapping.containerName !== undefined || found.containers.length < 2) return undefined;
  const ports = portsOf(mapping);
  const chosen = chooseContainer(found.containers, ports);
  if (chosen === undefined) return undefined;
  const { container, port } = chosen;
  const alike = found.containers.filter((one) => port !== undefined && exposesPort(one, port));
  const why =
    port === undefined
      ? `no container exposes port ${ports[0]}, and it is the first essential one`
      : alike.length > 1
        ? `${alike.map(({ name }) => name).join(', ')} expose port ${port}, and it is the first${container.essential ? ' essential one' : ''}`
        : `it exposes port ${port}`;
  return `the environment goes to the container ${container.name}: ${why}`;
}

function checkContainer({ containerName }: ServiceMapping, { containers }: FoundDefinition, name: string) {
  if (containerName === undefined || containers.some((container) => container.name === containerName)) return undefined;
  return {
    key: 'containerName',
    message: `${name} has no container ${containerName}`,
    evidence: [`its containers: ${containers.map((container) => container.name).join(', ')}`],
  } as const;
}

function checkPorts(mapping: ServiceMapping, { containers }: FoundDefinition, name: string) {
  // With awsvpc, a container may listen on a port that it does not declare.
  if (containers.every(({ ports }) => ports.length === 0)) return undefined;
  const wrong = mapping.targetGroups.find(({ port }) => !containers.some((container) => exposesPort(container, port)));
  if (wrong === undefined) return undefined;
  return {
    key: 'port',
    message: `no container of ${name} exposes port ${wrong.port} of the mapping`,
    evidence: containers.map((container) => `${container.name}: ${describePorts(container.ports) || 'no port'}`),
  } as const;
}

function describePorts(ports: readonly ExposedPort[]): string {
  return ports.map((port) => (typeof port === 'number' ? port : `${port.from}-${port.to}`)).join(', ');
}

/** A task can have 50 tags, and start-engines reserves 40 of them for its marks. */
function checkTags({ taskOptions = {} }: ServiceMapping, { tagKeys = [] }: FoundDefinition, name: string) {
  if (taskOptions.propagateTags !== 'TASK_DEFINITION') return undefined;
  const evidence = [`tags of ${name}: ${tagKeys.join(', ')}`];
  const mark = tagKeys.find((key) => key.startsWith('start-engines:'));
  if (mark !== undefined) {
    const message = `${name} has the tag ${mark}, which on a task would be read as a mark of start-engines`;
    return { key: 'propagateTags', message, evidence } as const;
  }
  const count = new Set([...tagKeys, ...Object.keys(taskOptions.tags ?? {})]).size;
  if (count <= mostTaskTags) return undefined;
  const message = `a task can have ${mostTaskTags} tags, but there are ${count} including those of ${name}`;
  return { key: 'propagateTags', message, evidence } as const;
}

function checkExec({ taskOptions }: ServiceMapping, { taskRoleArn, arn }: FoundDefinition, name: string) {
  if (!taskOptions?.enableExecuteCommand || taskRoleArn !== undefined) return undefined;
  const message = `${name} has no task role, which ECS Exec requires`;
  return { key: 'enableExecuteCommand', message, evidence: [arn] } as const;
}
