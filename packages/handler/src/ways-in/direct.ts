import { invalidField, kindOf, quote } from '../invalid-request.ts';
import { fieldOf } from '../read-fields.ts';
import { type Origin, readReconcile, readRestart, readStart, readStatus, readStop } from '../read-operation.ts';
import type { DirectEnvelope, Fields, Operation } from '../request.ts';

const readersByAction: Readonly<Record<string, (input: Fields, origin: Origin) => Operation>> = {
  start: readStart,
  stop: readStop,
  restart: readRestart,
  reconcile: readReconcile,
  status: readStatus,
};

/** A direct invoke, which is also how Step Functions and EventBridge Scheduler call: `action` says what is asked. */
export function readDirectOperation(envelope: DirectEnvelope, asked: number): Operation {
  const action = fieldOf(envelope.input, 'action');
  const read =
    typeof action === 'string' && Object.hasOwn(readersByAction, action) ? readersByAction[action] : undefined;
  if (read === undefined) {
    const known = Object.keys(readersByAction).map(quote).join(', ');
    throw invalidField('action', `must be one of ${known}, not ${kindOf(action)}.`);
  }
  return read(envelope.input, { where: 'The input', own: ['action'], asked, allowAll: true });
}
