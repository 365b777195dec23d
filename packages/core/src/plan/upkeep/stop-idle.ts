import { lastAskedFor } from '../../model/adoptions.ts';
import { taskIdOf } from '../../model/task.ts';
import { decideIdle } from '../plan-idle.ts';
import type { UpkeepRule } from './rule.ts';

/**
 * A service that is not used is stopped, in two reconciles. The mark carries the last request for the task and not the present time, so
 * that a request which is on its way overrules it.
 */
export const stopIdle: UpkeepRule = {
  plan({ view, staying }) {
    const decision = decideIdle(view);
    if (decision === undefined || !staying.includes(decision.task)) return [];
    const { task } = decision;
    switch (decision.kind) {
      case 'keep':
        return decision.endsCordon ? [{ kind: 'cordon', task, cordon: { at: view.at } }] : [];
      case 'cordon':
        return [{ kind: 'cordon', task, cordon: { at: view.at, lastAsked: lastAskedFor(task) } }];
      case 'stop':
        return [{ kind: 'mark-retiring', task, mark: { asked: lastAskedFor(task), by: 'stop', kind: 'idle' } }];
    }
  },
  describe({ view }, actions) {
    const decision = decideIdle(view);
    if (decision === undefined || actions.length === 0) return [];
    const name = `Task ${taskIdOf(decision.task.taskArn)}`;
    switch (decision.kind) {
      case 'keep':
        return [`${name} is used again, so its idle stop ends.`];
      case 'cordon':
        return [`${name} is not used: requests go to the activator, and the next reconcile decides about its stop.`];
      case 'stop':
        return [`${name} is not used.`];
    }
  },
};
