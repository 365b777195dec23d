import type { ServiceMapping } from '@start-engines/core';
import type { DefinitionEvidence, FoundDefinition } from './read-definition.ts';

/** What keeps a mapping and a task definition from working together. */
export interface DefinitionProblem {
  /** The key of the mapping that is to blame. */
  readonly key: 'taskDefinition' | 'port' | 'containerName' | 'launchType';
  readonly message: string;
  readonly evidence: readonly string[];
}

/** The first thing that is wrong with a mapping's task definition. */
export function findDefinitionProblem(
  mapping: ServiceMapping,
  { asked, found }: DefinitionEvidence,
): DefinitionProblem | undefined {
  if (found === undefined || found.status !== 'ACTIVE') {
    const message = `the task definition ${asked} ${found === undefined ? 'does not exist' : `is ${found.status}`}`;
    return { key: 'taskDefinition', message, evidence: [`the mapping names ${mapping.taskDefinition}`] };
  }
  const name = found.arn.split('/').at(-1) ?? found.arn;
  if (found.networkMode !== 'awsvpc') {
    return {
      key: 'taskDefinition',
      message: `${name} has the network mode ${found.networkMode}, and its tasks need an address of their own: awsvpc`,
      evidence: [found.arn],
    };
  }
  return (
    checkCompatibility(mapping, found, name) ?? checkContainer(mapping, found, name) ?? checkPorts(mapping, found, name)
  );
}

function checkCompatibility({ capacity }: ServiceMapping, { compatibilities, arn }: FoundDefinition, name: string) {
  const launchType = 'launchType' in capacity ? capacity.launchType : 'FARGATE';
  if (compatibilities.length === 0 || compatibilities.includes(launchType)) return undefined;
  const message = `${name} is not made for ${launchType}, but for ${compatibilities.join(', ')}`;
  return { key: 'launchType', message, evidence: [arn] } as const;
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
  const ports = containers.flatMap((container) => container.ports);
  // With awsvpc a container may listen without having said where.
  if (ports.length === 0) return undefined;
  const wrong = mapping.targetGroups.find(({ port }) => !ports.includes(port));
  if (wrong === undefined) return undefined;
  return {
    key: 'port',
    message: `no container of ${name} has the port ${wrong.port}, which the mapping says`,
    evidence: containers.map((container) => `${container.name}: ${container.ports.join(', ') || 'no port'}`),
  } as const;
}
