import { toStartEnginesError } from './errors.ts';
import { tryOnce } from './persist.ts';
import { planRetirement } from './plan-targets.ts';
import { healthyDeadlineOf } from './plan-upkeep.ts';
import type { Ports } from './ports.ts';
import type { ServiceSession } from './service-session.ts';
import type { RetireMark, Task } from './task.ts';
import { turnLoop } from './turn-loop.ts';
import type { View } from './view.ts';

/** A later start has adopted the task; it may have been told that the task is up, unless both wait for healthy. */
export function isWantedByAnother(view: View, task: Task, asked: number): boolean {
  const mayBeWithdrawn = task.facts?.waitFor === 'healthy' && view.at < healthyDeadlineOf(task);
  return (task.adoptedAsked ?? 0) > asked && !mayBeWithdrawn;
}

/**
 * Marks one task to go. Where AWS refuses that the task can still be taken down here and now; only others cannot see that it
 * goes.
 *
 * @returns False when AWS held it up, and whether the task is to go is to be looked at again.
 */
export async function markToGo(
  ports: Ports,
  session: ServiceSession,
  task: Task,
  mark: RetireMark,
  limits: { readonly service: string; readonly until: number; readonly failures: number },
): Promise<boolean> {
  try {
    return (await tryOnce(ports, limits, () => session.act({ kind: 'mark-retiring', task, mark }))) === 'done';
  } catch (caught) {
    const { code, message } = toStartEnginesError(caught);
    ports.journal.record({ service: limits.service, kind: 'aws-trouble', code, message });
    session.remember({ ...task, retire: mark });
    return true;
  }
}

/**
 * Takes one marked task down: out of its target groups, drained, stopped. Returns when ECS has accepted the stop.
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
  await turnLoop(ports, session, { service, until, taskArn }, (view) => {
    const step = planRetirement(view, view.tasks.find((one) => one.taskArn === taskArn) ?? task, mark);
    if (step.kind === 'gone') return { kind: 'done' };
    return step.kind === 'drain' ? { kind: 'wait', delayMs: step.remainingMs } : step;
  });
}
