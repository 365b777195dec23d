import type { Task } from '../../model/task.ts';
import { type GroupView, isRegisteredState, targetKey, type View } from '../../model/view.ts';
import { holderOf, lacksNeighbours, standsFor } from '../target-owner.ts';
import { type Deregistration, describeTarget, type UpkeepRule } from './rule.ts';

/** A target must belong to no task in two looks this far apart, in milliseconds. */
const strayingMs = 5_000;

export interface StrayTarget {
  readonly key: string;
  readonly group: GroupView;
  readonly ip: string;
  readonly port: number;
}

/** Registered targets of readable groups that belong to none of these tasks. */
export function strayTargets(groups: readonly GroupView[], tasks: readonly Task[]): StrayTarget[] {
  return groups.flatMap((group) =>
    (group.readable ? group.targets : [])
      .filter((target) => isRegisteredState(target))
      .filter((target) => !tasks.some((task) => standsFor(task, group.targetGroupArn, target)))
      .map(({ ip, port }) => ({ key: targetKey(group.targetGroupArn, ip, port), group, ip, port })),
  );
}

/** A target that belongs to no task is deregistered once it has been one in two looks. */
export const removeStrays: UpkeepRule = {
  plan: ({ view }) =>
    straysToGo(view)
      .filter((stray) => strayDelayMs(view, stray) <= 0)
      .map(({ group: { targetGroupArn }, ip, port }) => ({
        kind: 'deregister',
        targetGroupArn,
        ip,
        port,
        stray: true,
      })),
  confirmsInMs: (view) =>
    straysToGo(view)
      .map((stray) => strayDelayMs(view, stray))
      .filter((delayMs) => delayMs > 0),
  describe: (_scene, actions) =>
    actions
      .filter((action): action is Deregistration => action.kind === 'deregister')
      .map((action) => `${describeTarget(action)} belongs to no task of the service.`),
};

function strayDelayMs(view: View, { key }: StrayTarget): number {
  return (view.strayingSince.get(key) ?? view.at) + strayingMs - view.at;
}

/**
 * Only a survey of the whole workspace can tell which targets belong to no task (docs/adr/0015). In a group of the service's own,
 * every stray is removed, except another task's own target. In a shared group, only a stray at the address of a task that this
 * system started with other targets is removed; each service removes what its own ended tasks have left.
 */
function straysToGo(view: View): StrayTarget[] {
  if (view.scope !== 'service') return [];
  return strayTargets(view.groups, view.tasks).filter((stray) => {
    const { kind } = holderOf(view, stray.group, stray);
    if (view.exclusiveGroupArns.has(stray.group.targetGroupArn)) return kind !== 'owner';
    return kind === 'other' && view.endedTargets?.has(stray.key) === false;
  });
}

/** Whether the live tasks must be read again to decide about a stray that was seen twice. */
export function hasDoubtfulStray(view: View): boolean {
  if (view.scope !== 'service' || view.endedTargets === undefined) return false;
  return strayTargets(view.groups, view.tasks).some(
    (stray) =>
      !view.exclusiveGroupArns.has(stray.group.targetGroupArn) &&
      strayDelayMs(view, stray) <= 0 &&
      lacksNeighbours(view, stray.group),
  );
}
