import { addressesOf, addressOfType } from './addresses.ts';
import type { Review } from './idle.ts';
import type { Neighbours } from './neighbours.ts';
import type { AddressType, ObservedTarget } from './ports.ts';
import type { RouteView, Routing } from './route.ts';
import type { TargetGroupPort } from './service-mapping.ts';
import { isAddressable, type Task } from './task.ts';

/**
 * A target group as one look found it, or why it could not be read. `missingSince`: the group does not exist, so it has no
 * targets and takes none; every look since then (ms since the epoch) has found it missing.
 */
export type GroupView = {
  readonly targetGroupArn: string;
  /** When the read began, in milliseconds since the epoch. Throttling can delay the rest of a look. */
  readonly readAt: number;
} & (
  | { readonly readable: true; readonly targets: readonly ObservedTarget[]; readonly missingSince?: number }
  | { readonly readable: false; readonly problem: Error }
);

/**
 * What one look at a service found, and what earlier looks of the same operation found. Targets are read before tasks, so that a
 * target registered in between does not look stale.
 */
export interface View {
  /** When the look ended, in milliseconds since the epoch. */
  readonly at: number;
  /** When the service's tasks were listed last, in milliseconds since the epoch. */
  readonly listedAt: number;
  /** `service`: all tasks of the service were listed. `task`: only the followed task was read; the others are from earlier looks. */
  readonly scope: 'service' | 'task';
  readonly groups: readonly GroupView[];
  /** The address type of a group, read only for a task that has an IPv6 address and is not registered in the group. */
  readonly addressTypes?: ReadonlyMap<string, AddressType>;
  /** Groups that belong to this service alone, according to its mapping, and that no other mapping uses. */
  readonly exclusiveGroupArns: ReadonlySet<string>;
  /** The other live tasks in the clusters. Read only when a decision needs them. */
  readonly neighbours?: Neighbours;
  /** Targets of ended tasks of all services, by `targetKey`. Known after a survey of the whole workspace. */
  readonly endedTargets?: ReadonlySet<string>;
  /** Newest first; the highest version seen of each task. */
  readonly tasks: readonly Task[];
  /**
   * Tasks with the service's `startedBy` and no usable launch facts, newest first. No start adopts one or waits for one, and none
   * is registered. A stop stops them.
   */
  readonly foreign: readonly Task[];
  /** ARNs of tasks that a conflict has named and that carry another `startedBy`. */
  readonly strangers?: ReadonlySet<string>;
  /** Targets that this operation has registered, by `targetKey`, with the time (ms since the epoch). */
  readonly registeredByUs: ReadonlyMap<string, number>;
  /** Targets that this operation has deregistered, by `targetKey`. */
  readonly deregisteredByUs: ReadonlySet<string>;
  /** Since when a retiring task has been out of all its target groups, by task ARN; only for tasks that were in one. */
  readonly drainingSince: ReadonlyMap<string, number>;
  /** Since when this operation has known that a live task is retiring, by task ARN. */
  readonly markedSince: ReadonlyMap<string, number>;
  /** Since when a target has belonged to no task of the service, by `targetKey`. */
  readonly strayingSince: ReadonlyMap<string, number>;
  /** Where the listener rules send requests; undefined for a service without `wake`. */
  readonly routing?: Routing;
  /** When this operation wrote its stop note. */
  readonly stopNotedAt?: number;
  /** When the pause under way was requested (ms since the epoch). Known after a survey of the whole workspace. */
  readonly pausedAt?: number;
  /** Only in the scheduled reconcile, for a service with a known mapping. */
  readonly review?: Review;
  /** When the latest noted stop was requested (ms since the epoch); undefined when the note was not read. */
  readonly stopNote?: number;
}

/** Identifies a target within its target group. */
export function targetKey(targetGroupArn: string, ip: string, port: number): string {
  return `${targetGroupArn} ${ip}:${port}`;
}

/** Whether the target is registered. A draining one is not. */
export function isRegisteredState(target: ObservedTarget): boolean {
  return target.state !== 'draining' && target.state !== 'unhealthy.draining';
}

/** How long RegisterTargets may take to show in DescribeTargetHealth before it is called again, in milliseconds. */
const registrationVisibleMs = 5_000;

/** What is known of one of a task's targets. */
export type TargetSight =
  | { readonly kind: 'absent' }
  | { readonly kind: 'shown'; readonly target: ObservedTarget }
  /** This operation registered it a moment ago, and it does not show yet. */
  | { readonly kind: 'registering' }
  /** The group cannot be read. */
  | { readonly kind: 'unknown'; readonly registered: boolean; readonly problem: Error };

/** What a view shows for one address in one target group. */
export function sightOf(view: View, targetGroupArn: string, ip: string, port: number): TargetSight {
  const group = view.groups.find((one) => one.targetGroupArn === targetGroupArn);
  const registeredAt = view.registeredByUs.get(targetKey(targetGroupArn, ip, port));
  if (group !== undefined && !group.readable) {
    return { kind: 'unknown', registered: registeredAt !== undefined, problem: group.problem };
  }
  const target = group?.targets.find((one) => one.ip === ip && one.port === port && isRegisteredState(one));
  if (target !== undefined) return { kind: 'shown', target };
  const isGone = group?.missingSince !== undefined;
  const fresh =
    !isGone && registeredAt !== undefined && (group?.readAt ?? view.at) - registeredAt < registrationVisibleMs;
  return fresh ? { kind: 'registering' } : { kind: 'absent' };
}

/** What a view shows for a task in one of its target groups, under any of its addresses. */
export function sightOfTask(view: View, task: Task, { targetGroupArn, port }: TargetGroupPort): TargetSight {
  const sights = addressesOf(task).map((ip) => sightOf(view, targetGroupArn, ip, port));
  const known = (['shown', 'registering'] as const).flatMap((kind) => sights.filter((sight) => sight.kind === kind));
  const registered = sights.find((sight) => sight.kind === 'unknown' && sight.registered);
  return known[0] ?? registered ?? sights[0] ?? { kind: 'absent' };
}

/**
 * The address under which the task is registered, or will be: the one that the group accepts. For a task without such an
 * address AWS rejects the registration.
 */
export function addressIn(view: View, task: Task & { readonly privateIp: string }, target: TargetGroupPort): string {
  const sight = sightOfTask(view, task, target);
  if (sight.kind === 'shown') return sight.target.ip;
  const type = view.addressTypes?.get(target.targetGroupArn);
  return (type === undefined ? undefined : addressOfType(task, type)) ?? task.privateIp;
}

/** Whether none of the task's target groups accepts any of its addresses, as far as is known. */
export function fitsNowhere({ addressTypes }: View, task: Task): boolean {
  const types = task.facts?.targets.map(({ targetGroupArn }) => addressTypes?.get(targetGroupArn)) ?? [];
  return types.length > 0 && types.every((type) => type !== undefined && addressOfType(task, type) === undefined);
}

/** Health read longer ago proves nothing, because throttling can delay the rest of a look. */
const healthValidMs = 15_000;

/** Whether the load balancer sends the task traffic through every one of its target groups. */
export function isHealthyEverywhere(view: View, task: Task): boolean {
  if (!isAddressable(task) || task.facts === undefined) return false;
  return task.facts.targets.every((target) => healthOf(view, task, target) === 'healthy');
}

/** Whether the load balancer is known to send the task no traffic through one of its target groups. */
export function isUnhealthySomewhere(view: View, task: Task): boolean {
  if (!isAddressable(task) || task.facts === undefined) return true;
  return task.facts.targets.some((target) => healthOf(view, task, target) === 'not-healthy');
}

/** Whether the load balancer sends the task traffic through at least one of its target groups. */
export function isHealthySomewhere(view: View, task: Task): boolean {
  if (!isAddressable(task) || task.facts === undefined) return false;
  return task.facts.targets.some((target) => healthOf(view, task, target) === 'healthy');
}

/** Whether the task's health could not be read in one of its target groups, or was read too long ago. */
export function isHealthUnknown(view: View, task: Task): boolean {
  if (!isAddressable(task) || task.facts === undefined) return false;
  return task.facts.targets.some((target) => healthOf(view, task, target) === 'unknown');
}

/** A task's health in one of its target groups. Health read too long ago is unknown. */
export function healthOf(view: View, task: Task, target: TargetGroupPort): 'healthy' | 'not-healthy' | 'unknown' {
  const sight = sightOfTask(view, task, target);
  const readAt = view.groups.find((group) => group.targetGroupArn === target.targetGroupArn)?.readAt ?? 0;
  if (sight.kind === 'unknown' || view.at - readAt > healthValidMs) return 'unknown';
  return sight.kind === 'shown' && sight.target.state === 'healthy' ? 'healthy' : 'not-healthy';
}

/** Every task with the service's `startedBy`, foreign ones included. */
export function claimants({ tasks, foreign }: View): readonly Task[] {
  return [...tasks, ...foreign];
}

/** The routes that lead to the task's target groups. */
export function routesTo({ routing }: View, { facts }: Task): readonly RouteView[] {
  const routes = routing?.routes ?? [];
  return facts === undefined
    ? routes
    : routes.filter(({ targetGroupArn }) => facts.targets.some((target) => target.targetGroupArn === targetGroupArn));
}
