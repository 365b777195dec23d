import { toStartEnginesError } from './errors.ts';
import { persist } from './persist.ts';
import { planRetirement } from './plan-targets.ts';
import type { Ports } from './ports.ts';
import type { ServiceSession } from './service-session.ts';
import type { RetireMark, Task } from './task.ts';
import { turnLoop } from './turn-loop.ts';

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
  try {
    await persist(ports, service, until, () => session.act({ kind: 'mark-retiring', task, mark }));
  } catch (caught) {
    // Without the mark the task can still be taken down here and now; only others cannot see that it goes.
    const { code, message } = toStartEnginesError(caught);
    ports.journal.record({ service, kind: 'aws-trouble', code, message });
    session.remember({ ...task, retire: mark });
  }
  await turnLoop(ports, session, { service, until, taskArn }, (view) => {
    const step = planRetirement(view, view.tasks.find((one) => one.taskArn === taskArn) ?? task, mark);
    if (step.kind === 'gone') return { kind: 'done' };
    return step.kind === 'drain' ? { kind: 'wait', delayMs: step.remainingMs } : step;
  });
}
