import { addressesOf, hasAddress, typeOfAddress } from '../model/addresses.ts';
import { tagLagMs } from '../model/read-lag.ts';
import type { TargetGroupPort } from '../model/service-mapping.ts';
import { compareNewestFirst, isAddressable, isKept, isLive, type RetireMark, type Task } from '../model/task.ts';
import { addressIn, isRegisteredState, routesTo, sightOf, sightOfTask, targetKey, type View } from '../model/view.ts';
import type { Action } from './actions.ts';
import { whyLeft } from './plan-leftovers.ts';
import { isRoutedTo, routeHoldMs } from './plan-route.ts';
import { leftoversOf, namesTarget, standsFor } from './target-owner.ts';

/** Registers a task in every target group of its launch facts in which it is not registered. */
export function planRegistration(view: View, task: Task): Action[] {
  if (!isAddressable(task) || task.facts === undefined) return [];
  return task.facts.targets
    .filter((target) => isMissing(view, task, target))
    .map((target) => ({ kind: 'register', task, ...target, ip: addressIn(view, task, target) }));
}

/** Whether the task is not registered in the group, as far as the view shows. */
function isMissing(view: View, task: Task, target: TargetGroupPort): boolean {
  const sight = sightOfTask(view, task, target);
  return sight.kind === 'absent' || (sight.kind === 'unknown' && !sight.registered);
}

/** Target groups whose address type must be known before the task is registered, because the task has two addresses. */
export function groupsOfUnknownType(view: View, task: Task): readonly string[] {
  if (!isAddressable(task) || task.privateIpv6 === undefined) return [];
  const missing = (task.facts?.targets ?? []).filter((target) => isMissing(view, task, target));
  return missing.flatMap(({ targetGroupArn }) => (view.addressTypes?.has(targetGroupArn) ? [] : [targetGroupArn]));
}

/** Whether a task is RUNNING and registered in every target group of its launch facts, as far as the view shows. */
export function standsEverywhere(view: View, task: Task): boolean {
  return isAddressable(task) && planRegistration(view, task).length === 0;
}

/** Whether requests reach a task: it is registered, and healthy where a route waits for that. */
export function isServing(view: View, task: Task): boolean {
  return standsEverywhere(view, task) && (routesTo(view, task).length === 0 || isRoutedTo(view, task));
}

type Deregistration = Extract<Action, { kind: 'deregister' }>;

/**
 * Deregisters the targets that a task was started with, as far as they show. Other targets at its address are not its own, unless
 * its launch facts are unreadable. The address of a STOPPED task, and the target with it, may belong to another task by now
 * (docs/adr/0015).
 */
export function planDeregistration(view: View, task: Task): Deregistration[] {
  if (task.lastStatus === 'STOPPED') {
    return leftoversOf(view, [task])
      .filter((leftover) => whyLeft(view, leftover) === undefined)
      .map(({ group, ip, port }) => ({ kind: 'deregister', targetGroupArn: group.targetGroupArn, ip, port }));
  }
  return view.groups.flatMap(({ targetGroupArn, ...group }) =>
    (group.readable ? group.targets : [])
      .filter((target) => isRegisteredState(target) && standsFor(task, targetGroupArn, target))
      .filter(({ port }) => task.facts === undefined || namesTarget(task, targetGroupArn, port))
      .filter(({ ip, port }) => !isInherited(view, task, { targetGroupArn, ip, port }))
      .map(({ ip, port }) => ({ kind: 'deregister', targetGroupArn, ip, port })),
  );
}

/**
 * Deregisters a retiring task from every target group of its launch facts, including groups that do not show it: a registration
 * made a moment ago may not show yet. One call for each is enough.
 */
export function planWithdrawal(view: View, task: Task): Deregistration[] {
  const shown = planDeregistration(view, task);
  if (task.lastStatus !== 'RUNNING') return shown;
  // A task is registered in a group under one of its addresses.
  const hidden = possibleTargets(view, task).filter(
    (target) =>
      !shown.some((one) => one.targetGroupArn === target.targetGroupArn && one.port === target.port) &&
      !view.deregisteredByUs.has(targetKey(target.targetGroupArn, target.ip, target.port)) &&
      !isInherited(view, task, target),
  );
  return [
    ...shown,
    ...hidden.map(({ targetGroupArn, ip, port }): Deregistration => {
      const isRead = view.groups.some((group) => group.targetGroupArn === targetGroupArn && group.readable);
      const unseen = isRead && sightOf(view, targetGroupArn, ip, port).kind === 'absent';
      return { kind: 'deregister', targetGroupArn, ip, port, ...(unseen ? { precaution: true } : {}) };
    }),
  ];
}

/** The possible targets of a task by its launch facts: one for each address, if the group's address type is unknown. */
function possibleTargets({ addressTypes }: View, task: Task): readonly PossibleTarget[] {
  return (task.facts?.targets ?? []).flatMap((target) => {
    const type = addressTypes?.get(target.targetGroupArn);
    return addressesOf(task)
      .filter((ip) => type === undefined || typeOfAddress(ip) === type)
      .map((ip) => ({ ...target, ip }));
  });
}

interface PossibleTarget extends TargetGroupPort {
  readonly ip: string;
}

/**
 * If two tasks of the service seem to have the same address, it belongs to the newer one; the reading of the older is out of date.
 * The target is the newer one's if it was started with it, or if its launch facts are unreadable.
 */
function isInherited(view: View, task: Task, { targetGroupArn, ip, port }: PossibleTarget): boolean {
  return view.tasks.some(
    (other) =>
      other.taskArn !== task.taskArn &&
      isLive(other) &&
      hasAddress(other, ip) &&
      compareNewestFirst(other, task) < 0 &&
      (other.facts === undefined || namesTarget(other, targetGroupArn, port)),
  );
}

/** The next step of a retiring task, or how long until then. */
export type RetireStep =
  | { readonly kind: 'act'; readonly actions: readonly Action[] }
  /** Its requests go elsewhere first, or it drains. */
  | { readonly kind: 'drain'; readonly remainingMs: number }
  | { readonly kind: 'gone' };

const defaultDrainSeconds = 15;
/**
 * The least time between the mark and StopTask, in milliseconds. A start that does not see the mark yet may adopt the task, and the
 * process that retires it may not see that adoption yet: twice the lag of tags, plus the time for the calls.
 */
export const markVisibleMs = 2 * tagLagMs + 2_000;

/**
 * The next step of a retiring task: mark it, route its requests elsewhere, deregister it, let it drain, stop it. A task that was never registered does not
 * drain; it is stopped as soon as the mark is visible to all processes.
 */
export function planRetirement(view: View, task: Task, mark: RetireMark): RetireStep {
  if (!isLive(task)) {
    const leftovers = planDeregistration(view, task);
    return leftovers.length > 0 ? { kind: 'act', actions: leftovers } : { kind: 'gone' };
  }
  if (isKept(task) || outweighs(mark, task)) return { kind: 'act', actions: [{ kind: 'mark-retiring', task, mark }] };
  const holdMs = routeHoldMs(view, task);
  if (holdMs > 0) return { kind: 'drain', remainingMs: holdMs };
  const deregistrations = planWithdrawal(view, task);
  if (deregistrations.length > 0) return { kind: 'act', actions: deregistrations };
  // AWS-035
  const since = view.drainingSince.get(task.taskArn);
  const drainMs = (task.facts?.drainSeconds ?? defaultDrainSeconds) * 1000;
  const drainedAt = since === undefined ? view.at : since + drainMs;
  const visibleAt = (view.markedSince.get(task.taskArn) ?? view.at) + markVisibleMs;
  const remainingMs = Math.max(drainedAt, visibleAt) - view.at;
  if (remainingMs > 0) return { kind: 'drain', remainingMs };
  return { kind: 'act', actions: [{ kind: 'stop', task, mark: task.retire ?? mark }] };
}

/** Every start requested before a stop must find its mark, so it replaces an earlier mark or a restart's. */
function outweighs(mark: RetireMark, { retire }: Task): boolean {
  return mark.by === 'stop' && retire !== undefined && (retire.by !== 'stop' || retire.asked < mark.asked);
}
