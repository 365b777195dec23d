import type { Middleware } from './invocation-state.ts';

/** For the last line of the log, the metrics and the answer. */
const reserveMs = 500;

/**
 * Notes when the request was received and by when everything must be over, cleaning up included, so that Lambda never
 * ends an operation half-way.
 */
export function limitTime(now: () => number): Middleware {
  return {
    before({ context, internal }) {
      internal.receivedAt = now();
      internal.deadline = internal.receivedAt + context.getRemainingTimeInMillis() - reserveMs;
    },
  };
}
