import type { InputShapes } from '../shape.ts';

const tag = { 'Key!': 'string', 'Value!': 'string' } as const;
const paging = { Limit: 'integer', NextToken: 'string' } as const;

const target = {
  'Id!': 'string',
  'Arn!': 'string',
  RoleArn: 'string',
  Input: 'string',
  InputPath: 'string',
  InputTransformer: { InputPathsMap: { '*': 'string' }, 'InputTemplate!': 'string' },
  DeadLetterConfig: { Arn: 'string' },
  RetryPolicy: { MaximumRetryAttempts: 'integer', MaximumEventAgeInSeconds: 'integer' },
} as const;

/** Inputs of EventBridge's operations (API version 2015-10-07). */
export const eventsInputShapes: InputShapes = {
  PutRule: {
    'Name!': 'string',
    ScheduleExpression: 'string',
    EventPattern: 'string',
    State: 'string',
    Description: 'string',
    RoleArn: 'string',
    Tags: [tag],
    EventBusName: 'string',
  },
  DescribeRule: { 'Name!': 'string', EventBusName: 'string' },
  ListRules: { NamePrefix: 'string', EventBusName: 'string', ...paging },
  DeleteRule: { 'Name!': 'string', EventBusName: 'string', Force: 'boolean' },
  EnableRule: { 'Name!': 'string', EventBusName: 'string' },
  DisableRule: { 'Name!': 'string', EventBusName: 'string' },
  PutTargets: { 'Rule!': 'string', EventBusName: 'string', 'Targets!': [target] },
  ListTargetsByRule: { 'Rule!': 'string', EventBusName: 'string', ...paging },
  RemoveTargets: { 'Rule!': 'string', EventBusName: 'string', 'Ids!': ['string'], Force: 'boolean' },
  CreateEventBus: { 'Name!': 'string', EventSourceName: 'string', Description: 'string', Tags: [tag] },
  DescribeEventBus: { Name: 'string' },
  ListEventBuses: { NamePrefix: 'string', ...paging },
  PutEvents: {
    'Entries!': [
      {
        Time: 'timestamp',
        Source: 'string',
        Resources: ['string'],
        DetailType: 'string',
        Detail: 'string',
        EventBusName: 'string',
        TraceHeader: 'string',
      },
    ],
    EndpointId: 'string',
  },
  TestEventPattern: { 'EventPattern!': 'string', 'Event!': 'string' },
};
