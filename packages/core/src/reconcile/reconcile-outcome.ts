import { StartEnginesError } from '../model/errors.ts';
import type { ReconcileOutcome } from '../model/operation-types.ts';
import { listFirst } from '../model/results-in-message.ts';
import type { View } from '../model/view.ts';
import { decideIdle } from '../plan/plan-idle.ts';
import { deregisteredTargets } from '../session/deregistered-targets.ts';
import type { ServiceSession } from '../session/service-session.ts';

/** What this session has done. @param remarks findings that are left to people */
export function reconcileOutcome(
  service: string,
  session: ServiceSession,
  remarks: readonly string[],
): ReconcileOutcome {
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

/** Why the service is not stopped for being idle, if it could be. */
export function notIdle(view: View): Pick<ReconcileOutcome, 'notIdle'> {
  const decision = decideIdle(view);
  return decision?.kind === 'keep' ? { notIdle: decision.reason } : {};
}

/** Whether the outcome contains anything. */
export function isWorthPublishing(outcome: ReconcileOutcome): boolean {
  const { registered, deregistered, tasksRetired, tasksStopped, remarks } = outcome;
  return [registered, deregistered, tasksRetired, tasksStopped, remarks].some((list) => list.length > 0);
}

/** The only error, or all of them in one, with the results of the other services. */
export function failedServices(
  errors: readonly StartEnginesError[],
  outcomes: readonly ReconcileOutcome[],
): StartEnginesError {
  const [first] = errors;
  const results = outcomes.filter(isWorthPublishing);
  if (first !== undefined && errors.length === 1) {
    const { code, message, cause, context } = first;
    return new StartEnginesError(code, message, { cause: cause ?? first, context, results });
  }
  const message = `${errors.length} services could not be reconciled: ${listFirst(
    errors.map((error) => error.message),
    '; ',
    10,
  )}`;
  return new StartEnginesError('SeveralFailed', message, { cause: new AggregateError(errors), results });
}
