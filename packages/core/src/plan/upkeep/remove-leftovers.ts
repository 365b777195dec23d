import { isLive, taskIdOf } from '../../model/task.ts';
import { planDeregistration } from '../plan-targets.ts';
import { standsFor } from '../target-owner.ts';
import { type Deregistration, describeTarget, type UpkeepRule } from './rule.ts';

/** The targets of a task that has ended are deregistered. */
export const removeLeftovers: UpkeepRule = {
  plan: ({ view, tasks }) =>
    tasks
      .filter((task) => !isLive(task))
      .flatMap((ended) =>
        planDeregistration(view, ended).map((action) =>
          ended.retire === undefined ? { ...action, interrupted: ended } : action,
        ),
      ),
  describe: ({ tasks }, actions) =>
    actions
      .filter((action): action is Deregistration => action.kind === 'deregister')
      .map((action) => {
        const ended = tasks.find((task) => !isLive(task) && standsFor(task, action.targetGroupArn, action));
        return `${describeTarget(action)} is left over from task ${taskIdOf(ended?.taskArn ?? '')}, which has ended.`;
      }),
};
