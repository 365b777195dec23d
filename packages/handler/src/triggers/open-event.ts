import { invalidRequest, kindOf } from '../invalid-request.ts';
import { isFields } from '../read-fields.ts';
import { direct } from './direct.ts';
import { eventBus } from './event-bus.ts';
import { http } from './http.ts';
import type { OpenedEvent, Trigger } from './trigger.ts';

const triggers: readonly Trigger[] = [eventBus, http, direct];

/**
 * Finds the trigger by the envelope. EventBridge writes `detail-type` next to what the sender wrote, API Gateway writes
 * `requestContext`; a direct caller has neither and gives an `action`. An event with two of them is forged.
 *
 * @throws StartEnginesError `InvalidRequest` for an event of no known trigger.
 */
export function openEvent(event: unknown): OpenedEvent {
  const single = unwrapBatch(event);
  if (!isFields(single)) throw invalidRequest(`The event must be an object, not ${kindOf(single)}.`);
  const [trigger, ...others] = triggers.filter(({ mark }) => Object.hasOwn(single, mark));
  if (trigger === undefined) {
    throw invalidRequest(
      'Unrecognised event. Expected detail-type (EventBridge), requestContext (API Gateway) or action (direct invoke, such as ' +
        '{"action":"start","service":"auth"}).',
      { field: 'action' },
    );
  }
  if (others.length > 0) {
    const marks = [trigger, ...others].map(({ mark }) => mark).join(' and ');
    throw invalidRequest(`Ambiguous event: it has ${marks}, which belong to different triggers.`);
  }
  return trigger.open(single);
}

// Some senders deliver lists of events. Several events could not be answered, retried or dead-lettered separately.
function unwrapBatch(event: unknown): unknown {
  if (!Array.isArray(event)) return event;
  const [only] = event;
  if (event.length === 1 && isFields(only) && Object.hasOwn(only, eventBus.mark)) return only;
  throw invalidRequest(`The event is a list of ${event.length}. Configure the sender to deliver events one at a time.`);
}
