import {
  compareNewestFirst,
  isKept,
  isLive,
  isRetiring,
  lastAskedFor,
  type RetireMark,
  runDeadlineOf,
  type Task,
} from '../model/task.ts';
import { claimants, isHealthyEverywhere, isUnhealthySomewhere, type View } from '../model/view.ts';
import type { Action } from './actions.ts';
import { missedStopOf } from './later-stop.ts';
import { goneInMs, launcherGraceMs, overdueOf } from './overdue.ts';
import { hasDoubtfulLeftover } from './plan-leftovers.ts';
import { hasDoubtfulStray, planStrays, strayDelaysMs } from './plan-strays.ts';
import { planDeregistration, planRegistration, planRetirement } from './plan-targets.ts';

/**
 * What any operation does for a service that it has looked at whole, whatever it came for: finish what others began and
 * mend what has drifted.
 *
 * @param isOwn tasks that the operation itself looks after
 */
export function planUpkeep(view: View, isOwn: (task: Task) => boolean = () => false): Action[] {
  const others = view.tasks.filter((task) => !isOwn(task));
  const missed = others.flatMap((task) => planMissedStop(view, task));
  const rivals = planRivals(view).filter(({ task }) => !isOwn(task) && !missed.some((action) => action.task === task));
  const losers = new Set([...missed, ...rivals].filter(({ kind }) => kind === 'mark-retiring').map(({ task }) => task));
  const overdue = others.flatMap((task) => {
    const why = losers.has(task) ? undefined : overdueOf(view, task);
    return why === undefined ? [] : [{ ...retire(task, view.at), overdue: why }];
  });
  for (const { task } of overdue) losers.add(task);
  const staying = others.filter((task) => !losers.has(task) && goneInMs(view, task) === undefined);
  return [
    ...staying.flatMap((task) => planRegistration(view, task)),
    ...others.filter((task) => !isLive(task)).flatMap((task) => planLeftovers(view, task)),
    ...[...others, ...view.foreign].filter(isRetiring).flatMap((task) => {
      const step = planRetirement(view, task, task.retire as RetireMark);
      return step.kind === 'act' ? step.actions : [];
    }),
    ...missed,
    ...rivals,
    ...overdue,
    ...planStrays(view),
  ];
}

/** A stop stays a stop: what it has missed, because ECS created it late, goes as if the stop had found it. */
function planMissedStop(view: View, task: Task): MarkRetiring[] {
  const asked = missedStopOf(view, task);
  return asked === undefined ? [] : [{ kind: 'mark-retiring', task, mark: { asked, by: 'stop' } }];
}

function planLeftovers(view: View, ended: Task): Action[] {
  const leftovers = planDeregistration(view, ended);
  return ended.retire === undefined ? leftovers.map((action) => ({ ...action, interrupted: ended })) : leftovers;
}

type MarkRetiring = Extract<Action, { kind: 'mark-retiring' }>;
type MarkAdopted = Extract<Action, { kind: 'mark-adopted' }>;

/**
 * Of several tasks that are all meant to stay, which a restart makes, the newest one that is healthy in all its target
 * groups wins; a newer one that is not healthy by its deadline loses, whatever the older ones are.
 */
function planRivals(view: View): (MarkRetiring | MarkAdopted)[] {
  const kept = view.tasks.filter((task) => isKept(task) && task.facts !== undefined).toSorted(compareNewestFirst);
  const winner = kept.find((task) => isHealthyEverywhere(view, task));
  const newer = kept.slice(0, winner === undefined ? -1 : kept.indexOf(winner));
  const older = winner === undefined ? [] : kept.slice(kept.indexOf(winner) + 1);
  // A health that could not be read, or was read long ago, is none to be taken down for.
  const lost = newer.filter(
    (task) => view.at > healthyDeadlineOf(task) + launcherGraceMs && isUnhealthySomewhere(view, task),
  );
  const byRestart: RetireMark = { asked: winner?.facts?.asked ?? view.at, by: 'restart' };
  return [
    ...inheritAdoption(winner, older),
    ...older.map((task): MarkRetiring => ({ kind: 'mark-retiring', task, mark: byRestart })),
    ...lost.map((task) => retire(task, view.at)),
  ];
}

/** A start that was asked after the restart may have adopted the older task: an earlier stop must leave the new one, too. */
function inheritAdoption(winner: Task | undefined, older: readonly Task[]): MarkAdopted[] {
  const asked = Math.max(0, ...older.map(lastAskedFor));
  return winner !== undefined && asked > lastAskedFor(winner) ? [{ kind: 'mark-adopted', task: winner, asked }] : [];
}

/** When a task that has to become healthy should be healthy at the latest, in milliseconds since the epoch. */
export function healthyDeadlineOf(task: Task): number {
  const { facts } = task;
  return facts === undefined ? Infinity : (runDeadlineOf(task) ?? facts.deadline) + facts.healthyTimeoutSeconds * 1000;
}

function retire(task: Task, at: number): MarkRetiring {
  return { kind: 'mark-retiring', task, mark: { asked: at, by: 'reconcile' } };
}

/**
 * How long until the next thing can be done for a service for which nothing can be done now, in milliseconds: a drain ends,
 * a target without a task has been so for long enough, or all groups of a task have been missing for as long. Undefined when there is nothing to wait for.
 */
export function upkeepDelayMs(view: View): number | undefined {
  const drains = claimants(view)
    .filter(isRetiring)
    .flatMap((task) => {
      const step = planRetirement(view, task, task.retire as RetireMark);
      return step.kind === 'drain' ? [step.remainingMs] : [];
    });
  return soonest([...drains, doubtDelayMs(view) ?? Infinity]);
}

/**
 * How long until what was seen once has to be seen again: a target without a task, a task without a target group. Undefined
 * when there is nothing of the kind.
 */
export function doubtDelayMs(view: View): number | undefined {
  const gone = view.tasks.map((task) => goneInMs(view, task) ?? Infinity);
  return soonest([...strayDelaysMs(view), ...gone]);
}

/** Whether a look has to ask who has the address of a target before anybody can decide about the target. */
export function needsNeighbours(view: View): boolean {
  return hasDoubtfulLeftover(view) || hasDoubtfulStray(view);
}

function soonest(delays: readonly number[]): number | undefined {
  const delayMs = Math.min(...delays);
  return delayMs === Infinity ? undefined : Math.max(1, delayMs);
}
