import { AsyncLocalStorage } from 'node:async_hooks';

const limits = new AsyncLocalStorage<number>();

/** Runs work whose calls must end by `until`, as in the adapters, which use the wall clock. */
export function endCallsBy<Result>(until: number, work: () => Promise<Result>): Promise<Result> {
  return limits.run(until, work);
}

/** The time by which a call that begins now must end, in milliseconds since the epoch. */
export function callLimit(): number {
  return limits.getStore() ?? Number.POSITIVE_INFINITY;
}
