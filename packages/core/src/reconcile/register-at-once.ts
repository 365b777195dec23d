import { toStartEnginesError } from '../model/errors.ts';
import type { Ports } from '../model/ports.ts';
import { isLate, isLive, type Task } from '../model/task.ts';
import { planRegistration } from '../plan/plan-targets.ts';
import { act } from '../session/carry-out.ts';
import { completeView } from '../session/observe.ts';
import type { ServiceSession } from '../session/service-session.ts';

/** A change that ECS has told of. It only says *look*; `version` is the least that the look must reach. */
export interface TaskChange {
  readonly taskArn: string;
  readonly version: number;
  readonly startedBy: string | undefined;
  /** Whether the change was that the task runs, and is to. */
  readonly running: boolean;
}

/**
 * The changed task as ECS shows it, and running where ECS shows it as it was a moment before the change. Whose task it is and
 * where it is to be registered is never taken from an event.
 */
export async function readChangedTask(ports: Ports, change: TaskChange): Promise<Task | undefined> {
  const cluster = change.taskArn.split('/').at(-2) ?? '';
  const { tasks } = await ports.tasks.describe(cluster, [change.taskArn]);
  const task = tasks.find(({ startedBy }) => startedBy === change.startedBy);
  if (task === undefined || task.version >= change.version || !isLive(task)) return task;
  return { ...task, version: change.version, lastStatus: 'RUNNING' };
}

/**
 * Registers a task that nobody waits for, before anything else is looked at: for a start that waited for nothing every call
 * until here is a delay. What goes wrong is found and decided again by the look that comes after.
 */
export async function registerAtOnce(
  ports: Ports,
  session: ServiceSession,
  service: string,
  task: Task,
): Promise<void> {
  session.memory.remember(task);
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
