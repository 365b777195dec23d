import type { Container, Task as EcsTask } from '@aws-sdk/client-ecs';
import {
  chooseRetireMark,
  cordonTag,
  type FactsReading,
  isAuthentic,
  isPastMoment,
  isRetireTag,
  type LaunchKey,
  lastAskedAgainst,
  launchFactsVariable,
  leaseEndingTag,
  parseAdoption,
  parseCordon,
  parseMoment,
  parseRetireMark,
  type RetireMark,
  readLaunchFacts,
  serviceOfOwner,
  type Task,
  type TaskContainer,
  upTag,
  withAdoption,
} from '@start-engines/core';
import { canonicalAddress } from './canonical-address.ts';
import { clusterOf } from './task-arn.ts';

export interface TaskReadingOptions {
  /** Milliseconds since the epoch, by default the wall clock's. What others may write is not believed when it lies in the future. */
  readonly now?: number;
  /** The `startedBy` of a task that does not say. */
  readonly knownOwner?: string;
  /** Verifies the launch facts of its workspace's tasks. Without it facts are what the task claims, as those of other workspaces are. */
  readonly key?: LaunchKey;
}

/**
 * An ECS task as core sees it. A replayed RunTask may return a stopped task with only its ARN and its two statuses. Then
 * `version` and `createdAt` are 0, and the owner is the caller's. Any principal may have written the launch facts, the tags and
 * the stop reason, so values that are out of bounds are omitted.
 */
export function readTask(task: EcsTask, { now = Date.now(), knownOwner = '', key }: TaskReadingOptions = {}): Task {
  const taskArn = task.taskArn ?? '';
  const { ipv4, ipv6 } = readAddresses(task);
  const privateIp = ipv4 ?? ipv6;
  const startedBy = task.startedBy ?? knownOwner;
  const isOurs = key !== undefined && serviceOfOwner(key.workspace, startedBy) !== undefined;
  const { facts, problem } = readFacts({ ...task, startedBy }, now, isOurs ? key : undefined);
  const mainContainer = readMainContainer(task);
  const tags = task.tags ?? [];
  const adoptions = tags
    .flatMap(({ key = '', value }) => parseAdoption(key, value) ?? [])
    .filter(({ asked }) => isPastMoment(asked, now));
  const tagValue = (name: string) => tags.find(({ key }) => key === name)?.value;
  const upTagged = parseMoment(tagValue(upTag));
  const cordon = parseCordon(tagValue(cordonTag));
  const announcedLeaseEnd = parseMoment(tagValue(leaseEndingTag));
  const upAt = isPastMoment(upTagged, now) ? upTagged : undefined;
  const stoppingAt = (task.stoppingAt ?? task.stoppedAt)?.getTime();
  const isPast = (mark: RetireMark | undefined) => mark !== undefined && isPastMoment(mark.asked, now);
  const marks = tags
    .flatMap(({ key = '', value }) => (isRetireTag(key) ? (parseRetireMark(value, undefined) ?? []) : []))
    // A start's mark is void on a task that was reported as up, and must not hide another mark.
    .filter((mark) => isPast(mark) && (mark.by !== 'start' || upAt === undefined));
  const reason = [parseRetireMark(undefined, task.stoppedReason)].find(isPast);
  const read: Task = {
    taskArn,
    clusterArn: task.clusterArn ?? clusterOf(taskArn)?.clusterArn ?? '',
    taskDefinitionArn: task.taskDefinitionArn ?? '',
    startedBy,
    lastStatus: task.lastStatus ?? '',
    desiredStatus: task.desiredStatus ?? '',
    // AWS-011
    version: task.version ?? 0,
    createdAt: task.createdAt?.getTime() ?? 0,
    containers: (task.containers ?? []).map(readContainer),
    ...(mainContainer === undefined ? {} : { mainContainer }),
    ...(stoppingAt === undefined ? {} : { stoppingAt }),
    ...(privateIp === undefined ? {} : { privateIp }),
    ...(ipv6 === undefined ? {} : { privateIpv6: ipv6 }),
    ...(task.stopCode === undefined ? {} : { stopCode: task.stopCode }),
    ...(task.stoppedReason === undefined ? {} : { stoppedReason: task.stoppedReason }),
    ...(facts === undefined ? { factsProblem: problem } : { facts }),
    ...(marks.length > 1 ? { marks } : {}),
    ...(upAt === undefined ? {} : { upAt }),
    ...(cordon === undefined || !isPastMoment(cordon.at, now) ? {} : { cordon }),
    ...(announcedLeaseEnd === undefined ? {} : { announcedLeaseEnd }),
  };
  const wanted = adoptions.reduce(withAdoption, read);
  const retire = chooseRetireMark(marks, (mark) => lastAskedAgainst(mark, wanted)) ?? reason;
  return retire === undefined ? wanted : { ...wanted, retire };
}

function readContainer(container: Container): TaskContainer {
  return {
    name: container.name ?? '',
    ...(container.lastStatus === undefined ? {} : { lastStatus: container.lastStatus }),
    ...(container.exitCode === undefined ? {} : { exitCode: container.exitCode }),
    ...(container.reason === undefined ? {} : { reason: container.reason }),
  };
}

/** By task ARN: what the MAC covers never changes, and a wait reads the same task again and again. */
const verdictsOf = new WeakMap<LaunchKey, Map<string, boolean>>();
const mostVerdicts = 10_000;

function readFacts(task: EcsTask & { readonly startedBy: string }, now: number, key?: LaunchKey): FactsReading {
  const variables = (task.overrides?.containerOverrides ?? []).flatMap((override) => override.environment ?? []);
  const { value } = variables.find(({ name }) => name === launchFactsVariable) ?? {};
  if (key === undefined) return readLaunchFacts(value, now);
  const created = {
    startedBy: task.startedBy,
    cluster: task.clusterArn ?? '',
    taskDefinition: task.taskDefinitionArn ?? '',
    enableExecuteCommand: task.enableExecuteCommand ?? false,
    overrides: task.overrides,
    createdAt: task.createdAt?.getTime() ?? 0,
  };
  const verdicts = verdictsOf.get(key) ?? new Map<string, boolean>();
  verdictsOf.set(key, verdicts);
  return readLaunchFacts(value, now, (written) => {
    const taskArn = task.taskArn ?? '';
    const verdict = verdicts.get(taskArn) ?? isAuthentic(key, written, created);
    if (verdicts.size >= mostVerdicts) verdicts.clear();
    verdicts.set(taskArn, verdict);
    return verdict;
  });
}

/** The container whose override has the launch facts. */
function readMainContainer(task: EcsTask): string | undefined {
  return (task.overrides?.containerOverrides ?? []).find(({ environment = [] }) =>
    environment.some(({ name }) => name === launchFactsVariable),
  )?.name;
}

/** `ElasticNetworkInterface` in the API, `eni` in events. A task also has attachments of other types. */
const networkInterfaceTypes = new Set(['ElasticNetworkInterface', 'eni']);

interface Addresses {
  readonly ipv4: string | undefined;
  readonly ipv6: string | undefined;
}

/** A task in an IPv6-only subnet has no IPv4 address. In a dual-stack subnet it may have either or both. */
function readAddresses(task: EcsTask): Addresses {
  const ended = task.desiredStatus === 'STOPPED';
  const attachments = (task.attachments ?? [])
    .filter((attachment) => networkInterfaceTypes.has(attachment.type ?? ''))
    // An interface that is being attached cannot receive traffic yet. A deleted one was the task's last. AWS-012, AWS-013.
    .filter(({ status }) => status === 'ATTACHED' || (ended && status === 'DELETED'));
  const detail = (name: string) =>
    attachments.flatMap(({ details = [] }) => details.find((one) => one.name === name)?.value || [])[0];
  const interfaces = (task.containers ?? []).flatMap(({ networkInterfaces = [] }) => networkInterfaces);
  const ipv6 =
    detail('privateIPv6Address') ?? interfaces.map(({ ipv6Address }) => ipv6Address).find((address) => address);
  return {
    ipv4:
      detail('privateIPv4Address') ??
      interfaces.map(({ privateIpv4Address }) => privateIpv4Address).find((address) => address),
    ipv6: ipv6 === undefined ? undefined : canonicalAddress(ipv6),
  };
}
