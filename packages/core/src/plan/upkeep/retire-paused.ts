import { lastAskedByPerson } from '../../model/adoptions.ts';
import { formatMoment } from '../../model/moments.ts';
import { isKept, taskIdOf } from '../../model/task.ts';
import { marksIn, type UpkeepRule } from './rule.ts';

/** Completes a stop with pause that was interrupted: tasks that no person or application has requested since are retired. */
export const retirePaused: UpkeepRule = {
  plan: ({ view: { pausedAt }, staying }) =>
    pausedAt === undefined
      ? []
      : staying
          .filter((task) => isKept(task) && lastAskedByPerson(task) < pausedAt)
          .map(
            (task) => ({ kind: 'mark-retiring', task, mark: { asked: pausedAt, by: 'stop', kind: 'pause' } }) as const,
          ),
  describe: (_scene, actions) =>
    marksIn(actions).map(
      ({ task, mark }) =>
        `Task ${taskIdOf(task.taskArn)} runs although the service was paused at ${formatMoment(mark.asked)}.`,
    ),
};
