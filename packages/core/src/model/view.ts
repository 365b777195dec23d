import { addressesOf, addressOfType } from './addresses.ts';
import type { Neighbours } from './neighbours.ts';
import type { AddressType, ObservedTarget } from './ports.ts';
import type { TargetGroupPort } from './service-mapping.ts';
import { isAddressable, type Task } from './task.ts';

/**
 * A target group as one look found it, or why it could not be read. `missingSince`: AWS knows no such group, so that nothing
 * stands in it and nothing can be registered there; and since when that has been so in every look, in milliseconds since the
 * epoch.
 */
export type GroupView = {
  readonly targetGroupArn: string;
  /** When it was asked for, in milliseconds since the epoch: throttles can hold up the rest of a look. */
  readonly readAt: number;
} & (
  | { readonly readable: true; readonly targets: readonly ObservedTarget[]; readonly missingSince?: number }
  | { readonly readable: false; readonly problem: Error }
);

/**
 * What one look at a service found, and what earlier looks of the same operation found. Targets were read before tasks: a
 * task that is read afterwards cannot make a target look stale that was registered in between.
 */
export interface View {
  /** When the look ended, in milliseconds since the epoch. */
  readonly at: number;
  /** When the service's tasks were listed last, in milliseconds since the epoch. */
  readonly listedAt: number;
  /** `service`: all tasks of the service were listed. `task`: only the followed task was read; others are from before. */
  readonly scope: 'service' | 'task';
  readonly groups: readonly GroupView[];
  /** The kind of address that a group takes, where a task has an IPv6 address and does not stand there yet. */
  readonly addressTypes?: ReadonlyMap<string, AddressType>;
  /** Groups in which nobody but this service registers targets, as its mapping says and no other denies. */
  readonly exclusiveGroupArns: ReadonlySet<string>;
  /** Who else lives in the clusters. Read only when it matters. */
  readonly neighbours?: Neighbours;
  /** Targets that ended tasks of all services were started with, by `targetKey`. Known after a look at the whole workspace. */
  readonly endedTargets?: ReadonlySet<string>;
  /** Newest first; of each task the highest version that was ever seen. */
  readonly tasks: readonly Task[];
  /**
   * Tasks that carry the service's `startedBy` and no launch facts that can be used, newest first. No start adopts or comes
   * after one, and none is registered; a stop takes them down.
   */
  readonly foreign: readonly Task[];
  /** Targets that this operation itself has registered, by `targetKey`, with the time. */
  readonly registeredByUs: ReadonlyMap<string, number>;
  /** Targets that this operation itself has deregistered, by `targetKey`. */
  readonly deregisteredByUs: ReadonlySet<string>;
  /** Since when a retiring task has been out of every target group, by task ARN; only for tasks that were in one. */
  readonly drainingSince: ReadonlyMap<string, number>;
  /** Since when this operation has known a live task to be marked to go, by task ARN. */
  readonly markedSince: ReadonlyMap<string, number>;
  /** Since when a target has been there without a task of the service, by `targetKey`. */
  readonly strayingSince: ReadonlyMap<string, number>;
  /** When this operation has noted that the service is to be down. */
  readonly stopNotedAt?: number;
  /** When the latest stop was requested that has left a note (ms since the epoch), where the note was read. */
  readonly stopNote?: number;
}

/** One word for a target in a target group. */
export function targetKey(targetGroupArn: string, ip: string, port: number): string {
  return `${targetGroupArn} ${ip}:${port}`;
}

/** Registered targets count; draining ones do not. */
export function isRegisteredState(target: ObservedTarget): boolean {
  return target.state !== 'draining' && target.state !== 'unhealthy.draining';
}

/** How long RegisterTargets may take to show in DescribeTargetHealth before it is called again. */
const registrationVisibleMs = 5_000;

/** What is known of one of a task's targets. */
export type TargetSight =
  | { readonly kind: 'absent' }
  | { readonly kind: 'shown'; readonly target: ObservedTarget }
  /** We registered it just now and it does not show yet. */
  | { readonly kind: 'registering' }
  /** The group cannot be read. */
  | { readonly kind: 'unknown'; readonly registered: boolean; readonly problem: Error };

/** What a view says of one address in one target group. */
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

/** What a view says of a task in one of its target groups, under whichever of its addresses it stands there. */
export function sightOfTask(view: View, task: Task, { targetGroupArn, port }: TargetGroupPort): TargetSight {
  const sights = addressesOf(task).map((ip) => sightOf(view, targetGroupArn, ip, port));
  const known = (['shown', 'registering'] as const).flatMap((kind) => sights.filter((sight) => sight.kind === kind));
  const registered = sights.find((sight) => sight.kind === 'unknown' && sight.registered);
  return known[0] ?? registered ?? sights[0] ?? { kind: 'absent' };
}

/**
 * The address under which the task stands in a target group, or is to stand there: the one that the group takes. A task
 * without such an address gets AWS's refusal.
 */
export function addressIn(view: View, task: Task & { readonly privateIp: string }, target: TargetGroupPort): string {
  const sight = sightOfTask(view, task, target);
  if (sight.kind === 'shown') return sight.target.ip;
  const type = view.addressTypes?.get(target.targetGroupArn);
  return (type === undefined ? undefined : addressOfType(task, type)) ?? task.privateIp;
}

/** Whether it is known that none of the task's target groups takes an address that the task has. */
export function fitsNowhere({ addressTypes }: View, task: Task): boolean {
  const types = task.facts?.targets.map(({ targetGroupArn }) => addressTypes?.get(targetGroupArn)) ?? [];
  return types.length > 0 && types.every((type) => type !== undefined && addressOfType(task, type) === undefined);
}

/** Health that was read longer ago says nothing: throttles can hold up the rest of a look. */
const healthValidMs = 15_000;

/** Whether the load balancer sends the task traffic through every one of its target groups. */
export function isHealthyEverywhere(view: View, task: Task): boolean {
  if (!isAddressable(task) || task.facts === undefined) return false;
  return task.facts.targets.every((target) => healthOf(view, task, target) === 'healthy');
}

/** Whether it is known that the load balancer sends the task no traffic through one of its target groups. */
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

function healthOf(view: View, task: Task, target: TargetGroupPort) {
  const sight = sightOfTask(view, task, target);
  const readAt = view.groups.find((group) => group.targetGroupArn === target.targetGroupArn)?.readAt ?? 0;
  if (sight.kind === 'unknown' || view.at - readAt > healthValidMs) return 'unknown';
  return sight.kind === 'shown' && sight.target.state === 'healthy' ? 'healthy' : 'not-healthy';
}

/** Every task that says it belongs to the service. */
export function claimants({ tasks, foreign }: View): readonly Task[] {
  return [...tasks, ...foreign];
}
