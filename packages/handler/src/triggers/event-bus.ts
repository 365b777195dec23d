import { outcomeSource } from '@start-engines/core';
import { invalidField, kindOf, quote } from '../invalid-request.ts';
import { operations } from '../operations/index.ts';
import type { Fields, OperationRequest } from '../operations/operation.ts';
import { fieldOf, isFields, readMoment } from '../read-fields.ts';
import { givenCorrelationId } from './correlation-id.ts';
import { type Addressee, answerWithObject, type Trigger } from './trigger.ts';

/** An event from EventBridge. Any source may request an operation, except AWS's own and ours. */
export const eventBus: Trigger = {
  mark: 'detail-type',
  open(event) {
    const detail = fieldOf(event, 'detail');
    return {
      wayIn: 'event-bus',
      ...(isFields(detail) ? givenCorrelationId(detail) : {}),
      read: (receivedAt, addressee) => read(event, receivedAt, addressee),
      answer: answerWithObject,
      answersFailures: false,
    };
  },
};

function read(event: Fields, receivedAt: number, { workspace, acceptsUnaddressed }: Addressee): OperationRequest {
  const [source, detailType, time, detail] = ['source', 'detail-type', 'time', 'detail'].map((name) =>
    fieldOf(event, name),
  );
  if (typeof source !== 'string' || source === '') {
    throw invalidField('source', `must name the sender, not ${kindOf(source)}.`);
  }
  const ofSource = operations.filter(({ triggers }) => triggers.source === source);
  // PutEvents refuses AWS's own sources, so such an event comes from AWS, and a rule sends it here by mistake.
  if (ofSource.length === 0 && (source.startsWith('aws.') || source === outcomeSource)) {
    throw invalidField('source', `${quote(source)} requests nothing. Check the rule that sent the event here.`);
  }
  const known = (
    ofSource.length > 0 ? ofSource : operations.filter(({ triggers }) => triggers.source === undefined)
  ).filter(({ triggers }) => triggers.detailType !== undefined);
  const operation = known.find(({ triggers }) => triggers.detailType === detailType);
  if (operation === undefined) {
    const names = known.map(({ triggers }) => quote(`${triggers.detailType}`)).join(', ');
    const allowed = ofSource.length > 0 ? `${names} with this source` : `one of ${names}`;
    throw invalidField('detail-type', `must be ${allowed}, not ${kindOf(detailType)}.`);
  }
  if (!isFields(detail)) throw invalidField('detail', `must be an object, not ${kindOf(detail)}.`);
  return operation.read(detail, {
    where: 'The detail',
    own: [],
    asked: time === undefined ? receivedAt : readMoment(time, { field: 'time', source: 'the event' }, receivedAt),
    receivedAt,
    canWait: true,
    allowAll: false,
    workspace,
    mustBeAddressed: !acceptsUnaddressed,
  });
}
