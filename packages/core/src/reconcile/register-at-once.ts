import { isLate } from '../model/adoptions.ts';
import { toStartEnginesError } from '../model/errors.ts';
import type { Ports } from '../model/ports.ts';
import { isLive, type Task } from '../model/task.ts';
import { planRegistration } from '../plan/plan-targets.ts';
import { act } from '../session/carry-out.ts';
import { completeView } from '../session/observe.ts';
import type { ServiceSession } from '../session/service-session.ts';

/** A task state change from ECS. It only triggers a look, which must reach at least `version`. */
export interface TaskChange {
  readonly taskArn: string;
  readonly version: number;
  readonly startedBy: string | undefined;
  /** Whether the task is RUNNING and its desired status is RUNNING. */
  readonly running: boolean;
}

/**
 * The changed task as ECS shows it, except that it counts as RUNNING if the read lags behind the event. The owner and the target
 * groups are never taken from an event.
 */
export async function readChangedTask(ports: Ports, change: TaskChange): Promise<Task | undefined> {
  const cluster = change.taskArn.split('/').at(-2) ?? '';
  const { tasks } = await ports.tasks.describe(cluster, [change.taskArn]);
  const task = tasks.find(({ startedBy }) => startedBy === change.startedBy);
  if (task === undefined || task.version >= change.version || !isLive(task)) return task;
  return { ...task, version: change.version, lastStatus: 'RUNNING' };
}

/**
 * Registers the task of a start with `wait: none` before anything else is read, because every call until then is a delay. The look that
 * follows finds what has failed.
 */
export async function registerAtOnce(
  ports: Ports,
  session: ServiceSession,
  service: string,
  task: Task,
): Promise<void> {
  session.memory.rememberReading(task);
  // A start that waits registers its task itself, and a stop may have missed a late task.
  if (task.facts?.waitFor !== 'none' || isLate(task)) return;
  const attempt = async <Result>(step: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await step();
    } catch (caught) {
      const { code, message } = toStartEnginesError(caught);
      ports.journal.record({ service, kind: 'aws-trouble', code, message });
      return undefined;
    }
  };
  const view = await attempt(() => completeView(session, 'task'));
  if (view === undefined) return;
  for (const action of planRegistration(view, task)) await attempt(() => act(session, action));
}
