import type { Action } from './actions.ts';
import { missedStopOf } from './later-stop.ts';
import { goneInMs, launcherGraceMs, overdueOf } from './overdue.ts';
import { planDeregistration, planRegistration, planRetirement } from './plan-targets.ts';
import {
  compareNewestFirst,
  isKept,
  isLive,
  isRetiring,
  lastAskedFor,
  type RetireMark,
  runDeadlineOf,
  type Task,
} from './task.ts';
import {
  type GroupView,
  isHealthyEverywhere,
  isRegisteredState,
  isUnhealthySomewhere,
  targetKey,
  type View,
} from './view.ts';

/** A target without a task must have been seen so twice, this far apart. */
const strayingMs = 5_000;

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
    ...others.filter(isRetiring).flatMap((task) => {
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
  const drains = view.tasks.filter(isRetiring).flatMap((task) => {
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
  const strays = exclusiveStrays(view)
    .map(({ key }) => (view.strayingSince.get(key) ?? view.at) + strayingMs - view.at)
    .filter((delayMs) => delayMs > 0);
  const gone = view.tasks.map((task) => goneInMs(view, task) ?? Infinity);
  return soonest([...strays, ...gone]);
}

function soonest(delays: readonly number[]): number | undefined {
  const delayMs = Math.min(...delays);
  return delayMs === Infinity ? undefined : Math.max(1, delayMs);
}

function planStrays(view: View): Action[] {
  return exclusiveStrays(view)
    .filter(({ key }) => {
      const since = view.strayingSince.get(key);
      return since !== undefined && view.at - since >= strayingMs;
    })
    .map(({ targetGroupArn, ip, port }) => ({ kind: 'deregister', targetGroupArn, ip, port, stray: true }));
}

/** In a group that others use too, a target without a task of ours may be theirs. */
function exclusiveStrays(view: View): StrayTarget[] {
  if (view.scope !== 'service') return [];
  return strayTargets(view.groups, view.tasks).filter((stray) => view.exclusiveGroupArns.has(stray.targetGroupArn));
}

export interface StrayTarget {
  readonly key: string;
  readonly targetGroupArn: string;
  readonly ip: string;
  readonly port: number;
}

/** Registered targets of readable groups whose address belongs to none of these tasks, ended ones included. */
export function strayTargets(groups: readonly GroupView[], tasks: readonly Task[]): StrayTarget[] {
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
