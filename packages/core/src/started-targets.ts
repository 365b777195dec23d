import type { StartedTarget } from './operation-types.ts';
import type { HealthState } from './ports.ts';
import type { TargetGroupPort } from './service-mapping.ts';
import { isLive, type LaunchFacts, type Task } from './task.ts';
import { sightOfTask, type View } from './view.ts';

/** What a caller is told of a started task's targets, in the order of its launch facts. */
export function startedTargets(view: View, task: Task, { targets }: LaunchFacts): StartedTarget[] {
  return targets.map((target) => ({
    ...target,
    // The address of a task that has ended may belong to another one.
    healthStatus: isLive(task) ? healthOf(view, task, target) : 'unused',
  }));
}

function healthOf(view: View, task: Task, target: TargetGroupPort): HealthState {
  const sight = sightOfTask(view, task, target);
  if (sight.kind === 'shown') return sight.target.state;
  return sight.kind === 'unknown' ? 'unknown' : 'initial';
}
