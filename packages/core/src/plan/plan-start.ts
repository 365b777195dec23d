import { type Adoption, adoptionFor, isAdoptionNoted, lastAskedFor } from '../model/adoptions.ts';
import { isTransient, type StartEnginesError } from '../model/errors.ts';
import { cordonOf } from '../model/idle.ts';
import {
  isAddressable,
  isKept,
  isLive,
  type LaunchAttempt,
  lateAfterMs,
  runDeadlineOf,
  type Task,
} from '../model/task.ts';
import { sightOfTask, type TargetSight, type View } from '../model/view.ts';
import type { Action, LaunchAction } from './actions.ts';
import { cameUp, hasFinished, wakesFrom } from './back-off.ts';
import { generationSettlesInMs, mayHaveMissedAnEnd } from './generations.ts';
import { overridesNotApplied } from './launch-settings.ts';
import { keyedAttempt, minuteOf, predecessorAmong } from './launch-token.ts';
import { goneInMs, healthyDeadlineOf, overdueOf } from './overdue.ts';
import { planCluster } from './plan-cluster.ts';
import { isRoutedTo, planRoutes, routeHoldMs, successorDelayMs } from './plan-route.ts';
import { planDeregistration, planRegistration, planWithdrawal } from './plan-targets.ts';
import { planUpkeep } from './plan-upkeep.ts';
import {
  backingOff,
  clusterTaken,
  healthUnreadable,
  noCapacity,
  notHealthy,
  outOfTime,
  overrideNotApplied,
  stopped,
  superseded,
  timedOut,
  unreadableFacts,
  unusable,
} from './start-errors.ts';
import type { Followed, Refusal, StartState } from './start-state.ts';
import { capacityDelayMs, clearOfMinuteEnd, healthDelayMs, stopNoteValidMs, taskDelayMs } from './wait-schedule.ts';

/**
 * What a start does next. After `act` and `wait` it looks again, at the whole service or at its task and targets. `upkeep` is repair
 * work in addition to the start: if it fails, the start does not, and the next look finds it again.
 */
export type StartStep =
  | { readonly kind: 'act'; readonly actions: readonly Action[]; readonly look: View['scope'] }
  | { readonly kind: 'launch'; readonly launch: LaunchAction; readonly upkeep: readonly Action[] }
  | {
      readonly kind: 'follow';
      readonly task: Task;
      readonly actions: readonly Action[];
      readonly upkeep: readonly Action[];
    }
  | { readonly kind: 'wait'; readonly delayMs: number; readonly look: View['scope'] }
  /** Claims the cluster to launch in, looks at the service, then plans again. */
  | { readonly kind: 'claim-cluster'; readonly newestSeen: number }
  /** Reads whether a later stop left a note and no mark, then plans again. */
  | { readonly kind: 'read-stop-note' }
  /** Reads whether requests may still wake the service, then plans again. */
  | { readonly kind: 'read-pause' }
  | { readonly kind: 'look-for-another'; readonly upkeep: readonly Action[] }
  /** Another principal has used the launch token. Looks at the service, then launches with one that only the function can compute. */
  | { readonly kind: 'change-token'; readonly taskArn: string }
  /** `task` serves, or this request had started it before and it has ended since. */
  | { readonly kind: 'done'; readonly task: Task; readonly upkeep?: readonly Action[] }
  | { readonly kind: 'fail'; readonly error: StartEnginesError; readonly upkeep: readonly Action[] };

/** A whole start, as one pure function of what was seen. */
export function planStart(view: View, intent: StartState): StartStep {
  const { followed } = intent;
  if (followed === undefined) return planEntry(view, intent);
  const task = view.tasks.find((one) => one.taskArn === followed.taskArn);
  const foreign = view.foreign.find((one) => one.taskArn === followed.taskArn);
  if (foreign !== undefined || view.strangers?.has(followed.taskArn)) return planTakenToken(intent, followed, foreign);
  // A restart that did not see the old task computed its token again, and RunTask answered with that task.
  const ours = task?.facts?.launchId === intent.launchId;
  if (intent.restart && !ours && task !== undefined && task.createdAt <= intent.asked) {
    return view.at < intent.giveUpAt ? { kind: 'look-for-another', upkeep: [] } : fail(outOfTime(intent));
  }
  // A task named by a conflict or a replayed token must match this start's request, like a task found by a look.
  const differing = task !== undefined && isKept(task) && !ours ? differingOverrides(task, intent) : [];
  if (task !== undefined && differing.length > 0) return fail(overrideNotApplied(intent, task, differing));
  if (ours && isKept(task)) {
    const stop = stopAfterLaunch(task, intent, followed);
    if (stop === 'unknown') return { kind: 'read-stop-note' };
    if (stop === 'overtaken') return fail(superseded(intent, task));
  }
  if (task !== undefined && isKept(task) && !isNoted(task, intent)) {
    return { kind: 'act', actions: [markAdopted(task, intent)], look: 'task' };
  }
  // A conflict may name a task that has ended: it counts only after a look has shown it.
  const named = task !== undefined && isKept(task);
  if (intent.waitFor === 'none' && named) return planUnawaited(view, task);
  if (task === undefined) return planUnseen(view, intent, followed);
  if (!isKept(task)) return planLost(view, intent, task, followed);
  if (!isAddressable(task)) return planNotRunning(view, intent, task, followed);
  const registrations = planRegistration(view, task);
  if (registrations.length > 0) return { kind: 'act', actions: registrations, look: 'task' };
  return planRegistered(view, intent, task, followed);
}

/** An adopted task may be up without getting requests, because an idle stop has begun. */
function planUnawaited(view: View, task: Task): StartStep {
  const actions = planRoutes(view).filter(({ to }) => to === 'service');
  return actions.length === 0 ? { kind: 'done', task } : { kind: 'act', actions, look: 'task' };
}

/** ECS has answered a launch with a task that this system did not launch. */
function planTakenToken(intent: StartState, { taskArn, isConflict }: Followed, foreign: Task | undefined): StartStep {
  // Everyone meets the conflict, and everyone computes the same next token. Only a conflict proves that the token is used.
  if (isConflict && (intent.takenTokens?.length ?? 0) < mostTakenTokens) return { kind: 'change-token', taskArn };
  return fail(unreadableFacts(foreign ?? { taskArn, startedBy: '' }));
}

/** How long a wake may rely on having read that the service is not paused, in milliseconds. */
const pauseValidMs = 5_000;

/** Each is another generation: the keyed token cannot be taken. */
const mostTakenTokens = 10;

/** Adopts the live task, or launches the next generation. */
function planEntry(view: View, intent: StartState): StartStep {
  const kept = view.tasks.filter(isKept);
  if (kept.some((task) => overdueOf(view, task) !== undefined))
    return { kind: 'act', actions: planUpkeep(view), look: 'service' };

  const goneIn = kept.map((task) => goneInMs(view, task)).find((delayMs) => delayMs !== undefined);
  if (goneIn !== undefined && view.at + goneIn < intent.giveUpAt)
    return { kind: 'wait', delayMs: goneIn, look: 'service' };

  const live = kept.find((task) => !intent.restart || task.createdAt > intent.asked);
  if (live !== undefined) return planAdoption(view, intent, live);

  const laterStop = view.tasks.find((task) => task.retire?.by === 'stop' && task.retire.asked > intent.asked);
  if (laterStop !== undefined) return fail(superseded(intent, laterStop));
  if ((intent.stopNote?.asked ?? 0) > intent.asked) return fail(superseded(intent));
  const past = view.tasks.find((task) => hasCarriedOut(task, intent));
  if (past !== undefined) return { kind: 'done', task: past };
  // A restart follows the newest task, even a live one.
  const predecessor = intent.restart ? view.tasks[0] : predecessorAmong(view.tasks);
  const wakesAt = intent.isWake ? wakesFrom(predecessor) : undefined;
  if (wakesAt !== undefined && view.at < wakesAt) return fail(backingOff(intent, wakesAt));
  const refusals = intent.refusals.filter(({ predecessorArn }) => predecessorArn === predecessor?.taskArn);
  // A spent token creates no task.
  const isSpent = refusals.some((refusal) => !refusal.tokenUnused);
  const refused = planRefused(view, intent, refusals, isSpent);
  if (refused !== undefined) return refused;
  if (view.at >= intent.giveUpAt) return fail(outOfTime(intent));

  const successorIn = successorDelayMs(view);
  if (successorIn !== undefined) {
    if (view.at + successorIn >= intent.giveUpAt) return fail(outOfTime(intent));
    return { kind: 'wait', delayMs: successorIn, look: 'service' };
  }
  if (mayHaveMissedAnEnd(view)) return { kind: 'wait', delayMs: 1, look: 'service' };
  const settlesIn = generationSettlesInMs(view);
  if (settlesIn !== undefined) {
    if (view.at + settlesIn >= intent.giveUpAt) return fail(outOfTime(intent));
    return { kind: 'wait', delayMs: settlesIn, look: 'service' };
  }
  const inCluster = planLaunchCluster(view, intent);
  if (inCluster !== undefined) return inCluster;
  if (mayBeOvertaken(view, intent)) return { kind: 'read-stop-note' };
  if (intent.isWake && view.at - (intent.pauseReadAt ?? 0) > pauseValidMs) return { kind: 'read-pause' };
  const isTaken = intent.takenTokens?.includes(predecessor?.taskArn ?? 'none');
  const minute = isSpent ? minuteOf(view.at) : undefined;
  const attempt: LaunchAttempt = isTaken ? keyedAttempt(minute ?? '') : (minute ?? 0);
  const launch: LaunchAction = { kind: 'launch', predecessor, attempt };
  return { kind: 'launch', launch, upkeep: planUpkeep(view) };
}

/** The step before a launch, if starts may choose between clusters. Undefined when the cluster is settled. */
function planLaunchCluster(view: View, intent: StartState): StartStep | undefined {
  const step = planCluster(view, intent);
  if (step?.kind === 'taken') return fail(clusterTaken(intent, step.cluster));
  if (step?.kind !== 'wait') return step;
  return view.at + step.delayMs < intent.giveUpAt ? { ...step, look: 'service' } : fail(outOfTime(intent));
}

/**
 * Waits for the next attempt at a generation that ECS has refused for lack of capacity, or fails when no attempt fits into the
 * remaining time. Undefined when an attempt is due.
 */
function planRefused(
  view: View,
  intent: StartState,
  refusals: readonly Refusal[],
  inMinute: boolean,
): StartStep | undefined {
  const last = refusals.at(-1);
  if (last === undefined) return undefined;
  const afterPause = Math.max(view.at, last.at + (last.isAnothers ? 0 : capacityDelayMs(refusals.length)));
  const dueAt = inMinute ? clearOfMinuteEnd(afterPause) : afterPause;
  const askingSince = Math.min(...intent.refusals.map(({ at }) => at));
  // A start with `wait: none` has to answer soon: API Gateway gives up after 29 s.
  const isLast = intent.waitFor === 'none' && refusals.length > 1;
  // A start that has only met refusals of other starts' calls makes one call of its own.
  const hasAsked = refusals.some((refusal) => !refusal.isAnothers);
  const askingUntil = hasAsked ? askingSince + intent.startTimeoutMs : intent.giveUpAt;
  if (isLast || dueAt >= Math.min(intent.giveUpAt, askingUntil)) return fail(noCapacity(intent));
  return dueAt > view.at ? { kind: 'wait', delayMs: dueAt - view.at, look: 'service' } : undefined;
}

/** Whether a stop requested after this start may have left a note and no mark. */
function mayBeOvertaken(view: View, { asked, stopNote }: StartState): boolean {
  const isKnown = stopNote !== undefined && view.at - stopNote.readAt < stopNoteValidMs;
  return view.at - asked > lateAfterMs && !isKnown;
}

/** Whether a stop was carried out while this start's RunTask was under way, as far as is known. */
function stopAfterLaunch(
  task: Task,
  { asked, stopNote }: StartState,
  { since }: Followed,
): 'none' | 'unknown' | 'overtaken' {
  if ((stopNote?.asked ?? 0) > Math.max(asked, lastAskedFor(task))) return 'overtaken';
  const readAt = stopNote?.readAt ?? 0;
  return readAt < since && since - Math.max(asked, readAt) > lateAfterMs ? 'unknown' : 'none';
}

function planAdoption(view: View, intent: StartState, live: Task): StartStep {
  const differing = differingOverrides(live, intent);
  if (differing.length > 0) return fail(overrideNotApplied(intent, live, differing));
  const mark: Action[] = isNoted(live, intent) ? [] : [markAdopted(live, intent)];
  return { kind: 'follow', task: live, actions: mark, upkeep: planUpkeep(view, (task) => task === live) };
}

/** The overrides that this start requests and the task was not started with. */
function differingOverrides(task: Task, intent: StartState): readonly string[] {
  return task.facts === undefined ? [] : overridesNotApplied(intent.requested, task.facts.fingerprints);
}

/** Whether the task's tags show this start's adoption. An earlier stop must find that and leave the task. */
function isNoted(task: Task, intent: StartState): boolean {
  return task.facts?.launchId === intent.launchId || isAdoptionNoted(task, adoptionOf(intent));
}

function markAdopted(task: Task, intent: StartState): Action {
  return { kind: 'mark-adopted', task, adoption: adoptionFor(task, adoptionOf(intent)) };
}

function adoptionOf({ asked, isWake, leaseUntil }: StartState): Adoption {
  return { asked, ...(isWake ? { isWake } : {}), leaseUntil };
}

/**
 * Whether an ended task is what this start requested: the event was delivered again, or late. A start that was carried out is
 * answered, not repeated; a start whose task never came up is retried.
 */
function hasCarriedOut(task: Task, intent: StartState): boolean {
  if (isLive(task) || lastAskedFor(task) < intent.asked) return false;
  if (intent.restart && task.facts?.asked !== intent.asked && task.createdAt <= intent.asked) return false;
  return cameUp(task) && differingOverrides(task, intent).length === 0;
}

/** ECS answered with an ARN and does not show the task yet. */
function planUnseen(view: View, intent: StartState, followed: Followed): StartStep {
  if (view.at >= intent.giveUpAt) return fail(timedOut(intent, followed, undefined));
  const delayMs = taskDelayMs({
    lastStatus: undefined,
    waitedMs: view.at - followed.since,
    looks: followed.looks,
    heldUpMs: intent.heldUpMs,
  });
  return { kind: 'wait', delayMs: untilGivingUp(view, intent, delayMs), look: 'task' };
}

/** The followed task has ended or is retiring. */
function planLost(view: View, intent: StartState, task: Task, followed: Followed): StartStep {
  // A start that has registered a retiring task deregisters it itself, unless requests have to go elsewhere first.
  const registered = followed.registeredSince !== undefined;
  const withdraws = registered && routeHoldMs(view, task) === 0;
  const upkeep = isLive(task) ? (withdraws ? planWithdrawal(view, task) : []) : planDeregistration(view, task);
  const ours = task.facts?.launchId === intent.launchId;
  const named = !followed.seenLive && !ours;
  const { retire } = task;
  if (retire?.by === 'stop' && retire.asked >= intent.asked) {
    return { kind: 'fail', error: superseded(intent, task), upkeep };
  }
  const wasRequested = ours || lastAskedFor(task) >= intent.asked;
  if (!isLive(task) && wasRequested && hasFinished(task) && intent.waitFor !== 'healthy') {
    return { kind: 'done', task, upkeep };
  }
  const replaced = retire?.by === 'stop' || retire?.by === 'restart';
  // A restart's new task may fail while the old one still serves.
  const anotherServes = !ours && view.tasks.some((other) => other.taskArn !== task.taskArn && isKept(other));
  if (named || replaced || anotherServes) {
    if (view.at >= intent.giveUpAt) return { kind: 'fail', error: outOfTime(intent), upkeep };
    return { kind: 'look-for-another', upkeep };
  }
  return { kind: 'fail', error: stopped(task, { wasRegistered: registered }), upkeep };
}

function planNotRunning(view: View, intent: StartState, task: Task, followed: Followed): StartStep {
  const giveUpAt = Math.min(intent.giveUpAt, runDeadlineOf(task) ?? Infinity);
  if (view.at >= giveUpAt) return fail(timedOut(intent, followed, task));
  const delayMs = taskDelayMs({
    lastStatus: task.lastStatus,
    waitedMs: view.at - followed.since,
    looks: followed.looks,
    heldUpMs: intent.heldUpMs,
  });
  return { kind: 'wait', delayMs: Math.max(1, Math.min(delayMs, giveUpAt - view.at)), look: 'task' };
}

/** The task is registered in all its target groups: answer, or wait until it is healthy. */
function planRegistered(view: View, intent: StartState, task: Task, followed: Followed): StartStep {
  const sights = (task.facts?.targets ?? []).map((target) => sightOfTask(view, task, target));
  // The launcher may still take down a task that does not become healthy. Until it is, no start reports it as up.
  const mayBeWithdrawn =
    task.facts?.waitFor === 'healthy' && task.upAt === undefined && view.at < healthyDeadlineOf(task);
  if (intent.waitFor !== 'healthy' && !mayBeWithdrawn) return { kind: 'done', task };
  if (sights.every((sight) => sight.kind === 'shown' && sight.target.state === 'healthy')) {
    return planRouted(view, intent, task, followed);
  }
  const unreadable = sights.find((sight) => sight.kind === 'unknown');
  const isHeldUp = unreadable?.kind === 'unknown' && isTransient(unreadable.problem);
  if (unreadable?.kind === 'unknown' && !isHeldUp) return fail(healthUnreadable(task, unreadable.problem));
  const hopeless = sights.find(isHopeless);
  if (hopeless !== undefined) return fail(unusable(task, hopeless));
  const standingSince = followed.standingSince ?? view.at;
  const healthyBy = standingSince + (task.facts?.healthyTimeoutSeconds ?? 0) * 1000;
  // Unknown health is no reason to give up: the next read may show that the task has been healthy for long.
  const giveUpAt = isHeldUp ? intent.giveUpAt : Math.min(intent.giveUpAt, healthyBy);
  if (view.at >= giveUpAt)
    return fail(isHeldUp ? healthUnreadable(task, unreadable.problem) : notHealthy(task, sights));
  const delayMs = Math.min(healthDelayMs(followed.looks, intent.heldUpMs), giveUpAt - view.at);
  return { kind: 'wait', delayMs: Math.max(1, delayMs), look: 'task' };
}

/** The task is healthy: it is up when its rules send it the requests. A rule that start-engines leaves alone holds up nothing. */
function planRouted(view: View, intent: StartState, task: Task, followed: Followed): StartStep {
  const actions = planRoutes(view);
  if (actions.length > 0) return { kind: 'act', actions, look: 'task' };
  // A start that was requested before an idle stop began does not end it.
  const isSettled = isRoutedTo(view, task) || cordonOf(task, view.at) !== undefined;
  if (isSettled || view.at >= intent.giveUpAt) return { kind: 'done', task };
  const delayMs = Math.min(healthDelayMs(followed.looks, intent.heldUpMs), intent.giveUpAt - view.at);
  return { kind: 'wait', delayMs: Math.max(1, delayMs), look: 'task' };
}

// AWS-034
const hopelessReasons = new Set(['Target.NotInUse', 'Target.IpUnusable']);

function isHopeless(sight: TargetSight): sight is Extract<TargetSight, { kind: 'shown' }> {
  return sight.kind === 'shown' && sight.target.reason !== undefined && hopelessReasons.has(sight.target.reason);
}

function untilGivingUp(view: View, intent: StartState, delayMs: number): number {
  return Math.max(1, Math.min(delayMs, intent.giveUpAt - view.at));
}

function fail(error: StartEnginesError): StartStep {
  return { kind: 'fail', error, upkeep: [] };
}
