import type { Random } from './random.ts';

/** A range of durations, in milliseconds of sandbox time. */
export type DurationRange = readonly [shortest: number, longest: number];

/** Durations and delays in the sandbox, in milliseconds of sandbox time. */
export interface SandboxDurations {
  /** From PROVISIONING until ECS starts to attach the network interface. */
  readonly interfaceCreationMs: DurationRange;
  /** From ATTACHING until ATTACHED, when the task becomes PENDING and has an IP address. */
  readonly interfaceAttachmentMs: DurationRange;
  /** From PENDING until ACTIVATING. */
  readonly pendingMs: DurationRange;
  /** From ACTIVATING until the image is pulled and the containers start. */
  readonly imagePullMs: DurationRange;
  /** From StopTask until DEACTIVATING. */
  readonly stopNoticeMs: DurationRange;
  /** From DEACTIVATING until STOPPING, when SIGTERM is sent. */
  readonly deactivationMs: DurationRange;
  /** From DEPROVISIONING until STOPPED. */
  readonly deprovisioningMs: DurationRange;
  /** From SIGTERM to SIGKILL for a container without `stopTimeout`. AWS-025. */
  readonly stopTimeoutMs: number;
  /** From the Spot interruption warning until the task is killed. */
  readonly spotWarningMs: number;
  /** How long DescribeTasks still returns a stopped task. AWS-021. */
  readonly stoppedTaskVisibleMs: number;
  /** Maximum staleness of task reads. AWS-009. */
  readonly taskReadLagMs: number;
  /** Maximum staleness of tag reads. AWS-023. */
  readonly tagReadLagMs: number;

  /** From `provisioning` until `active` of a load balancer. */
  readonly loadBalancerCreationMs: DurationRange;
  /** From Elb.RegistrationInProgress until Elb.InitialHealthChecking. */
  readonly targetRegistrationMs: DurationRange;
  /** From Elb.InitialHealthChecking until the first health check. Later checks follow the target group's interval. */
  readonly firstHealthCheckMs: DurationRange;
  /** How long the load balancer may still choose a target after DeregisterTargets has returned. AWS-036. */
  readonly deregistrationLagMs: DurationRange;
  /** From a change of a rule or listener until a node of the load balancer applies it. Each node has its own delay. */
  readonly rulePropagationMs: DurationRange;
  /** From the end of a minute until GetMetricData returns what a node of the load balancer has counted in it. AWS-084. */
  readonly metricDelayMs: DurationRange;
  /** Maximum staleness of target health reads. */
  readonly targetHealthReadLagMs: number;

  /** From the bus to the target of an event. AWS-052. */
  readonly eventDeliveryMs: DurationRange;
  /** Delays before the first and second retry of a failed asynchronous invocation. AWS-048. */
  readonly asynchronousRetryMs: readonly [first: number, second: number];
}

/** Durations as they are assumed to be on AWS, except that changes of rules apply at once. AWS does not document how long they take; assume 10 to 20 s. */
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
  rulePropagationMs: [0, 0],
  metricDelayMs: [60_000, 180_000],
  targetHealthReadLagMs: 1_000,
  eventDeliveryMs: [200, 900],
  asynchronousRetryMs: [60_000, 120_000],
};

/** The same sequence with a start in 2 to 3 s, for the demo. */
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
  rulePropagationMs: [0, 0],
  metricDelayMs: [60_000, 180_000],
  targetHealthReadLagMs: 150,
  eventDeliveryMs: [20, 60],
  asynchronousRetryMs: [1_000, 2_000],
};

/** Immediate changes and no stale reads. Stopped tasks stay visible. */
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
  rulePropagationMs: [0, 0],
  metricDelayMs: [0, 0],
  targetHealthReadLagMs: 0,
  eventDeliveryMs: [0, 0],
  asynchronousRetryMs: [60_000, 120_000],
};

/** A random duration from a range. */
export function drawDuration(range: DurationRange, random: Random): number {
  const [shortest, longest] = range;
  return shortest === longest ? shortest : random.integer(shortest, longest);
}
