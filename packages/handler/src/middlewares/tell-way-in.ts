import { openEnvelope } from '../parse-event.ts';
import type { Middleware } from './invocation-state.ts';

/** Opens the envelope, so that a failure from here on is answered in the way of the caller. */
export function tellWayIn(): Middleware {
  return {
    before(request) {
      request.internal.envelope = openEnvelope(request.event);
    },
  };
}
