import { taskIdOf } from '../../model/task.ts';
import { goneInMs } from '../overdue.ts';
import { planRegistration } from '../plan-targets.ts';
import { nameOfGroup, type Registration, type UpkeepRule } from './rule.ts';

/** A running task that stays is registered in all its target groups. */
export const registerMissing: UpkeepRule = {
  plan: ({ view, staying }) =>
    staying.filter((task) => goneInMs(view, task) === undefined).flatMap((task) => planRegistration(view, task)),
  describe: (_scene, actions) =>
    actions
      .filter((action): action is Registration => action.kind === 'register')
      .map(
        ({ task, targetGroupArn }) =>
          `Task ${taskIdOf(task.taskArn)} is running and not registered in ${nameOfGroup(targetGroupArn)}.`,
      ),
};
