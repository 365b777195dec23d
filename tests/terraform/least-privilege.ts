import {
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
  TagResourceCommand,
} from '@aws-sdk/client-ecs';
import {
  DeregisterTargetsCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { EventBridgeClient, PutEventsCommand, PutRuleCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { GetParametersByPathCommand, GetParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import type { DeployedWorld } from './support/deployed-world.ts';
import { type Deployment, mappingDocuments, policyOfRole } from './support/deployment.ts';
import { createIamAuthoriser } from './support/iam-authoriser.ts';

/** SDK clients with the credentials of a function process. */
interface FunctionClients {
  readonly ecs: ECSClient;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly events: EventBridgeClient;
  readonly lambda: LambdaClient;
  readonly ssm: SSMClient;
}

const cluster = 'auth-cluster';
const taskDefinition = 'auth-api-task';
const task = (name: string) => `arn:aws:ecs:us-east-2:123456789012:task/${name}/${'0'.repeat(32)}`;
const tag = (resourceArn: string, key: string) => new TagResourceCommand({ resourceArn, tags: [{ key, value: 'x' }] });

/** Calls outside the workspace or the function's purpose, with their IAM actions. */
function forbiddenCalls(foreignGroup: string) {
  const run = (input: Partial<RunTaskCommandInput>) => new RunTaskCommand({ cluster, taskDefinition, ...input });
  const roleArn = 'arn:aws:iam::123456789012:role/admin';
  const target = { TargetGroupArn: foreignGroup, Targets: [{ Id: '10.0.0.1', Port: 8080 }] };
  const entry = { Source: 'start-engines', DetailType: 'Service Started', Detail: '{}', EventBusName: 'payroll' };
  type Call = readonly [action: string, what: string, call: (clients: FunctionClients) => Promise<unknown>];
  const calls: readonly Call[] = [
    ['ecs:RunTask', 'another family', ({ ecs }) => ecs.send(run({ taskDefinition: 'payroll-task' }))],
    ['ecs:RunTask', 'another cluster', ({ ecs }) => ecs.send(run({ cluster: 'payroll' }))],
    ['iam:PassRole', 'another role', ({ ecs }) => ecs.send(run({ overrides: { taskRoleArn: roleArn } }))],
    [
      'iam:PassRole',
      'another execution role',
      ({ ecs }) => ecs.send(run({ overrides: { executionRoleArn: roleArn } })),
    ],
    ['ecs:TagResource', 'a foreign tag', ({ ecs }) => ecs.send(tag(task(cluster), 'owner'))],
    ['ecs:TagResource', 'a foreign task', ({ ecs }) => ecs.send(tag(task('payroll'), 'start-engines:retire.1'))],
    [
      'ecs:StopTask',
      'a foreign task',
      ({ ecs }) => ecs.send(new StopTaskCommand({ cluster: 'payroll', task: task('payroll') })),
    ],
    [
      'ecs:DescribeTasks',
      'a foreign task',
      ({ ecs }) => ecs.send(new DescribeTasksCommand({ cluster: 'payroll', tasks: [task('payroll')] })),
    ],
    ['ecs:ListTasks', 'another cluster', ({ ecs }) => ecs.send(new ListTasksCommand({ cluster: 'payroll' }))],
    [
      'elasticloadbalancing:RegisterTargets',
      'the other workspace',
      ({ elb }) => elb.send(new RegisterTargetsCommand(target)),
    ],
    [
      'elasticloadbalancing:DeregisterTargets',
      'the other workspace',
      ({ elb }) => elb.send(new DeregisterTargetsCommand(target)),
    ],
    [
      'ssm:GetParameters',
      'the other workspace',
      ({ ssm }) => ssm.send(new GetParametersCommand({ Names: ['/start-engines/prod/services/auth'] })),
    ],
    [
      'ssm:GetParametersByPath',
      'the other workspace',
      ({ ssm }) => ssm.send(new GetParametersByPathCommand({ Path: '/start-engines/prod/services' })),
    ],
    [
      'ssm:PutParameter',
      'its own mapping',
      ({ ssm }) =>
        ssm.send(new PutParameterCommand({ Name: '/start-engines/dev/services/auth', Value: '{}', Type: 'String' })),
    ],
    [
      'ssm:PutParameter',
      'its key for launch facts, which it may create and not replace',
      ({ ssm }) =>
        ssm.send(
          new PutParameterCommand({
            Name: '/start-engines/dev/keys/launch-facts',
            Value: 'k'.repeat(43),
            Type: 'SecureString',
            Overwrite: true,
          }),
        ),
    ],
    [
      'ssm:GetParameters',
      "the other workspace's key for launch facts",
      ({ ssm }) =>
        ssm.send(new GetParametersCommand({ Names: ['/start-engines/prod/keys/launch-facts'], WithDecryption: true })),
    ],
    ['events:PutEvents', 'another bus', ({ events }) => events.send(new PutEventsCommand({ Entries: [entry] }))],
    [
      'events:PutRule',
      'its own rule',
      ({ events }) =>
        events.send(new PutRuleCommand({ Name: 'start-engines-start-dev', EventPattern: '{"source":["x"]}' })),
    ],
    [
      'lambda:InvokeFunction',
      'itself',
      ({ lambda }) => lambda.send(new InvokeCommand({ FunctionName: 'start-engines-lambda-dev:live' })),
    ],
    [
      'lambda:UpdateFunctionCode',
      'itself',
      ({ lambda }) =>
        lambda.send(
          new UpdateFunctionCodeCommand({ FunctionName: 'start-engines-lambda-dev', ZipFile: new Uint8Array(4) }),
        ),
    ],
  ];
  return calls;
}

/** Registers tests of the role. They must run after the tests of livesOfServices, whose calls they evaluate. */
export function leastPrivilege(world: () => DeployedWorld, dev: () => Deployment, prod: () => Deployment): void {
  test('no required permission was denied (R35)', () => {
    const denied = world()
      .sandbox.authorisations()
      .filter(({ effect }) => effect !== 'allow');
    expect(denied.map(({ action, resource }) => `${action} on ${resource}`)).toEqual([]);
    expect(world().authoriser.problems()).toEqual([]);
  });

  test('every action of every statement was used', () => {
    expect(world().authoriser.unused()).toEqual([]);
  });

  test('the role may register targets in the groups of every mapping (R38)', async () => {
    const groups = [...mappingDocuments(dev()).values()].flatMap(({ targetGroupArn }) => targetGroupArn ?? []);
    expect(groups).toHaveLength(5);
    for (const group of groups) {
      for (const action of ['RegisterTargets', 'DeregisterTargets']) {
        const principalArn = 'arn:aws:sts::123456789012:assumed-role/start-engines-lambda-role-dev/function';
        const { effect } = await world().authoriser.authorise({
          roleArn: world().roleArn,
          principalArn,
          action: `elasticloadbalancing:${action}`,
          resource: String(group),
          context: {},
        });
        expect([group, effect]).toEqual([group, 'allow']);
      }
    }
  });

  test('the role of one workspace has no access to the other’s resources', async () => {
    const { Role } = prod().function.configuration;
    const other = createIamAuthoriser(Role, policyOfRole(prod(), Role));
    const own = world()
      .sandbox.authorisations()
      .filter(({ resource }) => /[-/]dev\b/.test(resource));
    const services = new Set(own.map(({ action }) => action.split(':')[0]));
    expect([...services].sort()).toEqual(['elasticloadbalancing', 'logs', 'sqs', 'ssm']);
    for (const request of own) {
      const { effect } = await other.authorise({ ...request, roleArn: Role });
      expect([request.action, request.resource, effect]).toEqual([request.action, request.resource, 'implicit-deny']);
    }
  });

  test('calls outside the workspace are denied and have no effect', async () => {
    const clients = clientsOfFunction(world());
    const [foreign] = prod().loadBalancer.targetGroups;
    const before = world().sandbox.calls.lastSequence;
    const calls = forbiddenCalls(foreign?.TargetGroupArn ?? '');
    for (const [action, what, call] of calls) {
      const message = await call(clients).then(
        () => 'allowed',
        (error: Error) => error.message,
      );
      expect(`${what}: ${message}`).toContain(`${what}: User: `);
      expect(`${what}: ${message}`).toContain(`is not authorized to perform: ${action} `);
    }
    for (const client of Object.values(clients)) client.destroy();
    const made = world().sandbox.calls.list({ after: before });
    expect(made.map(({ authorisations }) => authorisations?.at(-1)?.effect)).toEqual(
      calls.map(([action, what]) =>
        // A separate Deny statement limits these two actions to the workspace's clusters.
        what === 'another cluster' && ['ecs:RunTask', 'ecs:ListTasks'].includes(action)
          ? 'explicit-deny'
          : 'implicit-deny',
      ),
    );
    expect(made.filter(({ error }) => error === undefined)).toEqual([]);
  });

  /** The permissions of a role that an AWS service assumes. */
  function rightsOf(roleArn: string) {
    const authoriser = createIamAuthoriser(roleArn, policyOfRole(dev(), roleArn));
    const principalArn = `arn:aws:sts::123456789012:assumed-role/${roleArn.split('/').at(-1)}/session`;
    const may = async (action: string, resource: string) =>
      (await authoriser.authorise({ roleArn, principalArn, action, resource, context: {} })).effect;
    return { authoriser, may };
  }

  test('the API’s role may only invoke the alias', async () => {
    const { authoriser, may } = rightsOf(dev().api.integrations[0]?.CredentialsArn ?? '');
    const name = 'arn:aws:lambda:us-east-2:123456789012:function:start-engines-lambda-dev';
    expect(await may('lambda:InvokeFunction', `${name}:live`)).toBe('allow');
    expect(await may('lambda:InvokeFunction', name)).toBe('implicit-deny');
    expect([authoriser.unused(), authoriser.problems()]).toEqual([[], []]);
  });

  test('the schedules’ role may only invoke the alias and write to the queue', async () => {
    const { authoriser, may } = rightsOf(dev().schedules[0]?.Target.RoleArn ?? '');
    for (const { Target } of dev().schedules) {
      expect(await may('lambda:InvokeFunction', Target.Arn)).toBe('allow');
      expect(await may('sqs:SendMessage', Target.DeadLetterConfig.Arn)).toBe('allow');
    }
    expect(await may('lambda:InvokeFunction', 'arn:aws:lambda:us-east-2:123456789012:function:payroll')).toBe(
      'implicit-deny',
    );
    expect([authoriser.unused(), authoriser.problems()]).toEqual([[], []]);
  });
}

/** The access key of a process that has run, which represents the function's role for the lifetime of the sandbox. */
function clientsOfFunction({ sandbox }: DeployedWorld): FunctionClients {
  const [process] = sandbox.lambda.processes();
  if (process === undefined) throw new Error('the function has not run');
  const credentials = { accessKeyId: process.accessKeyId, secretAccessKey: 'secret' };
  const settings = { endpoint: sandbox.endpoint, region: sandbox.region, credentials, maxAttempts: 1 };
  return {
    ecs: new ECSClient(settings),
    elb: new ElasticLoadBalancingV2Client(settings),
    events: new EventBridgeClient(settings),
    lambda: new LambdaClient(settings),
    ssm: new SSMClient(settings),
  };
}
