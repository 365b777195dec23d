import { StartEnginesError } from '../model/errors.ts';
import { serviceOfOwner } from '../model/identity.ts';
import type { OperationContext, ReconcileOutcome } from '../model/operation-types.ts';
import type { Ports } from '../model/ports.ts';
import { isAddressable, isKept, type Task } from '../model/task.ts';
import { claimants } from '../model/view.ts';
import { planUntilOneIsLeft } from '../plan/plan-reconcile.ts';
import { lastBeginning } from '../plan/time-left.ts';
import { patientReads } from '../session/patient-reads.ts';
import { turnLoop } from '../session/turn-loop.ts';
import { reconcileOutcome } from './reconcile-outcome.ts';
import { readChangedTask, registerAtOnce, type TaskChange } from './register-at-once.ts';
import { loadOrExplain, openSession, remarksOn } from './survey-workspace.ts';
import { tellWhatNobodyWaitedFor } from './tell-starts.ts';

/** How often a look is repeated that has not reached the version of the event yet, and how many times. */
const stalePauseMs = 500;
const stalePauses = 20;

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
  const patient = patientReads(ports, service, { until });
  const [mapping, changed] = await Promise.all([
    // Without patience: a task is registered by its own facts, and must not wait for its mapping.
    loadOrExplain(ports, service),
    change.running ? readChangedTask(patient, change) : undefined,
  ]);
  const cluster = change.taskArn.split('/').at(-2) ?? '';
  // Many tasks may have ended at once, each in a process of its own: the loop repeats the question about addresses, with pauses.
  const session = openSession(ports, service, until, mapping, [cluster]);
  if (changed !== undefined) await registerAtOnce(ports, session, service, changed);
  let staleLooks = 0;
  const view = await turnLoop(ports, session, { service, until }, (seen) => {
    const known = claimants(seen).find((task) => task.taskArn === change.taskArn);
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
  return reconcileOutcome(service, session, remarksOn(ports, mapping, view));
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
  return new StartEnginesError(
    'AwsUnavailable',
    `ECS goes on showing of task ${taskArn} of service "${service}" ${shown}. It is looked at again by Lambda's retry or the next reconcile.`,
    { context: { service, taskArn, version, leastVersion: change.version } },
  );
}
