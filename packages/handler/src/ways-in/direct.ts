import { invalidField, kindOf, quote } from '../invalid-request.ts';
import { fieldOf, readMoment } from '../read-fields.ts';
import { type Origin, readReconcile, readRestart, readStart, readStatus, readStop } from '../read-operation.ts';
import type { Addressee, DirectEnvelope, Fields, Operation } from '../request.ts';

const readersByAction: Readonly<Record<string, (input: Fields, origin: Origin) => Operation>> = {
  start: readStart,
  stop: readStop,
  restart: readRestart,
  reconcile: readReconcile,
  status: readStatus,
};

/**
 * A direct invoke, which is also how Step Functions and EventBridge Scheduler call. `action` names the operation, and `asked`
 * says when it was requested: Lambda's retry in another process would otherwise count as a later request.
 */
export function readDirectOperation(envelope: DirectEnvelope, receivedAt: number, { workspace }: Addressee): Operation {
  const action = fieldOf(envelope.input, 'action');
  const read =
    typeof action === 'string' && Object.hasOwn(readersByAction, action) ? readersByAction[action] : undefined;
  if (read === undefined) {
    const known = Object.keys(readersByAction).map(quote).join(', ');
    throw invalidField('action', `must be one of ${known}, not ${kindOf(action)}.`);
  }
  const given = fieldOf(envelope.input, 'asked');
  return read(envelope.input, {
    where: 'The input',
    own: ['action', 'asked'],
    asked: given === undefined ? receivedAt : readMoment(given, { field: 'asked', source: 'the input' }, receivedAt),
    allowAll: true,
    workspace,
    mustBeAddressed: false,
  });
}
