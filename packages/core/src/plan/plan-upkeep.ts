import type { Task } from '../model/task.ts';
import type { View } from '../model/view.ts';
import type { Action } from './actions.ts';
import { hasDoubtfulLeftover } from './plan-leftovers.ts';
import { endLease } from './upkeep/end-lease.ts';
import { finishRetiring } from './upkeep/finish-retiring.ts';
import { registerMissing } from './upkeep/register-missing.ts';
import { removeLeftovers } from './upkeep/remove-leftovers.ts';
import { hasDoubtfulStray, removeStrays } from './upkeep/remove-strays.ts';
import { retireCopies } from './upkeep/retire-copies.ts';
import { retireMissedStop } from './upkeep/retire-missed-stop.ts';
import { retireOverdue } from './upkeep/retire-overdue.ts';
import { retirePaused } from './upkeep/retire-paused.ts';
import { retireRivals } from './upkeep/retire-rivals.ts';
import { routeRequests } from './upkeep/route-requests.ts';
import { marksIn, type Scene, type UpkeepRule } from './upkeep/rule.ts';
import { stopIdle } from './upkeep/stop-idle.ts';

/** These decide which tasks are retired. The first rule that retires a task wins. */
const retirements: readonly UpkeepRule[] = [
  retireCopies,
  retireMissedStop,
  retirePaused,
  endLease,
  retireRivals,
  retireOverdue,
  stopIdle,
];

/** These act on what is retired, has ended, or stays. Their actions come before the marks, so that a running task is reachable first. */
const repairs: readonly UpkeepRule[] = [routeRequests, registerMissing, removeLeftovers, finishRetiring, removeStrays];

const rules = [...repairs, ...retirements];

/**
 * What every operation does for a service in addition to its own work: finish what others began and repair what has drifted.
 *
 * @param isOwn tasks that the operation itself looks after
 */
export function planUpkeep(view: View, isOwn: (task: Task) => boolean = () => false): Action[] {
  return decide(view, isOwn).findings.flatMap(({ actions }) => actions);
}

/** What planUpkeep would do, and for each finding one sentence that says what is wrong. */
export function explainUpkeep(view: View): { readonly actions: readonly Action[]; readonly drift: readonly string[] } {
  const { scene, findings } = decide(view, () => false);
  return {
    actions: findings.flatMap(({ actions }) => actions),
    drift: findings.flatMap(({ rule, actions }) => rule.describe(scene, actions)),
  };
}

interface Finding {
  readonly rule: UpkeepRule;
  readonly actions: readonly Action[];
}

function decide(
  view: View,
  isOwn: (task: Task) => boolean,
): { readonly scene: Scene; readonly findings: readonly Finding[] } {
  const tasks = view.tasks.filter((task) => !isOwn(task));
  let staying = tasks;
  const retired = retirements.map((rule): Finding => {
    const actions = rule.plan({ view, tasks, staying });
    const leaving = marksIn(actions).map(({ task }) => task);
    staying = staying.filter((task) => !leaving.includes(task));
    return { rule, actions };
  });
  const scene: Scene = { view, tasks, staying };
  return { scene, findings: [...repairs.map((rule) => ({ rule, actions: rule.plan(scene) })), ...retired] };
}

/** How long until upkeep has more to do for a service for which it has nothing to do now, in milliseconds. */
export function upkeepDelayMs(view: View): number | undefined {
  return soonest(
    rules.flatMap((rule) => [...(rule.continuesInMs?.(view) ?? []), ...(rule.confirmsInMs?.(view) ?? [])]),
  );
}

/** How long until a finding that may be a stale read has to be seen again, in milliseconds. */
export function doubtDelayMs(view: View): number | undefined {
  return soonest(rules.flatMap((rule) => rule.confirmsInMs?.(view) ?? []));
}

/** Whether a look has to ask who has the address of a target before a rule can decide about the target. */
export function needsNeighbours(view: View): boolean {
  return hasDoubtfulLeftover(view) || hasDoubtfulStray(view);
}

function soonest(delays: readonly number[]): number | undefined {
  return delays.length === 0 ? undefined : Math.max(1, Math.min(...delays));
}
