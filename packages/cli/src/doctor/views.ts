import {
  type EndOfTask,
  endOfTask,
  isAddressable,
  isForeign,
  isKept,
  isLive,
  type ServiceMapping,
  type Task,
} from '@start-engines/core';
import type { Evidence, FoundGroup, GroupEvidence, Read } from './evidence.ts';

/** The value, or undefined if it could not be read. */
export function readable<Value>(read: Read<Value>): Value | undefined {
  return 'value' in read ? read.value : undefined;
}

/** Why one of these could not be read; undefined if all were. Links that depend on it cannot be checked. */
export function gapIn(evidence: Evidence, ...names: readonly ReadName[]): string | undefined {
  return names.flatMap((name) => ('problem' in evidence[name] ? evidence[name].problem : [])).at(0);
}

type ReadName = { [Name in keyof Evidence]: Evidence[Name] extends Read<unknown> ? Name : never }[keyof Evidence] &
  string;

/** The mapping in use, also when a newer version is invalid. */
export function mappingOf({ mapping }: Evidence): ServiceMapping | undefined {
  return mapping.kind === 'loaded' ? mapping.loaded.mapping : undefined;
}

/** The task that should serve: live and not retiring, the newest if there are several. */
export function keptTask(evidence: Evidence): Task | undefined {
  return (readable(evidence.tasks) ?? []).find((task) => isKept(task) && !isForeign(task));
}

/** The same task, once traffic can be sent to it. */
export function addressableTask(evidence: Evidence): (Task & { readonly privateIp: string }) | undefined {
  const kept = keptTask(evidence);
  return kept !== undefined && isAddressable(kept) ? kept : undefined;
}

export function liveTasks(evidence: Evidence): readonly Task[] {
  return (readable(evidence.tasks) ?? []).filter((task) => isLive(task) && !isForeign(task));
}

/** Live tasks with the service's name but without usable launch facts. */
export function foreignTasks(evidence: Evidence): readonly Task[] {
  return (readable(evidence.tasks) ?? []).filter((task) => isLive(task) && isForeign(task));
}

/** How a task ended. Its essential containers are known if the mapping still has the task's task definition. */
export function endOf(task: Task, evidence: Evidence): EndOfTask {
  const found = readable(evidence.definition)?.found;
  if (found?.arn !== task.taskDefinitionArn) return endOfTask(task);
  return endOfTask(task, new Set(found.containers.filter(({ essential }) => essential).map(({ name }) => name)));
}

export type GroupThatIs = GroupEvidence & { readonly found: FoundGroup };

/** The target groups that exist. */
export function groupsThatAre(evidence: Evidence): readonly GroupThatIs[] {
  return (readable(evidence.groups) ?? []).filter((group): group is GroupThatIs => group.found !== undefined);
}

/** The ports on which the load balancer must reach the task, for traffic and for health checks. */
export function portsToReach(evidence: Evidence): readonly number[] {
  const ports = groupsThatAre(evidence).flatMap(({ port, found: { healthCheck } }) =>
    healthCheck.port === 'traffic-port' ? [port] : [port, Number(healthCheck.port)],
  );
  return [...new Set(ports)];
}
