import { announce, announceFailure, announceReconcile } from './announce.ts';
import { StartEnginesError } from './errors.ts';
import { serviceOfOwner } from './identity.ts';
import { mapWithLimit } from './map-with-limit.ts';
import type { OperationContext, ReconcileOutcome } from './operation-types.ts';
import { patientReads } from './patient-reads.ts';
import { standsEverywhere } from './plan-targets.ts';
import { planUpkeep, upkeepDelayMs } from './plan-upkeep.ts';
import type { Ports } from './ports.ts';
import { readChangedTask, registerAtOnce, type TaskChange } from './register-at-once.ts';
import type { ServiceSession } from './service-session.ts';
import { deregisteredTargets } from './stop-service.ts';
import {
  loadOrExplain,
  openSession,
  remarksOn,
  type SurveyedService,
  servicesAtOnce,
  surveyWorkspace,
} from './survey-workspace.ts';
import { isAddressable, isKept, type Task } from './task.ts';
import { lastBeginning } from './time-left.ts';
import { type Turn, turnLoop } from './turn-loop.ts';
import type { View } from './view.ts';

/** How often a look is repeated that has not reached the version of the event yet, and how many times. */
const stalePauseMs = 500;
const stalePauses = 20;
/** How long what was found of the whole workspace may be acted upon. */
const surveyValidMs = 5_000;
/** How often the health of two rivals is read. */
const rivalPauseMs = 1_000;

/**
 * Brings one service to where it should be after one of its tasks has changed: registers a task that runs, takes out one
 * that has ended, finishes what others began. Safe to call twice, late, and in any order.
 *
 * @returns Undefined for a task that is not ours.
 * @throws StartEnginesError `OutOfTime`, an AWS code, or `AwsUnavailable` when ECS goes on showing the task as it was before
 * the change: nothing else would look at it before the next reconcile on the schedule.
 */
export async function reconcileChange(
  ports: Ports,
  change: TaskChange,
  context: OperationContext,
): Promise<ReconcileOutcome | undefined> {
  const service = serviceOfOwner(ports.workspace, change.startedBy);
  if (service === undefined) return undefined;
  const until = lastBeginning(context);
  const patient = patientReads(ports, service, until);
  const [mapping, changed] = await Promise.all([
    loadOrExplain(ports, service),
    change.running ? readChangedTask(patient, change) : undefined,
  ]);
  const session = openSession(patient, service, mapping, [change.taskArn.split('/').at(-2) ?? '']);
  if (changed !== undefined) await registerAtOnce(ports, session, service, changed);
  let staleLooks = 0;
  const view = await turnLoop(ports, session, { service, until }, (seen) => {
    const known = seen.tasks.find((task) => task.taskArn === change.taskArn);
    const isBehind = known === undefined || isBefore(known, change) || lacksAddress(known);
    if (isBehind && staleLooks < stalePauses) {
      staleLooks += 1;
      return { kind: 'wait', delayMs: stalePauseMs };
    }
    const turn = planUntilOneIsLeft(seen);
    if (turn.kind === 'done' && isBehind && known !== undefined) throw stillBehind(service, known, change);
    return turn;
  });
  await tellWhatNobodyWaitedFor(ports, service, session, view, change.taskArn);
  return outcomeOf(service, session, remarksOn(ports, mapping, view.tasks));
}

/**
 * Brings every service of the workspace to where it should be. The clusters are listed whole, 100 tasks a call, so the
 * number of services hardly matters; what has no mapping any more is found too.
 *
 * @returns One outcome for each service in which something was done or noticed.
 * @throws StartEnginesError `SeveralFailed` when services failed, after all the others are done.
 */
export async function reconcileAll(ports: Ports, context: OperationContext): Promise<readonly ReconcileOutcome[]> {
  const begunAt = ports.clock.now();
  const until = lastBeginning(context);
  const services = await surveyWorkspace(ports, until);
  const orFailure = async <Result>(service: string, tend: () => Promise<Result>) => {
    try {
      return await tend();
    } catch (error) {
      return announceFailure(ports, context, { operation: 'reconcile', service, begunAt, error });
    }
  };
  const tell = async ({ service, mapping, session, remarks }: SurveyedService, view: View) => {
    await tellWhatNobodyWaitedFor(ports, service, session, view);
    const outcome = outcomeOf(service, session, [...remarksOn(ports, mapping, view.tasks), ...remarks]);
    await announceReconcile(ports, context, outcome, begunAt);
    return outcome;
  };
  const withRivals: SurveyedService[] = [];
  const first = await mapWithLimit(services, servicesAtOnce, (surveyed) =>
    orFailure(surveyed.service, async () => {
      const view = await mend(ports, surveyed, until);
      if (!hasRivals(view)) return tell(surveyed, view);
      withRivals.push(surveyed);
      return undefined;
    }),
  );
  // They wait for each other's health last, and all at once: nobody else is to wait for them.
  const last = await Promise.all(
    withRivals.map((surveyed) =>
      orFailure(surveyed.service, async () => {
        const { service, session } = surveyed;
        return tell(surveyed, await turnLoop(ports, session, { service, until }, planUntilOneIsLeft));
      }),
    ),
  );
  const results = [...first.filter((result) => result !== undefined), ...last];
  const errors = results.filter((result) => result instanceof StartEnginesError);
  const outcomes = results.flatMap((result) => (result instanceof StartEnginesError ? [] : [result]));
  if (errors.length > 0) throw failedServices(errors, outcomes);
  return outcomes.filter(isWorthTelling);
}

/** Does for one service what can be done, without waiting for the health of two tasks. */
async function mend(ports: Ports, surveyed: SurveyedService, until: number): Promise<View> {
  const { service, session, tasks, readAt, problem, exclusiveGroupArns } = surveyed;
  if (problem !== undefined) throw problem;
  const firstView = await session.lookAtTasks(tasks, exclusiveGroupArns);
  return turnLoop(ports, session, { service, until, firstView }, (seen) => {
    const turn = planReconcile(seen);
    // Others came first, and what was found by then may be so no more.
    const isOld = seen === firstView && seen.at - readAt > surveyValidMs;
    return isOld && turn.kind === 'act' ? { kind: 'wait', delayMs: 1 } : turn;
  });
}

/** Everything that can be done now, then what time brings. */
function planReconcile(view: View): Turn {
  const actions = planUpkeep(view);
  if (actions.length > 0) return { kind: 'act', actions };
  const delayMs = upkeepDelayMs(view);
  return delayMs === undefined ? { kind: 'done' } : { kind: 'wait', delayMs };
}

/** Two tasks that are meant to stay are one too many, until the newer one is healthy or has had its time. */
function planUntilOneIsLeft(view: View): Turn {
  const turn = planReconcile(view);
  if (turn.kind !== 'done') return turn;
  return hasRivals(view) ? { kind: 'wait', delayMs: rivalPauseMs, optional: true } : turn;
}

function hasRivals({ tasks }: View): boolean {
  return tasks.filter((task) => isKept(task) && task.facts !== undefined).length > 1;
}

/** Whether the task is seen as it was before the change. Nothing comes after its end. */
function isBefore(known: Task, change: TaskChange): boolean {
  return known.version < change.version && known.lastStatus !== 'STOPPED';
}

/** No further event tells of an address that ECS shows later than that the task runs. */
function lacksAddress(task: Task): boolean {
  return isKept(task) && task.lastStatus === 'RUNNING' && !isAddressable(task);
}

function stillBehind(service: string, { taskArn, version }: Task, change: TaskChange): StartEnginesError {
  const shown =
    version < change.version ? `version ${version} and not ${change.version}` : 'no address, though it runs';
  return new StartEnginesError('AwsUnavailable', `ECS goes on showing of task ${taskArn} ${shown}.`, {
    context: { service, taskArn, version, leastVersion: change.version },
  });
}

/**
 * A start that waited for nothing has nobody who hears of its end, good or bad, but the bus.
 *
 * @param changedTaskArn the task whose change was the reason to look
 */
async function tellWhatNobodyWaitedFor(
  ports: Ports,
  service: string,
  session: ServiceSession,
  view: View,
  changedTaskArn?: string,
): Promise<void> {
  for (const task of view.tasks.filter((one) => one.facts?.waitFor === 'none')) {
    // A change that finds the task registered already may come after a process that registered it and died.
    const isNews = task.taskArn === changedTaskArn ? standsEverywhere(view, task) : hasRegistered(session, task);
    if (isKept(task) && isNews) await tellEndOfStart(ports, service, view, task, 'Service Started');
    const ended = task.lastStatus === 'STOPPED' && task.retire === undefined;
    if (!ended || task.taskArn !== changedTaskArn) continue;
    if (task.stopCode === 'TaskFailedToStart') await tellEndOfStart(ports, service, view, task, 'Service Start Failed');
    else await session.tellInterruption(task);
  }
}

function hasRegistered(session: ServiceSession, task: Task): boolean {
  return session.done.some((action) => action.kind === 'register' && action.task.taskArn === task.taskArn);
}

async function tellEndOfStart(
  ports: Ports,
  service: string,
  view: View,
  { taskArn, facts, stopCode, stoppedReason }: Task,
  type: 'Service Started' | 'Service Start Failed',
): Promise<void> {
  await announce(ports, {
    type,
    operation: 'start',
    service,
    correlationId: facts?.correlationId ?? taskArn,
    taskArns: [taskArn],
    durationMs: view.at - (facts?.asked ?? view.at),
    ...(type === 'Service Started'
      ? { reused: false }
      : { errorCode: 'TaskStopped', message: stoppedReason ?? stopCode ?? 'the task has ended' }),
  });
}

function outcomeOf(service: string, session: ServiceSession, remarks: readonly string[]): ReconcileOutcome {
  return {
    service,
    registered: session.done.flatMap((action) =>
      action.kind === 'register' ? [{ targetGroupArn: action.targetGroupArn, ip: action.ip, port: action.port }] : [],
    ),
    deregistered: deregisteredTargets(session),
    tasksRetired: session.done.flatMap((action) => (action.kind === 'mark-retiring' ? [action.task.taskArn] : [])),
    tasksStopped: session.done.flatMap((action) => (action.kind === 'stop' ? [action.task.taskArn] : [])),
    remarks,
  };
}

/** Whether there is anything in it. */
export function isWorthTelling(outcome: ReconcileOutcome): boolean {
  const { registered, deregistered, tasksRetired, tasksStopped, remarks } = outcome;
  return [registered, deregistered, tasksRetired, tasksStopped, remarks].some((list) => list.length > 0);
}

/** The one error, or all of them in one; with what became of the others. */
export function failedServices(
  errors: readonly StartEnginesError[],
  outcomes: readonly ReconcileOutcome[],
): StartEnginesError {
  const [first] = errors;
  const results = outcomes.filter(isWorthTelling);
  if (first !== undefined && errors.length === 1) {
    const { code, message, cause, context } = first;
    return new StartEnginesError(code, message, { cause: cause ?? first, context: { ...context, results } });
  }
  const message = `${errors.length} services could not be reconciled: ${errors.map((error) => error.message).join('; ')}`;
  return new StartEnginesError('SeveralFailed', message, { cause: new AggregateError(errors), context: { results } });
}
