import type { StartedTarget } from './operation-types.ts';
import type { HealthState } from './ports.ts';
import { isLive, type LaunchFacts, type Task } from './task.ts';
import { sightOf, type View } from './view.ts';

/** What a caller is told of a started task's targets, in the order of its launch facts. */
export function startedTargets(view: View, task: Task, { targets }: LaunchFacts, ip: string): StartedTarget[] {
  return targets.map(({ targetGroupArn, port }) => ({
    targetGroupArn,
    port,
    // The address of a task that has ended may belong to another one.
    healthStatus: isLive(task) ? healthOf(view, targetGroupArn, ip, port) : 'unused',
  }));
}

function healthOf(view: View, targetGroupArn: string, ip: string, port: number): HealthState {
  const sight = sightOf(view, targetGroupArn, ip, port);
  if (sight.kind === 'shown') return sight.target.state;
  return sight.kind === 'unknown' ? 'unknown' : 'initial';
}
