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
  /** Digests of the overrides that this start requests. */
  readonly requested: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch after which only cleaning up is left to do. */
  readonly giveUpAt: number;
  /** Where starts may choose between clusters: the one in which this start would launch, and whether it requests that one. */
  readonly choice?: { readonly cluster: string; readonly isRequested: boolean };
  /** How long a task may take to run by the mapping. For no longer does the start ask ECS for capacity. */
  readonly startTimeoutMs: number;
}

/** How far a start has come. */
export interface StartProgress {
  /** How long AWS has held up this start with throttles so far, in milliseconds. */
  readonly heldUpMs: number;
  /** The task that this start launched or adopted. */
  readonly followed?: Followed;
  /** What notes of stops said when they were read last. */
  readonly stopNote?: { readonly readAt: number; readonly asked: number | undefined };
  /** In which cluster every start launches for now, when this start asked last. */
  readonly lease?: ClusterLease;
  /** Each time ECS had no capacity, the first time first. A refusal counts only for the generation that was refused. */
  readonly refusals: readonly Refusal[];
}

/** All that a plan knows about a start besides the view. */
export interface StartState extends StartIntent, StartProgress {}

export interface Refusal {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly reasons: readonly string[];
  /** ARN of the task that the refused generation would have come after. */
  readonly predecessorArn?: string | undefined;
  /** ECS threw an error instead of answering, and so keeps nothing for the token: the next attempt uses it again. */
  readonly tokenUnused?: true;
  /** ECS refused another start's call with the generation's first token. This start has made no attempt yet. */
  readonly isAnothers?: true;
}

export interface Followed {
  readonly taskArn: string;
  readonly since: number;
  /** Looks taken since then. */
  readonly looks: number;
  /** Whether a look has shown the task live. Until then a reply or a conflict may have named one of the past. */
  readonly seenLive: boolean;
  /** Since when this start has registered the task. */
  readonly registeredSince?: number;
  /** Since when the task runs and is registered in all its target groups, by this start or another. */
  readonly standingSince?: number;
}
