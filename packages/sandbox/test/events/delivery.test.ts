import {
  CreateEventBusCommand,
  DeleteRuleCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  type PutEventsRequestEntry,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  type Target,
} from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AwsError } from '../../src/aws-error.ts';
import { createEventsService, type EventsService } from '../../src/events/create-events-service.ts';
import { createRandom } from '../../src/random.ts';
import { createVirtualClock, type VirtualClock } from '../../src/virtual-clock.ts';
import { openTestApi, type TestApi } from '../wire/test-api.ts';

const lambdaArn = 'arn:aws:lambda:us-east-2:123456789012:function:start-engines-lambda-dev';

let clock: VirtualClock;
let service: EventsService;
let api: TestApi;
let events: EventBridgeClient;
let delivered: [target: string, payload: unknown][];
let refusals: AwsError[];

beforeEach(async () => {
  clock = createVirtualClock(Date.UTC(2026, 10, 23, 7, 50, 2, 400));
  delivered = [];
  refusals = [];
  service = createEventsService({
    clock,
    random: createRandom(3),
    region: 'us-east-2',
    accountId: '123456789012',
    deliveryMs: [100, 900],
    duplicateChance: 0,
    invokeAsync(target, payload) {
      const refusal = refusals.shift();
      if (refusal !== undefined) throw refusal;
      delivered.push([target, JSON.parse(payload)]);
    },
  });
  api = await openTestApi({ events: service.operations });
  events = new EventBridgeClient(api.client);
});

afterEach(async () => {
  events.destroy();
  await api[Symbol.asyncDispose]();
});

const startRule = async (target: Partial<Target> = {}) => {
  const EventPattern = JSON.stringify({ source: ['custom.app'], 'detail-type': ['Start ECS Task'] });
  await events.send(new PutRuleCommand({ Name: 'start', EventPattern }));
  await events.send(new PutTargetsCommand({ Rule: 'start', Targets: [{ Id: 'lambda', Arn: lambdaArn, ...target }] }));
};

const start: PutEventsRequestEntry = {
  Source: 'custom.app',
  DetailType: 'Start ECS Task',
  Detail: '{"service":"auth"}',
};
const put = (...Entries: PutEventsRequestEntry[]) => events.send(new PutEventsCommand({ Entries }));

describe('delivery', () => {
  test('passes a matching event to the function in EventBridge’s envelope', async () => {
    await startRule();
    const { Entries } = await put({ ...start, Resources: ['arn:one'] });
    await clock.advance(1_000);
    expect(delivered).toEqual([
      [
        lambdaArn,
        {
          version: '0',
          id: Entries?.[0]?.EventId,
          'detail-type': 'Start ECS Task',
          source: 'custom.app',
          account: '123456789012',
          time: '2026-11-23T07:50:02Z',
          region: 'us-east-2',
          resources: ['arn:one'],
          detail: { service: 'auth' },
        },
      ],
    ]);
  });

  test('ignores rules that do not match, are disabled or belong to another bus', async () => {
    await startRule();
    await events.send(new CreateEventBusCommand({ Name: 'other' }));
    await put(
      { ...start, Source: 'other.app' },
      { ...start, EventBusName: 'other' },
      { ...start, EventBusName: 'none' },
    );
    const EventPattern = JSON.stringify({ source: ['custom.app'] });
    await events.send(new PutRuleCommand({ Name: 'start', EventPattern, State: 'DISABLED' }));
    await put(start);
    await clock.advance(10_000);
    expect(delivered).toEqual([]);
  });

  test('keeps the time of the sender', async () => {
    await startRule();
    await put({ ...start, Time: new Date('2026-01-02T03:04:05.678Z') });
    await clock.advance(1_000);
    expect(delivered).toMatchObject([[lambdaArn, { time: '2026-01-02T03:04:05Z' }]]);
  });

  test.each<[string, Partial<Target>, unknown]>([
    ['a constant', { Input: '{"action":"reconcile"}' }, { action: 'reconcile' }],
    ['a part of the event', { InputPath: '$.detail' }, { service: 'auth' }],
    [
      'the result of a template',
      {
        InputTransformer: {
          InputPathsMap: { name: '$.detail.service', detail: '$.detail' },
          InputTemplate: '{"action":"start","service":<name>,"text":"start <name> now","detail":<detail>}',
        },
      },
      { action: 'start', service: 'auth', text: 'start auth now', detail: { service: 'auth' } },
    ],
  ])('passes %s if the target is configured for it', async (_what, target, expected) => {
    await startRule(target);
    await put(start);
    await clock.advance(1_000);
    expect(delivered).toEqual([[lambdaArn, expected]]);
  });

  test('happens twice if configured, because EventBridge delivers at least once', async () => {
    service.setDuplicateChance(1);
    await startRule();
    await put(start);
    await clock.advance(1_000);
    expect(delivered).toHaveLength(2);
    expect(delivered[0]).toEqual(delivered[1]);
  });

  test('is retried after a throttle', async () => {
    refusals = [new AwsError('TooManyRequestsException', 'Rate Exceeded.', { httpStatus: 429 })];
    await startRule();
    await put(start);
    await clock.advance(900);
    expect(delivered).toHaveLength(0);
    await clock.advance(1_000);
    expect(delivered).toHaveLength(1);
    expect(service.undelivered()).toEqual([]);
  });

  test('goes to the dead-letter queue after all retries', async () => {
    refusals = Array.from({ length: 3 }, () => new AwsError('TooManyRequestsException', 'Rate Exceeded.'));
    await startRule({
      DeadLetterConfig: { Arn: 'arn:aws:sqs:us-east-2:123456789012:dead' },
      RetryPolicy: { MaximumRetryAttempts: 2 },
    });
    await put(start);
    await clock.advance(60_000);
    expect(delivered).toEqual([]);
    expect(service.undelivered()).toMatchObject([
      {
        deadLetterArn: 'arn:aws:sqs:us-east-2:123456789012:dead',
        ruleArn: 'arn:aws:events:us-east-2:123456789012:rule/start',
        errorCode: 'TooManyRequestsException',
        retryAttempts: 2,
        exhaustedRetryCondition: 'MaximumRetryAttempts',
        event: { detail: { service: 'auth' } },
      },
    ]);
  });

  test('fails at once if the function does not exist', async () => {
    refusals = [new AwsError('ResourceNotFoundException', 'Function not found')];
    await startRule();
    await put(start);
    await clock.advance(1_000);
    expect(service.undelivered()).toMatchObject([{ errorCode: 'ResourceNotFoundException', retryAttempts: 0 }]);
  });

  test('an event of an AWS service is delivered in the same way', async () => {
    const EventPattern = JSON.stringify({ source: ['aws.ecs'], 'detail-type': ['ECS Task State Change'] });
    await events.send(new PutRuleCommand({ Name: 'tasks', EventPattern }));
    await events.send(new PutTargetsCommand({ Rule: 'tasks', Targets: [{ Id: 'lambda', Arn: lambdaArn }] }));
    service.publish({ source: 'aws.ecs', detailType: 'ECS Task State Change', detail: { lastStatus: 'RUNNING' } });
    await clock.advance(1_000);
    expect(delivered).toMatchObject([[lambdaArn, { source: 'aws.ecs', detail: { lastStatus: 'RUNNING' } }]]);
  });
});

describe('PutEvents', () => {
  test.each<[string, PutEventsRequestEntry, string, string]>([
    [
      'no source',
      { ...start, Source: undefined },
      'InvalidArgument',
      'Parameter Source is not valid. Reason: Source is a required argument.',
    ],
    [
      'no detail-type',
      { ...start, DetailType: undefined },
      'InvalidArgument',
      'Parameter DetailType is not valid. Reason: DetailType is a required argument.',
    ],
    [
      'no detail',
      { ...start, Detail: undefined },
      'InvalidArgument',
      'Parameter Detail is not valid. Reason: Detail is a required argument.',
    ],
    ['a detail that is not JSON', { ...start, Detail: '{' }, 'MalformedDetail', 'Detail is malformed.'],
    ['a detail that is not an object', { ...start, Detail: '["auth"]' }, 'MalformedDetail', 'Detail is malformed.'],
    [
      'the source of an AWS service',
      { ...start, Source: 'aws.ecs' },
      'NotAuthorizedForSource',
      'Not authorized for the source.',
    ],
  ])('rejects an entry with %s, and accepts the other one', async (_what, entry, ErrorCode, ErrorMessage) => {
    const { FailedEntryCount, Entries } = await put(entry, start);
    expect(FailedEntryCount).toBe(1);
    expect(Entries?.[0]).toEqual({ ErrorCode, ErrorMessage });
    expect(Entries?.[1]?.EventId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  test('accepts entries for an unknown bus, as EventBridge does', async () => {
    expect(await put({ ...start, EventBusName: 'none' })).toMatchObject({ FailedEntryCount: 0 });
  });

  test('rejects no entries, eleven entries, and more than a mebibyte', async () => {
    const name = (entries: PutEventsRequestEntry[]) => put(...entries).catch((error: Error) => error.name);
    expect(await name([])).toBe('ValidationException');
    expect(await name(Array.from({ length: 11 }, () => start))).toBe('ValidationException');
    const large = { ...start, Detail: JSON.stringify({ text: 'x'.repeat(600_000) }) };
    expect(await name([large])).toMatchObject({ FailedEntryCount: 0 });
    expect(await name([large, large])).toBe('ValidationException');
  });
});

describe('rules and targets', () => {
  test('are described, listed and removed', async () => {
    await startRule();
    expect(await events.send(new DescribeRuleCommand({ Name: 'start' }))).toMatchObject({
      Name: 'start',
      Arn: 'arn:aws:events:us-east-2:123456789012:rule/start',
      State: 'ENABLED',
      EventBusName: 'default',
    });
    expect((await events.send(new ListRulesCommand({ NamePrefix: 'st' }))).Rules).toHaveLength(1);
    expect((await events.send(new ListTargetsByRuleCommand({ Rule: 'start' }))).Targets).toEqual([
      { Id: 'lambda', Arn: lambdaArn },
    ]);
    const remove = (name: string) => events.send(new DeleteRuleCommand({ Name: name }));
    await expect(remove('start')).rejects.toMatchObject({ message: "Rule can't be deleted since it has targets." });
    const removed = await events.send(new RemoveTargetsCommand({ Rule: 'start', Ids: ['lambda', 'nosuch'] }));
    expect(removed).toMatchObject({ FailedEntryCount: 1, FailedEntries: [{ TargetId: 'nosuch' }] });
    await remove('start');
    await expect(events.send(new DescribeRuleCommand({ Name: 'start' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Rule start does not exist on EventBus default.',
    });
  });

  test('a changed rule keeps its targets', async () => {
    await startRule();
    await events.send(new PutRuleCommand({ Name: 'start', EventPattern: '{"source":["other.app"]}' }));
    await put({ ...start, Source: 'other.app' });
    await clock.advance(1_000);
    expect(delivered).toHaveLength(1);
  });

  test('a custom bus has an ARN', async () => {
    await events.send(new CreateEventBusCommand({ Name: 'mine' }));
    expect(await events.send(new DescribeEventBusCommand({ Name: 'mine' }))).toMatchObject({
      Arn: 'arn:aws:events:us-east-2:123456789012:event-bus/mine',
    });
    const again = events.send(new CreateEventBusCommand({ Name: 'mine' }));
    await expect(again).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' });
  });

  test.each<[string, Partial<Target>]>([
    ['an invalid ARN', { Arn: 'lambda' }],
    ['an input that is not JSON', { Input: '{' }],
    ['two kinds of input', { Input: '{}', InputPath: '$.detail' }],
  ])('a target with %s is rejected', async (_what, target) => {
    await expect(startRule(target)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
