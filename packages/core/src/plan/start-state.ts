import type { WaitFor } from '../model/service-mapping.ts';
import type { ClusterLease } from './cluster-lease.ts';

/** What a start wants. It does not change while the start is under way. */
export interface StartIntent {
  readonly service: string;
  /** When the start was requested, in milliseconds since the epoch. */
  readonly asked: number;
  readonly waitFor: WaitFor;
  readonly launchId: string;
  /** A restart: only a task created after the restart was requested will do, and it has to become healthy. */
  readonly restart: boolean;
  /** Requested by a request that woke the service, and not by a person or an application. */
  readonly isWake?: boolean;
  /** Until when the service is requested, in milliseconds since the epoch; undefined without an end. */
  readonly leaseUntil?: number | undefined;
  /** Digests of the overrides that this start requests. */
  readonly requested: Readonly<Record<string, string>>;
  /** When the start gives up and only cleans up, in milliseconds since the epoch. */
  readonly giveUpAt: number;
  /** Set if starts may choose between clusters: the cluster in which this start would launch, and whether it requests that one. */
  readonly choice?: { readonly cluster: string; readonly isRequested: boolean };
  /** The mapping's `startTimeoutSeconds`. The start does not ask ECS for capacity for longer than this. */
  readonly startTimeoutMs: number;
}

/** How far a start has come. */
export interface StartProgress {
  /** How long throttling has delayed this start so far, in milliseconds. */
  readonly heldUpMs: number;
  /** The task that this start launched or adopted. */
  readonly followed?: Followed;
  /** When the notes of stops were last read, and the latest stop in them (ms since the epoch). */
  readonly stopNote?: { readonly readAt: number; readonly asked: number | undefined };
  /** When a wake last read that the service is not paused, in milliseconds since the epoch. */
  readonly pauseReadAt?: number;
  /** The lease that held when this start last asked. */
  readonly lease?: ClusterLease;
  /** Each time ECS had no capacity, oldest first. A refusal counts only for the generation that was refused. */
  readonly refusals: readonly Refusal[];
  /** Predecessors, or `none`, after which another principal has used the launch token. */
  readonly takenTokens?: readonly string[];
}

/** Everything that a plan knows about a start, except the view. */
export interface StartState extends StartIntent, StartProgress {}

export interface Refusal {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly reasons: readonly string[];
  /** ARN of the task that the refused generation would have followed. */
  readonly predecessorArn?: string | undefined;
  /** ECS threw an error instead of answering, so it has not stored the token. The next attempt uses it again. */
  readonly tokenUnused?: true;
  /** ECS refused another start's call with the generation's first token. This start has made no attempt yet. */
  readonly isAnothers?: true;
}

export interface Followed {
  readonly taskArn: string;
  readonly since: number;
  /** Looks taken since then. */
  readonly looks: number;
  /** Whether a look has shown the task live. Until then, a reply or a conflict may have named an ended task. */
  readonly seenLive: boolean;
  /** A conflict has named the task: it was launched with the same token and other parameters. */
  readonly isConflict?: boolean;
  /** Since when this start has registered the task. */
  readonly registeredSince?: number;
  /** Since when the task has been RUNNING and registered in all its target groups, by this start or another. */
  readonly standingSince?: number;
}
