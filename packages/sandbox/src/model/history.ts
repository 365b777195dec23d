/** What something was at each moment, as far back as a stale read can look. */
export interface History<T> {
  /** What it is now. */
  readonly latest: T;
  /** What it was at `time`, or `undefined` when it was not there yet. */
  at(time: number): T | undefined;
  push(time: number, value: T): void;
}

/** @param horizonMs how far back `at` can look; older values are let go */
export function createHistory<T>(time: number, value: T, horizonMs: number): History<T> {
  const entries: { readonly time: number; readonly value: T }[] = [{ time, value }];
  let latest = value;

  return {
    get latest() {
      return latest;
    },
    at: (moment) => entries.findLast((entry) => entry.time <= moment)?.value,
    push(moment, next) {
      latest = next;
      entries.push({ time: moment, value: next });
      // An entry is out of reach once the one after it is older than the horizon.
      while (entries[1] !== undefined && entries[1].time < moment - horizonMs) entries.shift();
    },
  };
}
