import type { StartedTarget } from '../model/operation-types.ts';
import type { HealthState } from '../model/ports.ts';
import type { TargetGroupPort } from '../model/service-mapping.ts';
import { isLive, type Task } from '../model/task.ts';
import { sightOfTask, type View } from '../model/view.ts';

/** States of a registered target that gets no requests, or gets them only because no other target is healthy. */
const unreachableStates: ReadonlySet<HealthState> = new Set<HealthState>(['unused', 'unhealthy']);

/** The targets of a started task for the caller, in the order of its launch facts. */
export function startedTargets(view: View, task: Task): StartedTarget[] {
  return (task.facts?.targets ?? []).map((target) => ({
    ...target,
    // The address of an ended task may belong to another task.
    ...(isLive(task) ? healthOf(view, task, target) : { healthStatus: 'unused' }),
  }));
}

function healthOf(
  view: View,
  task: Task,
  target: TargetGroupPort,
): Pick<StartedTarget, 'healthStatus' | 'healthReason'> {
  const sight = sightOfTask(view, task, target);
  if (sight.kind !== 'shown') return { healthStatus: sight.kind === 'unknown' ? 'unknown' : 'initial' };
  const { state, reason } = sight.target;
  return {
    healthStatus: state,
    ...(reason !== undefined && unreachableStates.has(state) ? { healthReason: reason } : {}),
  };
}

/** Why clients do not reach the live task, such as `unused (Target.NotInUse)`; undefined when no reason is known. */
export function whyUnreachable(view: View, task: Task): string | undefined {
  if (!isLive(task)) return undefined;
  const targets = startedTargets(view, task);
  const reasons = targets
    .filter(({ healthStatus }) => unreachableStates.has(healthStatus))
    .map(({ targetGroupArn, healthStatus, healthReason }) => {
      const state = healthReason === undefined ? healthStatus : `${healthStatus} (${healthReason})`;
      return targets.length === 1 ? state : `${state} in ${targetGroupArn.split('/').at(-2)}`;
    });
  return reasons.length === 0 ? undefined : reasons.join(', ');
}
