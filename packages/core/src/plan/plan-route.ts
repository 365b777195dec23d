import { isTransient } from '../model/errors.ts';
import { cordonOf, freshCordonMs } from '../model/idle.ts';
import { tagLagMs } from '../model/read-lag.ts';
import type { Route, RouteView } from '../model/route.ts';
import type { TargetGroupPort } from '../model/service-mapping.ts';
import { type Cordon, isAddressable, isKept, isLive, type RetireMark, type Task } from '../model/task.ts';
import { healthOf, isHealthyEverywhere, routesTo, sightOfTask, type View } from '../model/view.ts';
import type { Action } from './actions.ts';

/** How often a look is taken while a changed rule settles, in milliseconds. */
export const settleLookMs = 4_000;

/** How long a changed rule may take to show, in milliseconds. Until then the change is not repeated. */
const changeVisibleMs = 2_000;

/** A running task that is not registered must be seen so in two looks this far apart, in milliseconds. */
const vacantMs = 5_000;

/** A start launches another task only when a stop marked the last one this long ago, in milliseconds. */
const successorAfterMs = 12_000;

type PointAction = Extract<Action, { kind: 'point' }>;

/** Points each rule to where its requests belong. */
export function planRoutes(view: View): PointAction[] {
  return (view.routing?.routes ?? []).flatMap((route) => {
    const to = destinationOf(view, route);
    if (to === undefined || to === route.state || isLeftAlone(route)) return [];
    const change = view.routing?.changedByUs.get(route.listenerRuleArn);
    if (change?.to === to && view.at - change.at < changeVisibleMs) return [];
    const { listenerRuleArn, targetGroupArn } = route;
    return [{ kind: 'point', route: { listenerRuleArn, targetGroupArn }, to }];
  });
}

/** How long until looks have shown often enough that a running task is not registered, in milliseconds. */
export function vacancyDelaysMs(view: View): number[] {
  return (view.routing?.routes ?? []).flatMap((route) => {
    const since = view.routing?.vacantSince.get(route.listenerRuleArn);
    const remainingMs = since === undefined ? 0 : since + vacantMs - view.at;
    return remainingMs > 0 && route.state !== 'activator' && !isLeftAlone(route) ? [remainingMs] : [];
  });
}

/**
 * The service, once a kept task is healthy in its group; the activator, once none is registered there. Undefined when the route
 * stays as it is: a task that was healthy and no longer is keeps its requests.
 */
function destinationOf(view: View, { listenerRuleArn, targetGroupArn }: RouteView): Route | undefined {
  const standing = view.tasks.filter(isKept).flatMap((task) => {
    const target = targetIn(task, targetGroupArn);
    return target === undefined ? [] : [{ task, target, sight: sightOfTask(view, task, target) }];
  });
  const cordons = standing.map(({ task }) => cordonOf(task, view.at));
  if (
    standing.some(
      ({ task, target }, index) => cordons[index] === undefined && healthOf(view, task, target) === 'healthy',
    )
  ) {
    return 'service';
  }
  // Only the reconcile that has just written the cordons changes the route for them.
  const isFresh = (cordon: Cordon | undefined) => cordon !== undefined && view.at - cordon.at <= freshCordonMs;
  if (cordons.some((cordon) => cordon !== undefined)) {
    return view.review !== undefined && cordons.every(isFresh) ? 'activator' : undefined;
  }
  // Only a look at the whole service shows that no task is left.
  if (view.scope !== 'service' || standing.some(({ sight }) => sight.kind === 'unknown')) return undefined;
  const wasHealthy = standing.some(({ sight }) => sight.kind === 'shown' && sight.target.state !== 'initial');
  if (wasHealthy) return undefined;
  if (!isVacant(view, targetGroupArn)) return 'activator';
  const vacantSince = view.routing?.vacantSince.get(listenerRuleArn) ?? view.at;
  return view.at - vacantSince >= vacantMs ? 'activator' : undefined;
}

/**
 * Whether a kept task is running and its group does not show it. The read may be stale, also when this operation has registered the
 * task since.
 */
export function isVacant(view: View, targetGroupArn: string): boolean {
  return view.tasks.some((task) => {
    const target = targetIn(task, targetGroupArn);
    const sight = target === undefined || !isAddressable(task) ? undefined : sightOfTask(view, task, target).kind;
    return sight === 'absent' || sight === 'registering';
  });
}

/** Whether the rule cannot be changed, or was changed by hand into something else. */
export function isLeftAlone({ state }: RouteView): boolean {
  return state === 'foreign' || state === 'missing' || state === 'unknown';
}

function targetIn({ facts }: Task, targetGroupArn: string): TargetGroupPort | undefined {
  return facts?.targets.find((target) => target.targetGroupArn === targetGroupArn);
}

/** Whether the task is healthy and its rules send it the requests, as far as start-engines may change them. */
export function isRoutedTo(view: View, task: Task): boolean {
  return isHealthyEverywhere(view, task) && !routesTo(view, task).some(isElsewhere);
}

/** Whether a rule that start-engines may change does not send its requests to the service. */
export function isElsewhere({ state, problem }: RouteView): boolean {
  return state === 'activator' || state === 'mixed' || (problem !== undefined && isTransient(problem));
}

/**
 * Whether a registered task is not up yet and may still become so. Elastic Load Balancing publishes no event about health, so the
 * process that registers a task stays until its requests reach it.
 */
export function isComingUp(view: View, task: Task): boolean {
  if (routesTo(view, task).length === 0 || task.upAt !== undefined || !isAddressable(task)) return false;
  return !isRoutedTo(view, task);
}

/**
 * How long a retiring task stays registered, in milliseconds, before the next look decides again; 0 when it may be deregistered. Its
 * requests must go to another task, or to the activator for so long that every node of the load balancer sends them there.
 */
export function routeHoldMs(view: View, task: Task): number {
  const routes = routesTo(view, task);
  if (view.routing === undefined || routes.length === 0 || task.lastStatus !== 'RUNNING') return 0;
  if (routes.every((route) => isServedByAnother(view, route, task))) return 0;
  const { awaySince, settleMs } = view.routing;
  if (awaySince === undefined) return settleLookMs;
  const markVisibleAt = (view.markedSince.get(task.taskArn) ?? view.at) + tagLagMs;
  const settledAt = Math.max(awaySince, markVisibleAt) + settleMs;
  return Math.max(0, Math.min(settledAt - view.at, settleLookMs));
}

function isServedByAnother(view: View, { targetGroupArn }: RouteView, task: Task): boolean {
  return view.tasks.some((other) => {
    const target = targetIn(other, targetGroupArn);
    const isOther = other.taskArn !== task.taskArn && isKept(other);
    return isOther && target !== undefined && healthOf(view, other, target) === 'healthy';
  });
}

/**
 * How long a start waits before it launches the next task, in milliseconds: until every operation can see the mark of a stop on the
 * last one, and none adopts that task.
 */
export function successorDelayMs(view: View): number | undefined {
  if (view.routing === undefined) return undefined;
  const marks = view.tasks.flatMap((task) =>
    isLive(task) && task.retire?.by === 'stop' ? [markAgeMs(view, task, task.retire)] : [],
  );
  const remainingMs = successorAfterMs - Math.min(...marks);
  return remainingMs > 0 && marks.length > 0 ? remainingMs : undefined;
}

function markAgeMs(view: View, { taskArn }: Task, { writtenAt }: RetireMark): number {
  return view.at - (writtenAt ?? view.markedSince.get(taskArn) ?? view.at);
}
