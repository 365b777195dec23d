import { invalidField, invalidRequest, kindOf, quote } from '../invalid-request.ts';
import { fieldOf, isFields, readMoment, readText, readWholeNumber } from '../read-fields.ts';
import { type Origin, readRestart, readStart, readStop } from '../read-operation.ts';
import type { Addressee, EventBusEnvelope, Fields, Operation } from '../request.ts';

const stateChange = 'ECS Task State Change';
const taskArn = /^arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:task\/[A-Za-z0-9_/-]{1,300}$/;
const startedBy = /^[^\p{Cc}]{1,128}$/u;

const readersByDetailType: Readonly<Record<string, (detail: Fields, origin: Origin) => Operation>> = {
  'Start ECS Task': readStart,
  'Stop ECS Tasks': readStop,
  'Restart ECS Task': readRestart,
};

export function openEventBusEnvelope(event: Fields): EventBusEnvelope {
  return {
    wayIn: 'event-bus',
    source: fieldOf(event, 'source'),
    detailType: fieldOf(event, 'detail-type'),
    time: fieldOf(event, 'time'),
    detail: fieldOf(event, 'detail'),
  };
}

/** @throws StartEnginesError `InvalidRequest` when source, detail-type or detail is not one that we serve. */
export function readEventBusOperation(
  envelope: EventBusEnvelope,
  receivedAt: number,
  { workspace, acceptsUnaddressed }: Addressee,
): Operation {
  const { source, detailType, detail } = envelope;
  if (typeof source !== 'string' || source === '') {
    throw invalidField('source', `must name the sender, not ${kindOf(source)}.`);
  }
  if (source === 'aws.ecs') return readStateChange(detailType, detail);
  // PutEvents refuses sources of AWS's own, so that such an event is one of AWS's that a rule sent here by mistake.
  if (source.startsWith('aws.') || source === 'start-engines') {
    throw invalidField('source', `${quote(source)} asks for nothing: look at the rule that sent the event here.`);
  }
  if (typeof detailType !== 'string' || !Object.hasOwn(readersByDetailType, detailType)) {
    const known = Object.keys(readersByDetailType).map(quote).join(', ');
    throw invalidField('detail-type', `must be one of ${known}, not ${kindOf(detailType)}.`);
  }
  if (!isFields(detail)) throw invalidField('detail', `must be an object, not ${kindOf(detail)}.`);
  const { time } = envelope;
  const asked = time === undefined ? receivedAt : readMoment(time, { field: 'time', source: 'the event' }, receivedAt);
  const read = readersByDetailType[detailType] as (typeof readersByDetailType)[string];
  const mustBeAddressed = !acceptsUnaddressed;
  return read(detail, { where: 'The detail', own: [], asked, allowAll: false, workspace, mustBeAddressed });
}

function readStateChange(detailType: unknown, detail: unknown): Operation {
  if (detailType !== stateChange) {
    throw invalidField('detail-type', `must be ${quote(stateChange)} with this source, not ${kindOf(detailType)}.`);
  }
  if (!isFields(detail)) throw invalidRequest(`detail must be an object, not ${kindOf(detail)}.`, { field: 'detail' });
  const owner = fieldOf(detail, 'startedBy');
  return {
    kind: 'look',
    taskArn: readText(fieldOf(detail, 'taskArn'), 'taskArn', taskArn, 'the ARN of a task'),
    version: readWholeNumber(fieldOf(detail, 'version'), 'version', 0, Number.MAX_SAFE_INTEGER),
    // A task that somebody runs by hand has none.
    startedBy: owner === undefined ? undefined : readText(owner, 'startedBy', startedBy, 'who started the task'),
    running: ['lastStatus', 'desiredStatus'].every((name) => fieldOf(detail, name) === 'RUNNING'),
  };
}
