import { expect, test } from 'vitest';
import { createEventBus } from '../src/index.ts';
import { startCannedAws } from './canned-aws.ts';

const started = {
  source: 'start-engines',
  detailType: 'Service Started',
  detail: { service: 'auth', correlationId: 'correlation-1' },
};

async function put(answer: object) {
  await using aws = await startCannedAws(() => ({ json: answer }));
  await createEventBus({ client: aws.clients.eventBridge, eventBusName: 'engines' }).put(started);
  return aws.calls;
}

test('an event is one entry on the bus', async () => {
  expect(await put({ FailedEntryCount: 0, Entries: [{ EventId: 'event-0' }] })).toEqual([
    {
      operation: 'PutEvents',
      input: {
        Entries: [
          {
            EventBusName: 'engines',
            Source: 'start-engines',
            DetailType: 'Service Started',
            Detail: '{"service":"auth","correlationId":"correlation-1"}',
          },
        ],
      },
    },
  ]);
});

test.each([
  ['ThrottlingException', 'AwsThrottled'],
  ['InternalFailure', 'AwsUnavailable'],
  ['MalformedDetail', 'AwsRejected'],
])('R51: an event that the bus refuses with %s is an error, although the call succeeded', async (ErrorCode, name) => {
  const refused = { FailedEntryCount: 1, Entries: [{ ErrorCode, ErrorMessage: 'no' }] };
  await expect(put(refused)).rejects.toMatchObject({
    name,
    message: `EventBridge PutEvents: ${ErrorCode}: no`,
    context: { service: 'EventBridge', operation: 'PutEvents', eventBusName: 'engines', awsCode: ErrorCode },
  });
});

test('R51: an event that is missing from the answer counts as refused', async () => {
  await expect(put({ FailedEntryCount: 1, Entries: [] })).rejects.toMatchObject({
    name: 'AwsRejected',
    context: { awsCode: 'NoEventId' },
  });
});
