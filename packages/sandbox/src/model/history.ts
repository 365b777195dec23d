/** The history of a value, as far back as stale reads can go. */
export interface History<T> {
  /** The current value. */
  readonly latest: T;
  /** The value at `time`, or `undefined` before the first value. */
  at(time: number): T | undefined;
  push(time: number, value: T): void;
}

/** @param horizonMs how far back `at` can go; older values are discarded */
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
      // An entry can be discarded when the next one is older than the horizon.
      while (entries[1] !== undefined && entries[1].time < moment - horizonMs) entries.shift();
    },
  };
}
