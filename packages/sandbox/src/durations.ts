import type { Random } from './random.ts';

/** The shortest and the longest it takes, in milliseconds of the sandbox's time. */
export type DurationRange = readonly [shortest: number, longest: number];

/** How long things take in the sandbox, in milliseconds of its own time. */
export interface SandboxDurations {
  /** PROVISIONING until the network interface begins to be attached. */
  readonly interfaceCreationMs: DurationRange;
  /** ATTACHING until ATTACHED, which is when the task becomes PENDING and its IP is known. */
  readonly interfaceAttachmentMs: DurationRange;
  /** PENDING until ACTIVATING. */
  readonly pendingMs: DurationRange;
  /** ACTIVATING until the image is there and the containers are started. */
  readonly imagePullMs: DurationRange;
  /** From the moment a task is told to stop until DEACTIVATING. */
  readonly stopNoticeMs: DurationRange;
  /** DEACTIVATING until STOPPING, which is when SIGTERM is sent. */
  readonly deactivationMs: DurationRange;
  /** DEPROVISIONING until STOPPED. */
  readonly deprovisioningMs: DurationRange;
  /** SIGTERM to SIGKILL for a container that sets no `stopTimeout`. */
  readonly stopTimeoutMs: number;
  /** Spot's warning until the task is killed. */
  readonly spotWarningMs: number;
  /** How long a stopped task can still be described. */
  readonly stoppedTaskVisibleMs: number;
  /** The oldest a read of tasks may be. */
  readonly taskReadLagMs: number;
  /** The oldest a read of tags may be. */
  readonly tagReadLagMs: number;

  /** A load balancer's `provisioning` until `active`. */
  readonly loadBalancerCreationMs: DurationRange;
  /** Elb.RegistrationInProgress until Elb.InitialHealthChecking. */
  readonly targetRegistrationMs: DurationRange;
  /** Elb.InitialHealthChecking until the first health check; the next ones follow at the target group's interval. */
  readonly firstHealthCheckMs: DurationRange;
  /** How long the load balancer may still choose a target after DeregisterTargets has answered. */
  readonly deregistrationLagMs: DurationRange;
  /** The oldest a read of target health may be. */
  readonly targetHealthReadLagMs: number;

  /** An event's way from the bus to its target. */
  readonly eventDeliveryMs: DurationRange;
  /** Before the first and the second retry of a failed asynchronous invocation. */
  readonly asynchronousRetryMs: readonly [first: number, second: number];
}

/** As on AWS. */
export const realisticDurations: SandboxDurations = {
  interfaceCreationMs: [4_000, 9_000],
  interfaceAttachmentMs: [3_000, 6_000],
  pendingMs: [1_000, 4_000],
  imagePullMs: [6_000, 20_000],
  stopNoticeMs: [500, 2_000],
  deactivationMs: [500, 2_000],
  deprovisioningMs: [8_000, 20_000],
  stopTimeoutMs: 30_000,
  spotWarningMs: 120_000,
  stoppedTaskVisibleMs: 3_600_000,
  taskReadLagMs: 2_000,
  tagReadLagMs: 3_000,
  loadBalancerCreationMs: [60_000, 120_000],
  targetRegistrationMs: [2_000, 5_000],
  firstHealthCheckMs: [500, 3_000],
  deregistrationLagMs: [1_000, 4_000],
  targetHealthReadLagMs: 1_000,
  eventDeliveryMs: [200, 900],
  asynchronousRetryMs: [60_000, 120_000],
};

/** The same order of things with a start in 2 to 3 s, for the demo. */
export const quickDurations: SandboxDurations = {
  interfaceCreationMs: [250, 400],
  interfaceAttachmentMs: [200, 300],
  pendingMs: [150, 250],
  imagePullMs: [400, 700],
  stopNoticeMs: [50, 100],
  deactivationMs: [50, 150],
  deprovisioningMs: [200, 400],
  stopTimeoutMs: 3_000,
  spotWarningMs: 5_000,
  stoppedTaskVisibleMs: 3_600_000,
  taskReadLagMs: 300,
  tagReadLagMs: 300,
  loadBalancerCreationMs: [0, 0],
  targetRegistrationMs: [150, 300],
  firstHealthCheckMs: [100, 250],
  deregistrationLagMs: [50, 150],
  targetHealthReadLagMs: 150,
  eventDeliveryMs: [20, 60],
  asynchronousRetryMs: [1_000, 2_000],
};

/** Every change at once and every read up to date. What must outlast a call, such as a stopped task, still does. */
export const noDelays: SandboxDurations = {
  interfaceCreationMs: [0, 0],
  interfaceAttachmentMs: [0, 0],
  pendingMs: [0, 0],
  imagePullMs: [0, 0],
  stopNoticeMs: [0, 0],
  deactivationMs: [0, 0],
  deprovisioningMs: [0, 0],
  stopTimeoutMs: 30_000,
  spotWarningMs: 120_000,
  stoppedTaskVisibleMs: 3_600_000,
  taskReadLagMs: 0,
  tagReadLagMs: 0,
  loadBalancerCreationMs: [0, 0],
  targetRegistrationMs: [0, 0],
  firstHealthCheckMs: [0, 0],
  deregistrationLagMs: [0, 0],
  targetHealthReadLagMs: 0,
  eventDeliveryMs: [0, 0],
  asynchronousRetryMs: [60_000, 120_000],
};

/** One duration out of a range. */
export function drawDuration(range: DurationRange, random: Random): number {
  const [shortest, longest] = range;
  return shortest === longest ? shortest : random.integer(shortest, longest);
}
