import { type PermissionRequest, startSandbox } from '@start-engines/sandbox';
import { describe, expect, it, test } from 'vitest';
import { permissionsOf } from '../../packages/sandbox/src/authorisation/authoriser.ts';
import { makeVariedRun } from '../../packages/sandbox/test/wire/varied-run.ts';
import { createIamAuthoriser, type PolicyDocument } from './support/iam-authoriser.ts';

const role = 'arn:aws:iam::123456789012:role/engines';
const tasks = 'arn:aws:ecs:us-east-2:123456789012:task/auth/*';
const cluster = (name: string) => ({ 'ecs:cluster': `arn:aws:ecs:us-east-2:123456789012:cluster/${name}` });

const policy: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Stop',
      Effect: 'Allow',
      Action: ['ecs:StopTask', 'ecs:DescribeTasks'],
      Resource: tasks,
      Condition: { ArnEquals: cluster('auth') },
    },
    {
      Sid: 'Mark',
      Effect: 'Allow',
      Action: 'ecs:TagResource',
      Resource: tasks,
      Condition: { 'ForAllValues:StringLike': { 'aws:TagKeys': ['start-engines:*'] } },
    },
    {
      Sid: 'Health',
      Effect: 'Allow',
      Action: ['elasticloadbalancing:DescribeTargetHealth', 'elasticloadbalancing:RegisterTargets'],
      Resource: 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/auth/0123456789abcdef',
    },
    { Sid: 'Never', Effect: 'Deny', Action: 'ecs:StopTask', Resource: 'arn:aws:ecs:*:*:task/auth/precious' },
  ],
};

const request = (action: string, resource: string, context: PermissionRequest['context'] = {}): PermissionRequest => ({
  roleArn: role,
  principalArn: 'arn:aws:sts::123456789012:assumed-role/engines/engines',
  action,
  resource,
  context,
});
const task = (id: string, of = 'auth') => `arn:aws:ecs:us-east-2:123456789012:task/${of}/${id}`;

describe('the policies of a role', () => {
  const marked = { 'aws:TagKeys': ['start-engines:retire.1'], 'aws:RequestTag/start-engines:retire.1': 'x' };
  const other = { 'aws:TagKeys': ['owner'], 'aws:RequestTag/owner': 'x' };

  it.each([
    ['an action of a statement', request('ecs:StopTask', task('a'), cluster('auth')), 'allow', ['Stop']],
    ['nothing in another cluster', request('ecs:StopTask', task('a'), cluster('pdf')), 'implicit-deny', []],
    ['nothing on another resource', request('ecs:StopTask', task('a', 'pdf'), cluster('auth')), 'implicit-deny', []],
    ['no other action', request('ecs:ListTasks', '*', cluster('auth')), 'implicit-deny', []],
    ['a tag of the right name', request('ecs:TagResource', task('a'), marked), 'allow', ['Mark']],
    ['no other tag', request('ecs:TagResource', task('a'), other), 'implicit-deny', []],
    ['a resource that does not exist yet', request('ecs:TagResource', tasks, marked), 'allow', ['Mark']],
    [
      'no such resource elsewhere',
      request('ecs:TagResource', tasks.replace('auth', 'pdf'), marked),
      'implicit-deny',
      [],
    ],
    [
      'nothing if the action supports no resource and the statement names one (R35)',
      request('elasticloadbalancing:DescribeTargetHealth', '*'),
      'implicit-deny',
      [],
    ],
    [
      'nothing that a statement denies',
      request('ecs:StopTask', task('precious'), cluster('auth')),
      'explicit-deny',
      ['Never'],
    ],
    [
      'nothing of another role',
      { ...request('ecs:StopTask', task('a'), cluster('auth')), roleArn: 'x' },
      'implicit-deny',
      [],
    ],
  ])('allow %s', async (_what, permission, effect, statements) => {
    const authoriser = createIamAuthoriser(role, policy);
    expect(await authoriser.authorise(permission)).toEqual({ effect, statements });
    expect(authoriser.problems()).toEqual([]);
  });

  it('are reported as unused until they have allowed a request', async () => {
    const health = ['DescribeTargetHealth', 'RegisterTargets'].map((name) => `Health elasticloadbalancing:${name}`);
    const authoriser = createIamAuthoriser(role, policy);
    expect(authoriser.unused()).toEqual([
      'Stop ecs:StopTask',
      'Stop ecs:DescribeTasks',
      'Mark ecs:TagResource',
      ...health,
    ]);
    await authoriser.authorise(request('ecs:StopTask', task('a'), cluster('auth')));
    await authoriser.authorise(request('ecs:TagResource', task('a'), other));
    expect(authoriser.unused()).toEqual(['Stop ecs:DescribeTasks', 'Mark ecs:TagResource', ...health]);
  });

  it('report requests with unknown actions or condition keys', async () => {
    const authoriser = createIamAuthoriser(role, policy);
    await authoriser.authorise(request('ecs:TagResource', task('a'), cluster('auth')));
    await authoriser.authorise(request('ecs:StopTusk', task('a')));
    expect(authoriser.problems()).toHaveLength(2);
  });

  it('need a unique Sid for each statement', () => {
    const [first] = policy.Statement;
    if (first === undefined) throw new Error('there is no first statement');
    expect(() => createIamAuthoriser(role, { ...policy, Statement: [first, first] })).toThrow(RangeError);
  });
});

test('IAM knows the actions, resource types and condition keys of every permission that the sandbox requires', async () => {
  const everything = { Sid: 'Everything', Effect: 'Allow', Action: '*', Resource: '*' } as const;
  const authoriser = createIamAuthoriser(role, { ...policy, Statement: [everything] });
  await using sandbox = await startSandbox({ durations: 'none', seed: 23 });
  await makeVariedRun(sandbox);
  const { region, accountId } = sandbox;
  const taskDefinitionArn = `arn:aws:ecs:${region}:${accountId}:task-definition/auth:1`;
  const sources = { region, accountId, findTaskDefinition: () => ({ taskDefinitionArn, taskRoleArn: 'auth-task' }) };
  const denied: string[] = [];
  for (const { service, operation, input, error } of sandbox.calls.list()) {
    // Requests that failed validation were never authorised.
    if (error !== undefined) continue;
    for (const { action, resource, context } of permissionsOf(service, operation, input, sources)) {
      const { effect } = await authoriser.authorise(request(action, resource, context));
      if (effect !== 'allow') denied.push(`${action} on ${resource}`);
    }
  }
  expect(authoriser.problems()).toEqual([]);
  expect(denied).toEqual([]);
});
