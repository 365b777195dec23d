import type { EcsCounts } from './model/ecs/ecs-state.ts';
import type { ElbCounts } from './model/elb/elb-state.ts';

/** How hard the sandbox made it: a run without a stale read, a replay and a conflict has shown little. */
export interface SandboxStats extends EcsCounts, ElbCounts {
  /** All reads whose answer differed from the present. */
  readonly staleReads: number;
  /** API calls, also those that the log keeps no more. */
  readonly calls: number;
  /** Calls that came too fast for the documented rates; planted throttles do not count. */
  readonly throttledCalls: number;
}

export function sumUp(ecs: EcsCounts, elb: ElbCounts, calls: number, throttledCalls: number): SandboxStats {
  const staleReads = ecs.staleTaskReads + ecs.staleTagReads + elb.staleTargetHealthReads;
  return { staleReads, calls, throttledCalls, ...ecs, ...elb };
}
