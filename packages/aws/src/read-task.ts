import type { Attachment, Container, Task as EcsTask } from '@aws-sdk/client-ecs';
import {
  chooseRetireMark,
  decodeLaunchFacts,
  isAdoptedTag,
  isRetireTag,
  type LaunchFacts,
  launchFactsVariable,
  parseMoment,
  parseRetireMark,
  type Task,
  type TaskContainer,
  upTag,
} from '@start-engines/core';
import { clusterOf } from './task-arn.ts';

/**
 * An ECS task as core sees it. A replayed RunTask may answer a stopped task with nothing but its ARN and its two
 * statuses; then `version` and `createdAt` are 0 and the owner is what the caller knows it to be.
 *
 * @param knownOwner the `startedBy` of a task that does not say
 */
export function readTask(task: EcsTask, knownOwner = ''): Task {
  const taskArn = task.taskArn ?? '';
  const privateIp = readPrivateIp(task);
  const facts = readFacts(task);
  const mainContainer = readMainContainer(task);
  const tags = task.tags ?? [];
  const adoptions = tags.flatMap(({ key = '', value }) => (isAdoptedTag(key) ? (parseMoment(value) ?? []) : []));
  const upAt = parseMoment(tags.find(({ key }) => key === upTag)?.value);
  const stoppingAt = (task.stoppingAt ?? task.stoppedAt)?.getTime();
  const adoptedAsked = adoptions.length === 0 ? undefined : Math.max(...adoptions);
  const marks = tags.flatMap(({ key = '', value }) =>
    isRetireTag(key) ? (parseRetireMark(value, undefined) ?? []) : [],
  );
  const retire =
    chooseRetireMark(marks, Math.max(facts?.asked ?? 0, adoptedAsked ?? 0)) ??
    parseRetireMark(undefined, task.stoppedReason);
  return {
    taskArn,
    clusterArn: task.clusterArn ?? clusterOf(taskArn)?.clusterArn ?? '',
    taskDefinitionArn: task.taskDefinitionArn ?? '',
    startedBy: task.startedBy ?? knownOwner,
    lastStatus: task.lastStatus ?? '',
    desiredStatus: task.desiredStatus ?? '',
    version: task.version ?? 0,
    createdAt: task.createdAt?.getTime() ?? 0,
    containers: (task.containers ?? []).map(readContainer),
    ...(mainContainer === undefined ? {} : { mainContainer }),
    ...(stoppingAt === undefined ? {} : { stoppingAt }),
    ...(privateIp === undefined ? {} : { privateIp }),
    ...(task.stopCode === undefined ? {} : { stopCode: task.stopCode }),
    ...(task.stoppedReason === undefined ? {} : { stoppedReason: task.stoppedReason }),
    ...(facts === undefined ? {} : { facts }),
    ...(retire === undefined ? {} : { retire }),
    ...(adoptedAsked === undefined ? {} : { adoptedAsked }),
    ...(upAt === undefined ? {} : { upAt }),
  };
}

function readContainer(container: Container): TaskContainer {
  return {
    name: container.name ?? '',
    ...(container.lastStatus === undefined ? {} : { lastStatus: container.lastStatus }),
    ...(container.exitCode === undefined ? {} : { exitCode: container.exitCode }),
    ...(container.reason === undefined ? {} : { reason: container.reason }),
  };
}

function readFacts(task: EcsTask): LaunchFacts | undefined {
  const variables = (task.overrides?.containerOverrides ?? []).flatMap((override) => override.environment ?? []);
  return decodeLaunchFacts(variables.find((variable) => variable.name === launchFactsVariable)?.value);
}

/** The container whose override carries the launch facts. */
function readMainContainer(task: EcsTask): string | undefined {
  return (task.overrides?.containerOverrides ?? []).find(({ environment = [] }) =>
    environment.some(({ name }) => name === launchFactsVariable),
  )?.name;
}

/** The API says `ElasticNetworkInterface`, events say `eni`. A task has attachments of other types as well. */
const networkInterfaceTypes = new Set(['ElasticNetworkInterface', 'eni']);

function readPrivateIp(task: EcsTask): string | undefined {
  const ended = task.desiredStatus === 'STOPPED';
  const attachedAddress = (task.attachments ?? [])
    .filter((attachment) => networkInterfaceTypes.has(attachment.type ?? ''))
    // An interface on its way in has no address that traffic can be sent to; one that is gone was the task's last.
    .filter(({ status }) => status === 'ATTACHED' || (ended && status === 'DELETED'))
    .map(readAddress)
    .find((address) => address !== undefined);
  return attachedAddress ?? readContainerAddress(task.containers ?? []);
}

function readAddress(attachment: Attachment): string | undefined {
  return attachment.details?.find((detail) => detail.name === 'privateIPv4Address')?.value;
}

function readContainerAddress(containers: readonly Container[]): string | undefined {
  return containers
    .flatMap((container) => container.networkInterfaces ?? [])
    .map((networkInterface) => networkInterface.privateIpv4Address)
    .find((address) => address !== undefined);
}
