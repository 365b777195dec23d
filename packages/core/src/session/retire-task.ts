import { toStartEnginesError } from '../model/errors.ts';
import type { Ports } from '../model/ports.ts';
import { isKept, type RetireMark, type Task } from '../model/task.ts';
import { planRoutes } from '../plan/plan-route.ts';
import { planRegistration, planRetirement } from '../plan/plan-targets.ts';
import { act } from './carry-out.ts';
import { tryOnce } from './persist.ts';
import type { ServiceSession } from './service-session.ts';
import { turnLoop } from './turn-loop.ts';

/**
 * Marks one task as retiring. If AWS rejects the mark, this operation still takes the task down; only others cannot see that it is
 * retiring.
 *
 * @returns False when AWS held it up: whether to retire the task has to be decided again.
 */
export async function markRetiring(
  ports: Ports,
  session: ServiceSession,
  task: Task,
  mark: RetireMark,
  limits: { readonly service: string; readonly until: number; readonly failures: number },
): Promise<boolean> {
  try {
    return (await tryOnce(ports, limits, () => act(session, { kind: 'mark-retiring', task, mark }))) === 'done';
  } catch (caught) {
    const { code, message } = toStartEnginesError(caught);
    ports.journal.record({ service: limits.service, kind: 'aws-trouble', code, message });
    session.memory.remember({ ...task, retire: mark });
    return true;
  }
}

/**
 * Takes one marked task down: deregistered, drained, stopped. Returns when ECS has accepted the stop. If another start has reported
 * the task as up, the task is registered again and stays.
 *
 * @param until The deadline, in milliseconds since the epoch.
 * @throws StartEnginesError `OutOfTime` when the drain lasts longer than that. The mark stays, and others finish the task.
 */
export async function retireTask(
  ports: Ports,
  session: ServiceSession,
  service: string,
  task: Task,
  mark: RetireMark,
  until: number,
): Promise<void> {
  const { taskArn } = task;
  // Whether requests may go to the activator depends on the service's other tasks.
  const scope = session.scope.routes === undefined ? { taskArn } : {};
  await turnLoop(ports, session, { service, until, ...scope }, (view) => {
    const found = view.tasks.find((one) => one.taskArn === taskArn) ?? task;
    if (isKept(found) && found.upAt !== undefined) {
      const actions = planRegistration(view, found);
      return actions.length > 0 ? { kind: 'act', actions } : { kind: 'done' };
    }
    const routing = planRoutes(view);
    if (routing.length > 0) return { kind: 'act', actions: routing };
    const step = planRetirement(view, found, mark);
    if (step.kind === 'gone') return { kind: 'done' };
    return step.kind === 'drain' ? { kind: 'wait', delayMs: step.remainingMs } : step;
  });
}
