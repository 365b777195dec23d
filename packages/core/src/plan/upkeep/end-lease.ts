import { lastAskedFor, leaseEndOf } from '../../model/adoptions.ts';
import { formatMoment } from '../../model/moments.ts';
import { isKept, taskIdOf } from '../../model/task.ts';
import { endsWithLease } from '../plan-idle.ts';
import { marksIn, type UpkeepRule } from './rule.ts';

/** A task whose lease has ended is stopped, even in use, unless the service is stopped when it is idle. */
export const endLease: UpkeepRule = {
  plan({ view, staying }) {
    if (view.review === undefined || !endsWithLease(view.review)) return [];
    return staying
      .filter((task) => isKept(task) && (leaseEndOf(task) ?? Number.POSITIVE_INFINITY) <= view.at)
      .map((task) => {
        const mark = { asked: lastAskedFor(task), by: 'stop', kind: 'lease' } as const;
        return { kind: 'mark-retiring', task, mark } as const;
      });
  },
  describe: (_scene, actions) =>
    marksIn(actions).map(
      ({ task }) => `The lease of task ${taskIdOf(task.taskArn)} ended at ${formatMoment(leaseEndOf(task) ?? 0)}.`,
    ),
};
