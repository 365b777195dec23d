import type { Stage } from './stage.ts';
import type { TaskStory } from './stories.ts';
import type { RouteRecord } from './witness.ts';

/** The latest RegisterTargets of an address: when it took effect, and whether that was long after it was sent. */
export interface Registration {
  readonly at: number;
  readonly wasLate: boolean;
}

/** What the judge of calls sees. It is kept up to date during the run. */
export interface Scene {
  readonly stage: Stage;
  readonly isTroubled: () => boolean;
  /** By ARN. */
  readonly stories: ReadonlyMap<string, TaskStory>;
  /** By target group and address. */
  readonly registrations: ReadonlyMap<string, Registration>;
  /** By target group; without an entry the rule sends requests to the activator. */
  readonly routes: ReadonlyMap<string, RouteRecord>;
  /** The times of their requests, by owner. */
  readonly restarts: ReadonlyMap<string, ReadonlySet<number>>;
  /** The time of the latest stop request, regardless of its result, by owner. */
  readonly expectedStops: ReadonlyMap<string, number>;
  /** When starts and restarts first answered with success, by owner and time of the request. */
  readonly successes: ReadonlyMap<string, number>;
  /** The stops that have answered with success. */
  readonly stops: readonly { readonly startedBy: string; readonly asked: number; readonly at: number }[];
  readonly report: (rule: string, seen: string) => void;
}
