import type { Action } from './actions.ts';
import { isAddressable, isKept, isLive, type RetireMark, type Task } from './task.ts';
import { isRegisteredState, sightOf, targetKey, type View } from './view.ts';

/** Registers a task in every target group of its launch facts where it does not stand yet. */
export function planRegistration(view: View, task: Task): Action[] {
  if (!isAddressable(task) || task.facts === undefined) return [];
  return task.facts.targets.flatMap(({ targetGroupArn, port }): Action[] => {
    const sight = sightOf(view, targetGroupArn, task.privateIp, port);
    const missing = sight.kind === 'absent' || (sight.kind === 'unknown' && !sight.registered);
    return missing ? [{ kind: 'register', task, targetGroupArn, ip: task.privateIp, port }] : [];
  });
}

/**
 * Deregisters a task wherever its address stands, in any group that was read, unless another live task of the service
 * has the address by now. In a shared group only the ports of its launch facts are its own.
 */
export function planDeregistration(view: View, task: Task): Action[] {
  const { privateIp } = task;
  if (privateIp === undefined) return [];
  const reused = view.tasks.some((other) => other !== task && isLive(other) && other.privateIp === privateIp);
  if (reused) return [];
  const own = new Set(task.facts?.targets.map((target) => targetKey(target.targetGroupArn, privateIp, target.port)));
  return view.groups.flatMap((group): Action[] => {
    if (!group.readable) {
      return [...own]
        .filter((key) => key.startsWith(`${group.targetGroupArn} `))
        .map((key) => ({
          kind: 'deregister',
          targetGroupArn: group.targetGroupArn,
          ip: privateIp,
          port: Number(key.slice(key.lastIndexOf(':') + 1)),
        }));
    }
    return group.targets
      .filter((target) => target.ip === privateIp && isRegisteredState(target))
      .filter((target) => {
        const shared = task.facts !== undefined && !task.facts.exclusiveTargetGroup;
        return !shared || own.has(targetKey(group.targetGroupArn, target.ip, target.port));
      })
      .map(({ ip, port }) => ({ kind: 'deregister', targetGroupArn: group.targetGroupArn, ip, port }));
  });
}

/** How a retiring task goes on its way, and how long until the next step. */
export type RetireStep =
  | { readonly kind: 'act'; readonly actions: readonly Action[] }
  | { readonly kind: 'drain'; readonly remainingMs: number }
  | { readonly kind: 'gone' };

const defaultDrainSeconds = 15;

/**
 * The next step of a task that is to go: mark it, take it out of its target groups, let it drain, stop it. A task that
 * never stood in a target group is stopped at once.
 */
export function planRetirement(view: View, task: Task, mark: RetireMark): RetireStep {
  if (!isLive(task)) {
    const leftovers = planDeregistration(view, task);
    return leftovers.length > 0 ? { kind: 'act', actions: leftovers } : { kind: 'gone' };
  }
  if (isKept(task)) return { kind: 'act', actions: [{ kind: 'mark-retiring', task, mark }] };
  const deregistrations = planDeregistration(view, task);
  const unreadOnes = view.groups.some((group) => !group.readable);
  const since = view.drainingSince.get(task.taskArn);
  // An unreadable group is deregistered from once; from then on the drain runs.
  if (deregistrations.length > 0 && !(unreadOnes && since !== undefined)) {
    return { kind: 'act', actions: deregistrations };
  }
  const drainMs = (task.facts?.drainSeconds ?? defaultDrainSeconds) * 1000;
  const remainingMs = since === undefined ? 0 : since + drainMs - view.at;
  if (remainingMs > 0) return { kind: 'drain', remainingMs };
  return { kind: 'act', actions: [{ kind: 'stop', task, mark: task.retire ?? mark }] };
}
