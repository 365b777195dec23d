import { factsProblemOf } from '../../model/launch-facts.ts';
import { isKept, taskIdOf } from '../../model/task.ts';
import { marksIn, type UpkeepRule } from './rule.ts';

/**
 * A task with another task's MAC is retired. Its original proves that it is a copy only for as long as ECS shows the original,
 * about an hour after its end.
 */
export const retireCopies: UpkeepRule = {
  plan: ({ view }) =>
    view.foreign
      .filter((task) => isKept(task) && task.factsProblem?.kind === 'copied')
      .map((task) => ({ kind: 'mark-retiring', task, mark: { asked: view.at, by: 'reconcile' } }) as const),
  describe: (_scene, actions) =>
    marksIn(actions).map(({ task }) => `Task ${taskIdOf(task.taskArn)} ${factsProblemOf(task)}.`),
};
