import type { Action } from './actions.ts';
import { planDeregistration, planRegistration, planRetirement } from './plan-targets.ts';
import { compareNewestFirst, isKept, isLive, isRetiring, type RetireMark, type Task } from './task.ts';
import { type GroupView, isHealthyEverywhere, isRegisteredState, targetKey, type View } from './view.ts';

/** How long after its deadline a task is left to the start that launched it. */
const launcherGraceMs = 15_000;
/** A target without a task must have been seen so twice, this far apart. */
const strayingMs = 5_000;

/** Whether a task should have been RUNNING by now, and its launcher has had the time to take it down. */
export function isOverdue(task: Task, at: number): boolean {
  return isKept(task) && task.lastStatus !== 'RUNNING' && at > (task.facts?.deadline ?? Infinity) + launcherGraceMs;
}

/**
 * What any operation does for a service that it has looked at whole, whatever it came for: finish what others began and
 * mend what has drifted. `ownTaskArn` is left to the operation itself.
 */
export function planUpkeep(view: View, ownTaskArn?: string): Action[] {
  const others = view.tasks.filter((task) => task.taskArn !== ownTaskArn);
  return [
    ...others.flatMap((task) => planRegistration(view, task)),
    ...others.filter((task) => !isLive(task)).flatMap((task) => planDeregistration(view, task)),
    ...others.filter(isRetiring).flatMap((task) => {
      const step = planRetirement(view, task, task.retire as RetireMark);
      return step.kind === 'act' ? step.actions : [];
    }),
    ...planRivals(view),
    ...others.filter((task) => isOverdue(task, view.at)).map((task) => retire(task, view.at)),
    ...planStrays(view),
  ];
}

/**
 * Of two tasks that are both meant to stay, which a restart makes, the newest one that is healthy in all its target
 * groups wins; one that is not healthy by its deadline loses.
 */
function planRivals(view: View): Action[] {
  const kept = view.tasks.filter((task) => isKept(task) && task.facts !== undefined).toSorted(compareNewestFirst);
  if (kept.length < 2) return [];
  const winner = kept.find((task) => isHealthyEverywhere(view, task));
  if (winner === undefined) return [];
  const older = kept.slice(kept.indexOf(winner) + 1);
  const newer = kept.slice(0, kept.indexOf(winner));
  const lost = newer.filter((task) => view.at > healthyDeadlineOf(task) + launcherGraceMs);
  const byRestart: RetireMark = { asked: winner.facts?.asked ?? view.at, by: 'restart' };
  return [
    ...older.map((task): Action => ({ kind: 'mark-retiring', task, mark: byRestart })),
    ...lost.map((task) => retire(task, view.at)),
  ];
}

/** When a task that has to become healthy should be healthy at the latest, in milliseconds since the epoch. */
export function healthyDeadlineOf(task: Task): number {
  return task.facts === undefined ? Infinity : task.facts.deadline + task.facts.healthyTimeoutSeconds * 1000;
}

function retire(task: Task, at: number): Action {
  return { kind: 'mark-retiring', task, mark: { asked: at, by: 'reconcile' } };
}

/** Targets whose address belongs to no live task of the service. In a shared group they may be somebody else's. */
function planStrays(view: View): Action[] {
  if (view.scope !== 'service') return [];
  return strayTargets(view.groups, view.tasks)
    .filter(({ key }) => {
      const since = view.strayingSince.get(key);
      return since !== undefined && view.at - since >= strayingMs;
    })
    .map(({ targetGroupArn, ip, port }) => ({ kind: 'deregister', targetGroupArn, ip, port }));
}

/** Registered targets of readable groups whose address belongs to none of these tasks, ended ones included. */
export function strayTargets(
  groups: readonly GroupView[],
  tasks: readonly Task[],
): { key: string; targetGroupArn: string; ip: string; port: number }[] {
  const addresses = new Set(tasks.map((task) => task.privateIp));
  return groups.flatMap((group) =>
    group.readable
      ? group.targets
          .filter((target) => isRegisteredState(target) && !addresses.has(target.ip))
          .map(({ ip, port }) => ({
            key: targetKey(group.targetGroupArn, ip, port),
            targetGroupArn: group.targetGroupArn,
            ip,
            port,
          }))
      : [],
  );
}
