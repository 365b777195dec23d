import { AsyncLocalStorage } from 'node:async_hooks';

const limits = new AsyncLocalStorage<number>();

/** Runs work whose calls end by `until`, as the adapters do it by the wall clock. */
export function endCallsBy<Result>(until: number, work: () => Promise<Result>): Promise<Result> {
  return limits.run(until, work);
}

/** By when a call that is made now has to end, in milliseconds since the epoch. */
export function callLimit(): number {
  return limits.getStore() ?? Number.POSITIVE_INFINITY;
}
