import { formatMoment } from '../../model/moments.ts';
import { taskIdOf } from '../../model/task.ts';
import { missedStopOf } from '../later-stop.ts';
import { marksIn, type UpkeepRule } from './rule.ts';

/** A stop stays a stop: a task that ECS created after it, for a request made before it, is retired as if the stop had found it. */
export const retireMissedStop: UpkeepRule = {
  plan: ({ view, staying }) =>
    staying.flatMap((task) => {
      const asked = missedStopOf(view, task);
      return asked === undefined ? [] : [{ kind: 'mark-retiring', task, mark: { asked, by: 'stop' } } as const];
    }),
  describe: (_scene, actions) =>
    marksIn(actions).map(
      ({ task, mark }) =>
        `Task ${taskIdOf(task.taskArn)} was launched late, after a stop requested at ${formatMoment(mark.asked)}.`,
    ),
};
