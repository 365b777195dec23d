import { describe, expect, it } from 'vitest';
import { permissionsOf } from '../../src/authorisation/authoriser.ts';
import type { ServiceName } from '../../src/operation.ts';

const ecs = 'arn:aws:ecs:us-east-2:123456789012';
const elb = 'arn:aws:elasticloadbalancing:us-east-2:123456789012';
const ssm = 'arn:aws:ssm:us-east-2:123456789012:parameter';
const events = 'arn:aws:events:us-east-2:123456789012';
const lambda = 'arn:aws:lambda:us-east-2:123456789012:function';

const sources = {
  region: 'us-east-2',
  accountId: '123456789012',
  findTaskDefinition: (name: string) =>
    name.startsWith('auth')
      ? {
          taskDefinitionArn: `${ecs}:task-definition/auth:7`,
          taskRoleArn: 'arn:aws:iam::123456789012:role/auth-task',
          executionRoleArn: 'pull-images',
        }
      : undefined,
};

type Row = readonly [action: string, resource: string, context?: Readonly<Record<string, unknown>>];

const needed = (service: ServiceName, operation: string, input: Readonly<Record<string, unknown>>): readonly Row[] =>
  permissionsOf(service, operation, input, sources).map(({ action, resource, context }) => [action, resource, context]);

describe('a call needs permission', () => {
  const cluster = { 'ecs:cluster': `${ecs}:cluster/dev` };
  const passed = { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' };

  it('to run the latest revision in the cluster, and to pass each of its roles', () => {
    expect(needed('ecs', 'RunTask', { cluster: 'dev', taskDefinition: 'auth' })).toEqual([
      ['ecs:RunTask', `${ecs}:task-definition/auth:7`, { ...cluster, 'ecs:enable-execute-command': 'false' }],
      ['iam:PassRole', 'arn:aws:iam::123456789012:role/auth-task', passed],
      ['iam:PassRole', 'arn:aws:iam::123456789012:role/pull-images', passed],
    ]);
  });

  it('to pass the role of an override instead of the task definition’s', () => {
    const overrides = { taskRoleArn: 'arn:aws:iam::123456789012:role/admin' };
    const roles = needed('ecs', 'RunTask', { cluster: 'dev', taskDefinition: 'auth', overrides }).slice(1);
    expect(roles).toEqual([
      ['iam:PassRole', 'arn:aws:iam::123456789012:role/admin', passed],
      ['iam:PassRole', 'arn:aws:iam::123456789012:role/pull-images', passed],
    ]);
  });

  it('to tag a new resource that has tags', () => {
    const input = { cluster: 'dev', taskDefinition: 'unknown', tags: [{ key: 'team', value: 'a' }] };
    const tags = { 'aws:TagKeys': ['team'], 'aws:RequestTag/team': 'a' };
    expect(needed('ecs', 'RunTask', input)).toEqual([
      ['ecs:RunTask', `${ecs}:task-definition/unknown`, { ...cluster, 'ecs:enable-execute-command': 'false', ...tags }],
      ['ecs:TagResource', `${ecs}:task/dev/*`, { 'ecs:CreateAction': 'RunTask', ...tags }],
    ]);
  });

  it.each<
    [what: string, ServiceName, operation: string, input: Readonly<Record<string, unknown>>, rows: readonly Row[]]
  >([
    [
      'for each task separately',
      'ecs',
      'DescribeTasks',
      { cluster: `${ecs}:cluster/dev`, tasks: ['a', `${ecs}:task/dev/b`] },
      [
        ['ecs:DescribeTasks', `${ecs}:task/dev/a`, cluster],
        ['ecs:DescribeTasks', `${ecs}:task/dev/b`, cluster],
      ],
    ],
    ['a task', 'ecs', 'StopTask', { cluster: 'dev', task: 'a' }, [['ecs:StopTask', `${ecs}:task/dev/a`, cluster]]],
    ['a whole cluster', 'ecs', 'ListTasks', { cluster: 'dev' }, [['ecs:ListTasks', '*', cluster]]],
    [
      'a mark',
      'ecs',
      'TagResource',
      { resourceArn: `${ecs}:task/dev/a`, tags: [{ key: 'start-engines:retire.1', value: 'x' }] },
      [
        [
          'ecs:TagResource',
          `${ecs}:task/dev/a`,
          { 'aws:TagKeys': ['start-engines:retire.1'], 'aws:RequestTag/start-engines:retire.1': 'x' },
        ],
      ],
    ],
    [
      'a target group',
      'elasticloadbalancing',
      'RegisterTargets',
      { TargetGroupArn: `${elb}:targetgroup/auth/1` },
      [['elasticloadbalancing:RegisterTargets', `${elb}:targetgroup/auth/1`, {}]],
    ],
    [
      'for no specific target group, to read target health',
      'elasticloadbalancing',
      'DescribeTargetHealth',
      { TargetGroupArn: `${elb}:targetgroup/auth/1` },
      [['elasticloadbalancing:DescribeTargetHealth', '*', {}]],
    ],
    [
      'for a path exactly as given',
      'ssm',
      'GetParametersByPath',
      { Path: '/a/b', Recursive: true },
      [['ssm:GetParametersByPath', `${ssm}/a/b`, { 'ssm:Recursive': 'true' }]],
    ],
    [
      'for names without their versions',
      'ssm',
      'GetParameters',
      { Names: ['/a/b:3', 'c'] },
      [
        ['ssm:GetParameters', `${ssm}/a/b`, {}],
        ['ssm:GetParameters', `${ssm}/c`, {}],
      ],
    ],
    [
      'for the bus of each entry',
      'events',
      'PutEvents',
      {
        Entries: [
          { Source: 's', DetailType: 't' },
          { Source: 's', DetailType: 't', EventBusName: 'other' },
        ],
      },
      [
        ['events:PutEvents', `${events}:event-bus/default`, { 'events:source': ['s'], 'events:detail-type': ['t'] }],
        ['events:PutEvents', `${events}:event-bus/other`, { 'events:source': ['s'], 'events:detail-type': ['t'] }],
      ],
    ],
    [
      'a rule of another bus',
      'events',
      'DescribeRule',
      { Name: 'start', EventBusName: 'other' },
      [['events:DescribeRule', `${events}:rule/other/start`, {}]],
    ],
    [
      'the streams of a log group',
      'logs',
      'FilterLogEvents',
      { logGroupName: '/aws/lambda/engines' },
      [['logs:FilterLogEvents', 'arn:aws:logs:us-east-2:123456789012:log-group:/aws/lambda/engines:log-stream:', {}]],
    ],
    [
      'an alias',
      'lambda',
      'Invoke',
      { FunctionName: 'engines', Qualifier: 'live' },
      [['lambda:InvokeFunction', `${lambda}:engines:live`, {}]],
    ],
  ])('for %s', (_what, service, operation, input, rows) => {
    expect(needed(service, operation, input)).toEqual(rows);
  });

  it('on all resources for an operation without an entry', () => {
    expect(needed('ecs', 'DescribeCapacityProviders', {})).toEqual([['ecs:DescribeCapacityProviders', '*', {}]]);
  });

  it('for nothing with an invalid input, which the operation itself rejects', () => {
    expect(needed('ecs', 'DescribeTasks', { tasks: 'a' })).toEqual([]);
  });

  it('to read metrics, and to put those of a namespace', () => {
    expect(needed('monitoring', 'GetMetricData', {})).toEqual([['cloudwatch:GetMetricData', '*', {}]]);
    expect(needed('monitoring', 'PutMetricData', { Namespace: 'Orders' })).toEqual([
      ['cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': 'Orders' }],
    ]);
  });
});
