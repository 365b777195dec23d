import { formatMoment } from '../../model/moments.ts';
import { isRetiring, taskIdOf } from '../../model/task.ts';
import { claimants } from '../../model/view.ts';
import { planRetirement } from '../plan-targets.ts';
import type { UpkeepRule } from './rule.ts';

/** A task that carries a retire mark is deregistered, drained and stopped, whichever operation marked it. */
export const finishRetiring: UpkeepRule = {
  plan: ({ view, tasks }) =>
    [...tasks, ...view.foreign].filter(isRetiring).flatMap((task) => {
      const step = planRetirement(view, task, task.retire);
      return step.kind === 'act' ? step.actions : [];
    }),
  continuesInMs: (view) =>
    claimants(view)
      .filter(isRetiring)
      .flatMap((task) => {
        const step = planRetirement(view, task, task.retire);
        return step.kind === 'drain' ? [step.remainingMs] : [];
      }),
  describe: ({ view }) =>
    claimants(view)
      .filter(isRetiring)
      .map(
        ({ taskArn, retire }) =>
          `Task ${taskIdOf(taskArn)} has been retiring since ${formatMoment(retire.asked)} and is still live.`,
      ),
};
