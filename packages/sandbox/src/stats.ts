import type { EcsCounts } from './model/ecs/ecs-state.ts';
import type { ElbCounts } from './model/elb/elb-state.ts';

/** Counts of difficult conditions. A run without stale reads, replays and conflicts proves little. */
export interface SandboxStats extends EcsCounts, ElbCounts {
  /** All reads whose reply differed from the current state. */
  readonly staleReads: number;
  /** All API calls, including those that the log no longer keeps. */
  readonly calls: number;
  /** Calls that exceeded the documented rates. Planted throttles do not count. */
  readonly throttledCalls: number;
}

export function sumUp(ecs: EcsCounts, elb: ElbCounts, calls: number, throttledCalls: number): SandboxStats {
  const staleReads = ecs.staleTaskReads + ecs.staleTagReads + elb.staleTargetHealthReads;
  return { staleReads, calls, throttledCalls, ...ecs, ...elb };
}
