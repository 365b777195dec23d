import { type Task, taskIdOf } from '../../model/task.ts';
import { goneInMs, type Overdue, overdueOf } from '../overdue.ts';
import { marksIn, type UpkeepRule } from './rule.ts';

/** A task that cannot serve by its deadline is retired, once its launcher has had the time to do so. */
export const retireOverdue: UpkeepRule = {
  plan: ({ view, staying }) =>
    staying.flatMap((task) => {
      const overdue = overdueOf(view, task);
      if (overdue === undefined) return [];
      return [{ kind: 'mark-retiring', task, mark: { asked: view.at, by: 'reconcile' }, overdue } as const];
    }),
  confirmsInMs: (view) => view.tasks.flatMap((task) => goneInMs(view, task) ?? []),
  describe: (_scene, actions) =>
    marksIn(actions).flatMap(({ task, overdue }) => (overdue === undefined ? [] : [describe(task, overdue)])),
};

function describe({ taskArn, lastStatus }: Task, overdue: Overdue): string {
  const name = `Task ${taskIdOf(taskArn)}`;
  switch (overdue) {
    case 'not-running':
      return `${name} is past its deadline and still ${lastStatus}.`;
    case 'no-address':
      return `${name} is past its deadline and has no address.`;
    case 'no-fitting-address':
      return `${name} is running, and none of its target groups accepts its addresses.`;
    case 'not-healthy':
      return `${name} is running, and was not healthy by its deadline.`;
    case 'groups-gone':
      return `${name} is running, and its target groups no longer exist.`;
  }
}
