import { invalidField, kindOf, quote } from '../invalid-request.ts';
import { operations } from '../operations/index.ts';
import type { Fields, OperationRequest } from '../operations/operation.ts';
import { fieldOf, readMoment } from '../read-fields.ts';
import { givenCorrelationId } from './correlation-id.ts';
import { type Addressee, answerWithObject, type Trigger } from './trigger.ts';

/**
 * A direct invoke, which is also how Step Functions and EventBridge Scheduler call. `action` names the operation, and `asked`
 * says when it was requested: Lambda's retry in another process would otherwise count as a later request.
 */
export const direct: Trigger = {
  mark: 'action',
  open: (input) => ({
    wayIn: 'direct',
    ...givenCorrelationId(input),
    read: (receivedAt, addressee) => read(input, receivedAt, addressee),
    answer: answerWithObject,
    answersFailures: false,
  }),
};

function read(input: Fields, receivedAt: number, { workspace }: Addressee): OperationRequest {
  const action = fieldOf(input, 'action');
  const known = operations.filter(({ triggers }) => triggers.action !== undefined);
  const operation = known.find(({ triggers }) => triggers.action === action);
  if (operation === undefined) {
    const names = known.map(({ triggers }) => quote(`${triggers.action}`)).join(', ');
    throw invalidField('action', `must be one of ${names}, not ${kindOf(action)}.`);
  }
  const given = fieldOf(input, 'asked');
  return operation.read(input, {
    where: 'The input',
    own: ['action', 'asked'],
    asked: given === undefined ? receivedAt : readMoment(given, { field: 'asked', source: 'the input' }, receivedAt),
    receivedAt,
    canWait: true,
    allowAll: true,
    workspace,
    mustBeAddressed: false,
  });
}
