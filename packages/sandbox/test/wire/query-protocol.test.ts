import {
  CreateRuleCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AwsError } from '../../src/aws-error.ts';
import type { Operation } from '../../src/operation.ts';
import { signedHeaders } from './signed-request.ts';
import { openTestApi, type TestApi } from './test-api.ts';

let api: TestApi;
let elb: ElasticLoadBalancingV2Client;
let inputs: Readonly<Record<string, unknown>>[];
let answer: Operation;

beforeEach(async () => {
  inputs = [];
  answer = () => ({});
  const record: Operation = (input, context) => {
    inputs.push(input);
    return answer(input, context);
  };
  const operations = {
    RegisterTargets: record,
    CreateRule: record,
    DescribeLoadBalancers: record,
    DescribeTargetHealth: record,
    ModifyListener: record,
  };
  api = await openTestApi({ elasticloadbalancing: operations });
  elb = new ElasticLoadBalancingV2Client(api.client);
});

afterEach(async () => {
  elb.destroy();
  await api[Symbol.asyncDispose]();
});

const post = async (form: string) => {
  const response = await fetch(api.endpoint, {
    method: 'POST',
    headers: { ...signedHeaders('elasticloadbalancing'), 'content-type': 'application/x-www-form-urlencoded' },
    body: form,
  });
  return { status: response.status, text: await response.text() };
};

test('a list of structures is parsed, with numbers as numbers', async () => {
  const Targets = [{ Id: '10.0.0.1', Port: 8080 }, { Id: '10.0.0.2' }];
  await elb.send(new RegisterTargetsCommand({ TargetGroupArn: 'arn:group', Targets }));
  expect(inputs).toEqual([
    { TargetGroupArn: 'arn:group', Targets: [{ Id: '10.0.0.1', Port: 8080 }, { Id: '10.0.0.2' }] },
  ]);
});

test('the eleventh item follows the tenth', async () => {
  const Targets = Array.from({ length: 12 }, (_, index) => ({ Id: `10.0.0.${index}` }));
  await elb.send(new RegisterTargetsCommand({ TargetGroupArn: 'arn:group', Targets }));
  expect(inputs).toEqual([{ TargetGroupArn: 'arn:group', Targets }]);
});

test('nested members keep their types', async () => {
  await elb.send(
    new CreateRuleCommand({
      ListenerArn: 'arn:listener',
      Priority: 10,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/api/auth', '/api/auth/*'] } }],
      Actions: [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [{ TargetGroupArn: 'arn:group', Weight: 1 }],
            TargetGroupStickinessConfig: { Enabled: false },
          },
        },
      ],
    }),
  );
  expect(inputs[0]).toEqual({
    ListenerArn: 'arn:listener',
    Priority: 10,
    Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/api/auth', '/api/auth/*'] } }],
    Actions: [
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: [{ TargetGroupArn: 'arn:group', Weight: 1 }],
          TargetGroupStickinessConfig: { Enabled: false },
        },
      },
    ],
  });
});

test('an empty list is a list', async () => {
  await elb.send(new RegisterTargetsCommand({ TargetGroupArn: 'arn:group', Targets: [] }));
  expect(inputs[0]).toEqual({ TargetGroupArn: 'arn:group', Targets: [] });
});

test('a reply is read back unchanged: lists, numbers, dates, special characters', async () => {
  const LoadBalancers = [
    {
      LoadBalancerName: 'a & b <"c">',
      CreatedTime: new Date('2026-01-02T03:04:05.678Z'),
      State: { Code: 'active' },
      SecurityGroups: ['sg-1', 'sg-2'],
    },
  ];
  answer = () => ({ LoadBalancers });
  expect((await elb.send(new DescribeLoadBalancersCommand({}))).LoadBalancers).toEqual(LoadBalancers);
  answer = () => ({ TargetHealthDescriptions: [{ Target: { Id: '10.0.0.1', Port: 8080 } }] });
  const health = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: 'arn:group' }));
  expect(health.TargetHealthDescriptions).toEqual([{ Target: { Id: '10.0.0.1', Port: 8080 } }]);
});

test('an error has its code and message', async () => {
  answer = () => {
    throw new AwsError('TargetGroupNotFound', "One or more target groups not found <'x'>");
  };
  await expect(elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: 'arn:x' }))).rejects.toMatchObject({
    name: 'TargetGroupNotFoundException',
    Code: 'TargetGroupNotFound',
    message: "One or more target groups not found <'x'>",
    $fault: 'client',
    $metadata: { httpStatusCode: 400 },
  });
});

test('an unknown action is invalid', async () => {
  expect(await post('Action=MakeTea&Version=2015-12-01')).toEqual({
    status: 400,
    text: expect.stringContaining(
      '<Type>Sender</Type><Code>InvalidAction</Code><Message>The action MakeTea is not valid for this web service.</Message>',
    ),
  });
  expect((await post('Action=RegisterTargets&Version=2012-06-01')).text).toContain('<Code>InvalidAction</Code>');
});

test.each([
  [
    'an invalid number',
    'Action=CreateRule&ListenerArn=a&Priority=ten&Conditions=&Actions=',
    "Value 'ten' at 'Priority' can not be converted to an Integer",
  ],
  [
    'a structure without a required member',
    'Action=RegisterTargets&TargetGroupArn=a&Targets.member.1.Port=1',
    "1 validation error detected: Value null at 'targets[0].id' failed to satisfy constraint: Member must not be null",
  ],
  [
    'a missing required member',
    'Action=RegisterTargets&Targets.member.1.Id=a',
    "1 validation error detected: Value null at 'targetGroupArn' failed to satisfy constraint: Member must not be null",
  ],
])('%s is a ValidationError that names the member', async (_what, form, message) => {
  const { status, text } = await post(`${form}&Version=2015-12-01`);
  expect(status).toBe(400);
  expect(text).toContain(`<Code>ValidationError</Code><Message>${message}</Message>`);
  expect(inputs).toEqual([]);
});
