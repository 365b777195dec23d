/**
 * When an operator last decided that requests must not wake a service, and when that last ended, in milliseconds since the epoch; 0
 * for never. Each of the two only rises, so a late write of one never erases the other.
 */
export interface Pause {
  readonly pausedAt: number;
  readonly resumedAt: number;
}

/** When the pause under way was requested, in milliseconds since the epoch; undefined when the service is not paused. */
export function pausedSince({ pausedAt, resumedAt }: Pause = neverPaused): number | undefined {
  return pausedAt > resumedAt ? pausedAt : undefined;
}

/** Where pauses are recorded. Rejects with the same codes as `TaskRunner`. */
export interface Pauses {
  read(service: string): Promise<Pause>;
  /** By service: all that were ever paused. */
  list(): Promise<ReadonlyMap<string, Pause>>;
  /** An earlier moment never replaces a later one. `asked`: milliseconds since the epoch. */
  note(service: string, what: 'paused' | 'resumed', asked: number): Promise<void>;
}

export const neverPaused: Pause = { pausedAt: 0, resumedAt: 0 };
