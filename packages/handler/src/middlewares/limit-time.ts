import type { Middleware } from './invocation-state.ts';

/** For the last line of the log, the metrics and the answer. */
const reserveMs = 500;

/** Says by when everything must be over, cleaning up included, so that Lambda never ends an operation half-way. */
export function limitTime(now: () => number): Middleware {
  return {
    before({ context, internal }) {
      internal.deadline = now() + context.getRemainingTimeInMillis() - reserveMs;
    },
  };
}
