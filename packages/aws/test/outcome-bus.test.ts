import { expect, test } from 'vitest';
import { createOutcomeBus, type OutcomeEvent } from '../src/index.ts';
import { type CannedAws, startCannedAws } from './canned-aws.ts';

const started: OutcomeEvent = {
  source: 'start-engines',
  detailType: 'Service Started',
  detail: { service: 'auth', correlationId: 'correlation-1' },
};

function bus(aws: CannedAws) {
  return createOutcomeBus({ client: aws.clients.eventBridge, eventBusName: 'engines' });
}

/** PutEvents' answer: the error of each event, or undefined for one that was taken. */
function answer(...errorCodes: readonly (string | undefined)[]) {
  return {
    json: {
      FailedEntryCount: errorCodes.filter((code) => code !== undefined).length,
      Entries: errorCodes.map((code, index) =>
        code === undefined ? { EventId: `event-${index}` } : { ErrorCode: code, ErrorMessage: 'no' },
      ),
    },
  };
}

test('an outcome is one entry on the bus', async () => {
  await using aws = await startCannedAws(() => answer(undefined));
  await bus(aws).putEvents([started]);
  expect(aws.calls).toEqual([
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

test('no outcomes are no call', async () => {
  await using aws = await startCannedAws(() => answer());
  await bus(aws).putEvents([]);
  expect(aws.calls).toEqual([]);
});

test('events go ten at a time', async () => {
  await using aws = await startCannedAws(({ input }) => answer(...(input.Entries as unknown[]).map(() => undefined)));
  await bus(aws).putEvents(Array.from({ length: 21 }, () => started));
  expect(aws.calls.map(({ input }) => (input.Entries as unknown[]).length)).toEqual([10, 10, 1]);
});

test('R51: events that the bus refuses are an error, although the call succeeded', async () => {
  await using aws = await startCannedAws(() => answer(undefined, 'ThrottlingException', undefined));
  await expect(bus(aws).putEvents([started, started, started])).rejects.toMatchObject({
    name: 'AwsThrottled',
    message: 'EventBridge PutEvents: 1 of 3 events were refused: ThrottlingException',
    context: {
      service: 'EventBridge',
      operation: 'PutEvents',
      eventBusName: 'engines',
      refused: [{ index: 1, awsCode: 'ThrottlingException', message: 'no' }],
    },
  });
});

test('R51: one refusal that cannot heal outweighs those that can', async () => {
  await using aws = await startCannedAws(() => answer('InternalFailure', 'MalformedDetail', 'ThrottlingException'));
  await expect(bus(aws).putEvents([started, started, started])).rejects.toMatchObject({
    name: 'AwsRejected',
    cause: expect.any(AggregateError),
  });
});

test('R51: an event that the answer does not speak of is not on the bus', async () => {
  await using aws = await startCannedAws(() => ({ json: { FailedEntryCount: 1, Entries: [{ EventId: 'event-0' }] } }));
  await expect(bus(aws).putEvents([started, started])).rejects.toMatchObject({
    name: 'AwsRejected',
    context: { refused: [{ index: 1, awsCode: 'NoEventId', message: 'no message' }] },
  });
});

test('R51: the events after a refused one are put all the same, and counted on', async () => {
  await using aws = await startCannedAws((_call, index) =>
    index === 0
      ? answer(...Array.from({ length: 10 }, (_, entry) => (entry === 3 ? 'InternalFailure' : undefined)))
      : answer(undefined, 'InternalFailure'),
  );
  const putting = bus(aws).putEvents(Array.from({ length: 12 }, () => started));
  await expect(putting).rejects.toMatchObject({
    name: 'AwsUnavailable',
    context: { refused: [{ index: 3 }, { index: 11 }] },
  });
  expect(aws.calls).toHaveLength(2);
});
