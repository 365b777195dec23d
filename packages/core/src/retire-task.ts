import { StartEnginesError, toStartEnginesError } from './errors.ts';
import { persist } from './persist.ts';
import { planRetirement } from './plan-targets.ts';
import type { Ports } from './ports.ts';
import type { ServiceSession } from './service-session.ts';
import type { RetireMark, Task } from './task.ts';

const stalePauseMs = 250;

/**
 * Takes one task down: marked, out of its target groups, drained, stopped. Returns when ECS has accepted the stop.
 *
 * @param until Milliseconds since the epoch by which it must have happened.
 * @throws StartEnginesError `OutOfTime` when the drain lasts longer than that; the mark stays for others to finish.
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
  let view = session.view('task');
  for (;;) {
    const seen = view.tasks.find((one) => one.taskArn === taskArn) ?? task;
    const step = planRetirement(view, seen, mark);
    if (step.kind === 'gone') return;
    if (step.kind === 'drain') {
      if (view.at + step.remainingMs >= until) {
        throw new StartEnginesError('OutOfTime', `Task ${taskArn} drains for longer than there is time left.`, {
          context: { service, taskArn },
        });
      }
      await ports.clock.sleep(step.remainingMs);
      view = await persist(ports, service, until, () => session.lookAtTask(taskArn));
      continue;
    }
    for (const action of step.actions) {
      try {
        await persist(ports, service, until, () => session.act(action));
      } catch (caught) {
        // Without the mark the task can still be taken down here and now; only others cannot see that it goes.
        if (action.kind !== 'mark-retiring') throw caught;
        const { code, message } = toStartEnginesError(caught);
        ports.journal.record({ service, kind: 'aws-trouble', code, message });
        session.remember({ ...seen, retire: mark });
      }
      if (action.kind === 'stop') return;
    }
    // A read that is still stale would have the same target deregistered again and again without a pause.
    if (step.actions.some((action) => action.kind === 'deregister') && seen.retire !== undefined) {
      await ports.clock.sleep(stalePauseMs);
    }
    view = await persist(ports, service, until, () => session.lookAtTask(taskArn));
  }
}
