import type { SandboxDurations } from '@start-engines/sandbox/in-memory';
import type { Script } from './script.ts';

/** The maximum age of reads, in milliseconds. */
export interface Lags {
  readonly tasksMs: number;
  readonly tagsMs: number;
  readonly targetsMs: number;
}

/** The times of one script, in milliseconds if the name has no other unit. */
export interface Settings {
  readonly lags: Lags;
  /** The longest time of a call in one direction. */
  readonly latencyMs: number;
  readonly drainSeconds: number;
  readonly startTimeoutSeconds: number;
  readonly healthyTimeoutSeconds: number;
  readonly healthCheckIntervalSeconds: number;
  /** The time limit of one invocation. */
  readonly timeoutMs: number;
  /** Longer than every deadline of a task and the grace after it. */
  readonly quietMs: number;
  /** How long a changed rule has to settle. */
  readonly settleMs: number;
  readonly durations: Partial<SandboxDurations>;
}

const freshReads: Lags = { tasksMs: 600, tagsMs: 1_000, targetsMs: 400 };
/** The lags that core allows for: ten seconds for tasks, lists and targets, five for tags (docs/adr/0001). */
const oldReads: Lags = { tasksMs: 10_000, tagsMs: 5_000, targetsMs: 10_000 };
/** Longer in a world that is hours old, because a health check takes as long to play as a call. */
const rareHealthChecksSeconds = 300;

export function settingsOf({ pace, oldReads: late, isAged, wakes }: Script): Settings {
  const lags: Lags = {
    tasksMs: (late.includes('tasks') ? oldReads : freshReads).tasksMs,
    tagsMs: (late.includes('tags') ? oldReads : freshReads).tagsMs,
    targetsMs: (late.includes('targets') ? oldReads : freshReads).targetsMs,
  };
  // Work on facts that are seen ten seconds late takes that much longer.
  const isLate = late.length > 0;
  return {
    lags,
    latencyMs: 250,
    drainSeconds: 4,
    // A start does not retry after a refusal in the last ten seconds of a minute.
    startTimeoutSeconds: isLate ? 30 : 15,
    healthyTimeoutSeconds: isLate ? 20 : 6,
    healthCheckIntervalSeconds: isAged ? rareHealthChecksSeconds : 5,
    // A stop also waits until its route has settled, and a start keeps as much time to clean up.
    timeoutMs: isLate || wakes ? 150_000 : 60_000,
    quietMs: isLate || wakes ? 90_000 : 45_000,
    settleMs: 20_000,
    durations: { ...common, ...(pace === 'hasty' ? hasty : steady), ...toDurations(lags) },
  };
}

function toDurations({ tasksMs, tagsMs, targetsMs }: Lags): Partial<SandboxDurations> {
  return { taskReadLagMs: tasksMs, tagReadLagMs: tagsMs, targetHealthReadLagMs: targetsMs };
}

const hasty: Partial<SandboxDurations> = {
  interfaceCreationMs: [0, 50],
  interfaceAttachmentMs: [0, 50],
  pendingMs: [0, 50],
  imagePullMs: [0, 100],
  stopNoticeMs: [0, 50],
  deactivationMs: [0, 50],
  deprovisioningMs: [0, 100],
  targetRegistrationMs: [0, 50],
  firstHealthCheckMs: [0, 50],
};
const steady: Partial<SandboxDurations> = {
  interfaceCreationMs: [100, 1_500],
  interfaceAttachmentMs: [100, 500],
  pendingMs: [50, 500],
  imagePullMs: [100, 3_000],
  stopNoticeMs: [50, 500],
  deactivationMs: [50, 500],
  deprovisioningMs: [100, 3_000],
  targetRegistrationMs: [50, 800],
  firstHealthCheckMs: [50, 800],
};
const common: Partial<SandboxDurations> = {
  stopTimeoutMs: 3_000,
  spotWarningMs: 5_000,
  loadBalancerCreationMs: [0, 0],
  deregistrationLagMs: [50, 500],
};
