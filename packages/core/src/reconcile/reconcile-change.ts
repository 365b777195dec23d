import { StartEnginesError } from '../model/errors.ts';
import { serviceOfOwner } from '../model/identity.ts';
import type { OperationContext, ReconcileOutcome } from '../model/operation-types.ts';
import type { Ports } from '../model/ports.ts';
import { isAddressable, isKept, type Task } from '../model/task.ts';
import { claimants } from '../model/view.ts';
import { planUntilSettled } from '../plan/plan-reconcile.ts';
import { stopStartingAt } from '../plan/time-left.ts';
import { patientReads } from '../session/patient-reads.ts';
import { turnLoop } from '../session/turn-loop.ts';
import { publishAutomaticStop, publishUnawaitedStarts } from './publish-starts.ts';
import { reconcileOutcome } from './reconcile-outcome.ts';
import { readChangedTask, registerAtOnce, type TaskChange } from './register-at-once.ts';
import { loadOrExplain, openSession, remarksOn } from './survey-workspace.ts';

/** The pause before a look that lags behind the event is repeated, in milliseconds, and how many times that happens. */
const stalePauseMs = 500;
const stalePauses = 20;

/**
 * Reconciles one service after one of its tasks has changed: registers a RUNNING task, deregisters an ended one, finishes what others
 * began. Safe to call twice, late, and in any order.
 *
 * @returns Undefined for a task of another owner.
 * @throws StartEnginesError `OutOfTime`, an AWS code, or `AwsUnavailable` while ECS still shows the task as it was before the
 * change: otherwise no operation would look at it before the next scheduled reconcile.
 */
export async function reconcileChange(
  ports: Ports,
  change: TaskChange,
  context: OperationContext,
): Promise<ReconcileOutcome | undefined> {
  const service = serviceOfOwner(ports.workspace, change.startedBy);
  if (service === undefined) return undefined;
  const until = stopStartingAt(context);
  const patient = patientReads(ports, service, { until });
  const [mapping, changed] = await Promise.all([
    // Not repeated: a task is registered by its own facts, and must not wait for its mapping.
    loadOrExplain(ports, service),
    change.running ? readChangedTask(patient, change) : undefined,
  ]);
  const cluster = change.taskArn.split('/').at(-2) ?? '';
  // Many tasks may have ended at once, each in a process of its own: the loop repeats the question about addresses, with pauses.
  const session = openSession(ports, service, until, mapping, [cluster]);
  if (changed !== undefined) await registerAtOnce(ports, session, service, changed);
  // A start that waits for its task is still there, or Lambda repeats it.
  const isLeftToUs = ({ taskArn, facts }: Task) =>
    facts?.waitFor === 'none' ||
    session.done.some((action) => action.kind === 'register' && action.task.taskArn === taskArn);
  let staleLooks = 0;
  const view = await turnLoop(ports, session, { service, until }, (seen) => {
    const known = claimants(seen).find((task) => task.taskArn === change.taskArn);
    const isBehind = known === undefined || isBefore(known, change) || lacksAddress(known);
    if (isBehind && staleLooks < stalePauses) {
      staleLooks += 1;
      return { kind: 'wait', delayMs: stalePauseMs };
    }
    const turn = planUntilSettled(seen, isLeftToUs);
    if (turn.kind === 'done' && isBehind && known !== undefined) throw stillBehind(service, known, change);
    return turn;
  });
  await publishUnawaitedStarts(ports, service, session, view, change.taskArn);
  await publishAutomaticStop(ports, service, view, change.taskArn);
  return reconcileOutcome(service, session, remarksOn(ports, mapping, view));
}

/** Whether ECS shows the task as it was before the change. Nothing follows its end. */
function isBefore(known: Task, change: TaskChange): boolean {
  return known.version < change.version && known.lastStatus !== 'STOPPED';
}

/** Whether a RUNNING task has no address yet. No further event announces the address. */
function lacksAddress(task: Task): boolean {
  return isKept(task) && task.lastStatus === 'RUNNING' && !isAddressable(task);
}

function stillBehind(service: string, { taskArn, version }: Task, change: TaskChange): StartEnginesError {
  const shown =
    version < change.version
      ? `at version ${version}, not ${change.version}`
      : 'without an address, although it is running';
  return new StartEnginesError(
    'AwsUnavailable',
    `ECS still shows task ${taskArn} of service "${service}" ${shown}. Lambda's retry or the next reconcile looks at it again.`,
    { context: { service, taskArn, version, leastVersion: change.version } },
  );
}
