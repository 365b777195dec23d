import type { WaitFor } from './service-mapping.ts';

/** A start, and how far it has come. */
export interface StartIntent {
  readonly service: string;
  readonly asked: number;
  readonly waitFor: WaitFor;
  readonly launchId: string;
  /** A restart: only a task that was created after the restart was asked will do, and it has to become healthy. */
  readonly restart: boolean;
  /** Digests of the overrides that this start asks for. */
  readonly requested: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch after which only cleaning up is left to do. */
  readonly giveUpAt: number;
  /** How long AWS has held up this start with throttles so far, in milliseconds. */
  readonly heldUpMs: number;
  /** The task that this start launched or adopted. */
  readonly followed?: Followed;
  /** What notes of stops said when they were read last. */
  readonly stopNote?: { readonly readAt: number; readonly asked: number | undefined };
  /** What ECS said when it had no capacity, and when: the second time is the last. */
  readonly refusals: readonly { readonly at: number; readonly reasons: readonly string[] }[];
}

export interface Followed {
  readonly taskArn: string;
  readonly since: number;
  /** Looks taken since then. */
  readonly looks: number;
  /** Whether a look has shown the task live. Until then a reply or a conflict may have named one of the past. */
  readonly seenLive: boolean;
  readonly registeredSince?: number;
}
