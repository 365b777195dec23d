import { type StartEnginesError, toStartEnginesError } from '../model/errors.ts';
import type { Ports } from '../model/ports.ts';
import { isKept, type RetireMark, type Task } from '../model/task.ts';
import type { View } from '../model/view.ts';
import { takesDown } from '../plan/plan-compensation.ts';
import { planStart } from '../plan/plan-start.ts';
import { lookAtService, lookAtTask } from '../session/observe.ts';
import { compensationFailed } from '../session/persist.ts';
import { markRetiring, retireTask } from '../session/retire-task.ts';
import type { ServiceSession } from '../session/service-session.ts';
import type { ProgressOfStart } from './progress-of-start.ts';

/**
 * Takes down the task that a failed start has launched, unless the service relies on it.
 *
 * @param until The deadline, in milliseconds since the epoch.
 * @returns The task, when another process has finished the start meanwhile.
 * @throws StartEnginesError `failure`, or `CompensationFailed` when the task could not be taken down.
 */
export async function compensate(
  ports: Ports,
  session: ServiceSession,
  progress: ProgressOfStart,
  failure: StartEnginesError,
  until: number,
): Promise<{ readonly view: View; readonly task: Task }> {
  const { followed, service, asked, launchId } = progress.state;
  const isSuperseded = failure.code === 'Superseded';
  const mark: RetireMark = { asked, by: 'start' };
  session.until = until;
  let task: Task | undefined;
  try {
    let isMarked = false;
    for (let failures = 0; !isMarked; failures += 1) {
      // Lists may not show the task yet.
      if (followed !== undefined) await lookAtTask(session, followed.taskArn);
      const view = await lookAtService(session, 'needed');
      task = view.tasks.find((one) => isKept(one) && one.facts?.launchId === launchId);
      if (task === undefined) throw failure;
      if (followed === undefined) progress.follow(task.taskArn);
      const step = planStart(view, progress.state);
      if (step.kind === 'done' && !isSuperseded) return { view, task: step.task };
      if (!takesDown(view, task, progress.state, isSuperseded)) throw failure;
      isMarked = await markRetiring(ports, session, task, mark, { service, until, failures });
    }
    if (task !== undefined) await retireTask(ports, session, service, task, mark, until);
  } catch (caught) {
    if (caught === failure) throw failure;
    const taskArn = task?.taskArn ?? followed?.taskArn ?? 'of an unknown ARN';
    throw compensationFailed(failure, toStartEnginesError(caught), taskArn);
  }
  throw failure;
}
