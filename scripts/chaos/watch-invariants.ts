import type { CellWorld } from './cell-world.ts';
import { ipOf, isLive, keptTasksOf, ownerOf, registeredTargets } from './truth.ts';

export interface InvariantWatch {
  /** The violations so far, one sentence each. */
  readonly violations: readonly string[];
}

export interface WatchOptions {
  readonly services: readonly string[];
  /** How many tasks of a service may be kept at the same time, that is live and without a retire mark: two during a restart. */
  readonly mostKept: number;
}

/**
 * Checks the sandbox's model at every call: no service has more kept tasks than allowed, no task is stopped while it is
 * registered in a target group, and a restart deregisters no healthy target unless another one is healthy.
 */
export function watchInvariants(world: CellWorld, { services, mostKept }: WatchOptions): InvariantWatch {
  const { sandbox } = world;
  const violations = new Set<string>();
  // A fault plan whose `matches` returns false never hits, but sees every call before it takes effect.
  const watch = (operation: string | undefined, check: (input: Readonly<Record<string, unknown>>) => void) =>
    sandbox.faults.plant({
      ...(operation === undefined ? {} : { operation }),
      fault: { kind: 'latency', delayMs: 0 },
      matches(input) {
        check(input);
        return false;
      },
    });

  watch(undefined, () => {
    for (const service of services) {
      const kept = keptTasksOf(world, service).length;
      if (kept > mostKept) violations.add(`${kept} tasks of ${service} were kept at once (invariant 1)`);
    }
  });
  watch('StopTask', ({ task: taskArn }) => {
    const task = sandbox.ecs.tasks().find((one) => one.taskArn === taskArn);
    if (task === undefined || !isLive(task)) return;
    if (!services.some((service) => task.startedBy === ownerOf(service))) {
      violations.add(`a task of ${task.startedBy} was stopped (invariant 4)`);
    }
    const [target] = registeredTargets(world).filter(({ ip }) => ip === ipOf(task));
    if (target !== undefined)
      violations.add(`a task was stopped while it was registered in ${target.group} (invariant 4)`);
  });
  if (mostKept > 1) {
    watch('DeregisterTargets', ({ TargetGroupArn, Targets }) => {
      const [group] = Object.entries(world.groups).find(([, arn]) => arn === TargetGroupArn) ?? [];
      const ips = (Targets as readonly { readonly Id: string }[]).map(({ Id }) => Id);
      const healthy = registeredTargets(world).filter((target) => target.group === group && target.state === 'healthy');
      const staying = healthy.filter(({ ip }) => !ips.includes(ip));
      if (healthy.length > 0 && staying.length === 0) {
        violations.add(`a restart deregistered the last healthy target of ${group} (invariant 4)`);
      }
    });
  }
  return {
    get violations() {
      return [...violations];
    },
  };
}
