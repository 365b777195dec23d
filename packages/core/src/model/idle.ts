import { lastAskedFor } from './adoptions.ts';
import type { GroupUse } from './request-meter.ts';
import type { IdleSettings } from './service-mapping.ts';
import { type Cordon, isKept, type Task } from './task.ts';

/** Why a service that is up is not stopped for being idle. */
export type NotIdle =
  | 'recent-use'
  | 'too-young'
  | 'lease'
  | 'not-observed'
  | 'operation-under-way'
  | 'long-connections';

/** What the scheduled reconcile needs to decide about stops that no person requested. */
export interface Review {
  /** Undefined for a service that is not stopped when it is idle. */
  readonly idle?: IdleSettings;
  /** The use of its target groups. Empty if it was not read, or could not be. */
  readonly use: readonly GroupUse[];
}

/** A cordon is void after this long, in milliseconds. */
const cordonValidMs = 900_000;

/** A route is changed only for a cordon that was written within this time, in milliseconds: an older one may expire meanwhile. */
export const freshCordonMs = 8_000;

/** The cordon of a kept task, unless it has expired or the task was requested since. */
export function cordonOf(task: Task, now: number): Required<Cordon> | undefined {
  const { at, lastAsked } = task.cordon ?? { at: 0 };
  if (lastAsked === undefined || !isKept(task) || now - at >= cordonValidMs) return undefined;
  return lastAskedFor(task) > lastAsked ? undefined : { at, lastAsked };
}
