import type { CellWorld } from './cell-world.ts';
import { ipOf, isLive, liveTasksOf, ownerOf, registeredTargets } from './truth.ts';

/** Sees every call at the moment at which it is made, and what the world is like just then. */
export interface Witness {
  /** What has been seen that must not be, each in one sentence. */
  readonly complaints: readonly string[];
}

export interface WitnessOptions {
  readonly services: readonly string[];
  /** How many live tasks of one service there may be at once: two while a restart runs. */
  readonly mostLive: number;
}

/**
 * Looks at the truth whenever anybody calls: never two live tasks of a service where there may be one, no task stopped
 * that still stands in a target group, and during a restart no target taken away before another one is healthy.
 */
export function postWitness(world: CellWorld, { services, mostLive }: WitnessOptions): Witness {
  const { sandbox } = world;
  const complaints = new Set<string>();
  // A plan that looks and never strikes is told of every call, before it takes effect.
  const watch = (operation: string | undefined, look: (input: Readonly<Record<string, unknown>>) => void) =>
    sandbox.faults.plant({
      ...(operation === undefined ? {} : { operation }),
      fault: { kind: 'latency', delayMs: 0 },
      matches(input) {
        look(input);
        return false;
      },
    });

  watch(undefined, () => {
    for (const service of services) {
      const live = liveTasksOf(world, service).length;
      if (live > mostLive) complaints.add(`${live} tasks of ${service} were live at once (invariant 1)`);
    }
  });
  watch('StopTask', ({ task: taskArn }) => {
    const task = sandbox.ecs.tasks().find((one) => one.taskArn === taskArn);
    if (task === undefined || !isLive(task)) return;
    if (!services.some((service) => task.startedBy === ownerOf(service))) {
      complaints.add(`a task of ${task.startedBy} was stopped (invariant 4)`);
    }
    const standing = registeredTargets(world).filter((target) => target.ip === ipOf(task));
    if (standing.length > 0) complaints.add(`a task was stopped while it stood in ${standing[0]?.group} (invariant 4)`);
  });
  if (mostLive > 1) {
    watch('DeregisterTargets', ({ TargetGroupArn, Targets }) => {
      const [group] = Object.entries(world.groups).find(([, arn]) => arn === TargetGroupArn) ?? [];
      const ips = (Targets as readonly { readonly Id: string }[]).map(({ Id }) => Id);
      const inGroup = registeredTargets(world).filter((target) => target.group === group);
      const leaving = inGroup.filter(({ ip, state }) => ips.includes(ip) && state === 'healthy');
      const staying = inGroup.filter(({ ip, state }) => !ips.includes(ip) && state === 'healthy');
      if (leaving.length > 0 && staying.length === 0) {
        complaints.add(`the last healthy target of ${group} was taken away during a restart (invariant 4)`);
      }
    });
  }
  return {
    get complaints() {
      return [...complaints];
    },
  };
}
