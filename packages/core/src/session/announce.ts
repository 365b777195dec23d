import { isOfKnownService, type StartEnginesError, toStartEnginesError } from '../model/errors.ts';
import type { OperationContext, ReconcileOutcome, StartOutcome } from '../model/operation-types.ts';
import type { Outcome, OutcomeType } from '../model/outcome.ts';
import type { Ports } from '../model/ports.ts';
import type { Task } from '../model/task.ts';
import type { View } from '../model/view.ts';
import { isServing } from '../plan/plan-targets.ts';

/** Publishes an outcome. The operation is over by then, so a failure to publish is journaled and changes nothing else. */
export async function announce(ports: Ports, outcome: Omit<Outcome, 'workspace'>): Promise<void> {
  try {
    await ports.outcomes.publish({ ...outcome, workspace: ports.workspace });
  } catch (caught) {
    const { code, message } = toStartEnginesError(caught);
    ports.journal.record({ service: outcome.service, kind: 'outcome-not-told', type: outcome.type, code, message });
  }
}

/** Publishes a start. With `wait: none`, the process that sees the task come up publishes it, unless the task was up already. */
export async function announceStart(
  ports: Ports,
  { correlationId }: OperationContext,
  { service, taskArn, reused, waitedFor, ended, unreachable }: StartOutcome,
  view: View,
  begunAt: number,
): Promise<void> {
  const task = view.tasks.find((one) => one.taskArn === taskArn);
  const wasUp = reused && task !== undefined && isServing(view, task);
  if ((waitedFor === 'none' && !wasUp) || ended !== undefined) return;
  await announce(ports, {
    type: 'Service Started',
    operation: 'start',
    service,
    correlationId,
    durationMs: ports.clock.now() - begunAt,
    taskArns: [taskArn],
    reused,
    ...unreachableMessage(unreachable),
  });
}

/** The start succeeded, but its subscribers need to know that no request will arrive. */
export function unreachableMessage(unreachable: string | undefined): Pick<Outcome, 'message'> {
  return unreachable === undefined ? {} : { message: `The task is running but unreachable: ${unreachable}.` };
}

/** Publishes that the task of a start with `wait: none` missed its deadline: no caller waits for it. */
export async function announceOverdue(
  ports: Ports,
  service: string,
  { taskArn, facts }: Task,
  reason: string,
): Promise<void> {
  if (facts?.waitFor !== 'none') return;
  await announce(ports, {
    type: 'Service Start Failed',
    operation: 'start',
    service,
    correlationId: facts.correlationId,
    taskArns: [taskArn],
    durationMs: ports.clock.now() - facts.asked,
    errorCode: 'StartTimedOut',
    message: reason,
  });
}

/** Publishes a reconcile, if it did something. */
export async function announceReconcile(
  ports: Ports,
  { correlationId }: OperationContext,
  { service, registered, deregistered, tasksRetired, tasksStopped }: ReconcileOutcome,
  begunAt: number,
): Promise<void> {
  const taskArns = [...new Set([...tasksRetired, ...tasksStopped])];
  if (registered.length + deregistered.length + taskArns.length === 0) return;
  await announce(ports, {
    type: 'Service Reconciled',
    operation: 'reconcile',
    service,
    correlationId,
    durationMs: ports.clock.now() - begunAt,
    taskArns,
    message: `Targets registered: ${registered.length}, deregistered: ${deregistered.length}; tasks marked as retiring: ${tasksRetired.length}, stopped: ${tasksStopped.length}.`,
  });
}

interface Failure {
  readonly operation: 'start' | 'stop' | 'restart' | 'reconcile';
  readonly service: string;
  readonly begunAt: number;
  readonly error: unknown;
}

/** Publishes a failure and returns the error for the caller to throw. */
export async function announceFailure(
  ports: Ports,
  { correlationId }: OperationContext,
  { operation, service, begunAt, error: caught }: Failure,
): Promise<StartEnginesError> {
  const error = toStartEnginesError(caught);
  if (!isOfKnownService(error)) return error;
  const { taskArn } = error.context;
  await announce(ports, {
    type: failureTypeOf(operation, error),
    operation,
    service,
    correlationId,
    durationMs: ports.clock.now() - begunAt,
    taskArns: typeof taskArn === 'string' ? [taskArn] : [],
    errorCode: error.code,
    message: error.message.slice(0, 1_000),
  });
  return error;
}

/** A start superseded by a later stop is not a failure, so it must not page anyone. */
function failureTypeOf(operation: Failure['operation'], error: StartEnginesError): OutcomeType {
  if (error.code === 'Superseded') return 'Service Start Superseded';
  if (operation === 'reconcile') return 'Service Reconcile Failed';
  return operation === 'stop' ? 'Service Stop Failed' : 'Service Start Failed';
}
