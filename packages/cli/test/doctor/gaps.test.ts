import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/doctor/diagnose.ts';
import { createLoadBalancerReader } from '../../src/doctor/gather-load-balancers.ts';
import { createNetworkReader } from '../../src/doctor/gather-network.ts';
import { readOtherPlanes, readTasks } from '../../src/doctor/gather-tasks.ts';
import { createMendCommands } from '../../src/doctor/mend-commands.ts';
import { readCluster } from '../../src/envelope/read-cluster.ts';
import { readDefinition } from '../../src/envelope/read-definition.ts';
import { readFunction } from '../../src/envelope/read-function.ts';
import { soundEvidence } from './sound-evidence.ts';

// Later pages, missing facts and unknown values in answers of AWS never lead to a wrong verdict.

type Input = Readonly<Record<string, unknown>>;
type Replies = Readonly<Record<string, (input: Input) => object>>;

/** AWS access that answers each command from a table. */
function access(replies: Replies): never {
  const client = async () => ({
    send: async (command: { readonly constructor: { readonly name: string }; readonly input: Input }) =>
      replies[command.constructor.name.replace(/Command$/, '')]?.(command.input) ?? {},
  });
  return { ecs: client, ec2: client, lambda: client, elasticLoadBalancing: client } as never;
}

const refuse = (name: string, message: string) => () => {
  throw Object.assign(new Error(message), { name, $fault: 'client', $metadata: { httpStatusCode: 400 } });
};

describe('pages', () => {
  test('a listener on the second page is read, with its rules on the second page', async () => {
    const reader = await createLoadBalancerReader(
      access({
        DescribeLoadBalancers: () => ({ LoadBalancers: [{ LoadBalancerArn: 'arn:alb' }] }),
        DescribeListeners: ({ Marker }) =>
          Marker === undefined
            ? { Listeners: [{ ListenerArn: 'a' }], NextMarker: '2' }
            : { Listeners: [{ ListenerArn: 'b' }] },
        DescribeRules: ({ ListenerArn, Marker }) =>
          Marker === undefined
            ? { Rules: [], NextMarker: '2' }
            : { Rules: [{ RuleArn: `${ListenerArn}/rule`, Priority: 'default' }] },
      }),
    );
    const [balancer] = await reader.balancers(['arn:alb']);
    expect(balancer?.listeners.map(({ arn, rules }) => [arn, rules.map((rule) => rule.arn)])).toEqual([
      ['a', ['a/rule']],
      ['b', ['b/rule']],
    ]);
  });

  test('load balancers above the limit of one call are read in several calls', async () => {
    const asked: unknown[][] = [];
    const reader = await createLoadBalancerReader(
      access({
        DescribeLoadBalancers: ({ LoadBalancerArns }) => {
          asked.push(LoadBalancerArns as unknown[]);
          return { LoadBalancers: [] };
        },
      }),
    );
    await reader.balancers(Array.from({ length: 21 }, (_, index) => `arn:${index}`));
    expect(asked.map((arns) => arns.length)).toEqual([20, 1]);
  });

  test('subnets, security groups and interfaces on the second page are read', async () => {
    const paged =
      (name: string, one: object) =>
      ({ NextToken }: Input) =>
        NextToken === undefined ? { [name]: [], NextToken: '2' } : { [name]: [one] };
    const reader = await createNetworkReader(
      access({
        DescribeSubnets: paged('Subnets', { SubnetId: 'subnet-a' }),
        DescribeSecurityGroups: paged('SecurityGroups', { GroupId: 'sg-a' }),
        DescribeNetworkInterfaces: paged('NetworkInterfaces', {
          NetworkInterfaceId: 'eni-a',
          PrivateIpAddress: '10.0.0.1',
        }),
      }),
    );
    expect((await reader.subnets(['subnet-a'])).map(({ id }) => id)).toEqual(['subnet-a']);
    expect((await reader.securityGroups(['sg-a'])).map(({ id }) => id)).toEqual(['sg-a']);
    expect((await reader.interfacesAt(['10.0.0.1'])).map(({ id }) => id)).toEqual(['eni-a']);
  });
});

describe('resources that ECS lists but does not describe', () => {
  const owner = { workspace: 'dev', service: 'auth' };
  const tasksOf = (failures: object[]) =>
    readTasks(
      access({
        ListTasks: ({ desiredStatus }) => ({ taskArns: desiredStatus === 'RUNNING' ? ['arn:live'] : ['arn:ended'] }),
        DescribeTasks: () => ({ tasks: [], failures }),
      }),
      owner,
      ['main'],
    );

  test.each([
    ['a task that should be running', { arn: 'arn:live', reason: 'MISSING' }],
    ['a task with another failure reason', { arn: 'arn:ended', reason: 'INTERNAL' }],
  ])('%s is a gap', async (_, failure) => {
    await expect(tasksOf([failure])).rejects.toMatchObject({ code: 'AwsUnavailable' });
  });

  test('an ended task is ignored', async () => {
    expect(await tasksOf([{ arn: 'arn:ended', reason: 'MISSING' }])).toEqual([]);
  });

  test('a service is a gap', async () => {
    const replies = {
      ListServices: () => ({ serviceArns: ['a'] }),
      DescribeServices: () => ({ failures: [{ reason: 'INTERNAL' }] }),
    };
    await expect(readOtherPlanes(access(replies), ['main'], ['arn:tg'])).rejects.toMatchObject({
      code: 'AwsUnavailable',
    });
  });

  test('a cluster is a gap, unless it is missing', async () => {
    const clusterOf = (reason: string) =>
      readCluster(access({ DescribeClusters: () => ({ failures: [{ reason }] }) }), 'main');
    await expect(clusterOf('INTERNAL')).rejects.toMatchObject({ code: 'AwsRejected' });
    expect(await clusterOf('MISSING')).toBeUndefined();
  });
});

test.each([
  [
    'as the second group of a blue/green deployment',
    { loadBalancers: [{ targetGroupArn: 'x', advancedConfiguration: { alternateTargetGroupArn: 'arn:tg' } }] },
  ],
  ['in a task set', { taskSets: [{ loadBalancers: [{ targetGroupArn: 'arn:tg' }] }] }],
])('an ECS service that uses the target group %s manages it', async (_, service) => {
  const replies = {
    ListServices: () => ({ serviceArns: ['a'] }),
    DescribeServices: () => ({ services: [{ serviceName: 'old', ...service }] }),
  };
  expect(await readOtherPlanes(access(replies), ['main'], ['arn:tg'])).toMatchObject([
    { serviceName: 'old', targetGroupArn: 'arn:tg' },
  ]);
});

test('an environment that Lambda does not show is a gap, not a function without clusters', async () => {
  const Environment = { Error: { ErrorCode: 'AccessDeniedException', Message: 'kms:Decrypt' } };
  const reading = readFunction(access({ GetFunctionConfiguration: () => ({ Environment }) }), 'f');
  await expect(reading).rejects.toMatchObject({
    code: 'AwsAccessDenied',
    message: expect.stringContaining('kms:Decrypt'),
  });
});

test('a task definition counts as missing only if ECS says so', async () => {
  const definitionOf = (message: string) =>
    readDefinition(access({ DescribeTaskDefinition: refuse('ClientException', message) }), 'auth');
  expect(await definitionOf('Unable to describe task definition.')).toEqual({ asked: 'auth', found: undefined });
  await expect(definitionOf('Something else.')).rejects.toMatchObject({ context: { awsCode: 'ClientException' } });
});

// biome-ignore lint/suspicious/noExplicitAny: evidence is deep and read-only, and each case changes one place of it
type Loose = any;
const ingress = (evidence: Loose) => evidence.securityGroups.value[1].ingress[0];
const target = (evidence: Loose) => evidence.groups.value[0].found.targets[0];

describe('a link', () => {
  const options = { workspace: 'dev', functionName: 'f', parameterPath: '/start-engines/dev', json: false, yes: false };

  test.each<[link: string, status: string, what: string, change: (evidence: Loose) => void]>([
    [
      'targets',
      'unknown',
      'a state that does not show whether requests arrive',
      (evidence) => Object.assign(target(evidence), { state: 'unavailable' }),
    ],
    ['targets', 'unknown', 'an unknown state', (evidence) => Object.assign(target(evidence), { state: 'warming' })],
    [
      'target-group',
      'unknown',
      'a target group without a type',
      (evidence) => Object.assign(evidence.groups.value[0].found, { targetType: undefined }),
    ],
    [
      'network-interface',
      'unknown',
      'an interface that is being attached',
      (evidence) => Object.assign(evidence.interfaces.value[0], { status: 'attaching' }),
    ],
    [
      'network-interface',
      'broken',
      'an interface without a task',
      (evidence) => Object.assign(evidence.interfaces.value[0], { status: 'available' }),
    ],
    [
      'security-groups',
      'unknown',
      'a prefix list',
      (evidence) => Object.assign(ingress(evidence), { groupIds: [], prefixLists: ['pl-1'] }),
    ],
    [
      'security-groups',
      'unknown',
      'a CIDR block while the load balancer’s addresses are unknown',
      (evidence) => {
        Object.assign(ingress(evidence), { groupIds: [], cidrs: ['10.0.0.0/24'] });
        evidence.loadBalancers.value[0].ips = [];
      },
    ],
    [
      'security-groups',
      'ok',
      'all addresses while the load balancer’s addresses are unknown',
      (evidence) => {
        Object.assign(ingress(evidence), { groupIds: [], cidrs: ['0.0.0.0/0'] });
        evidence.loadBalancers.value[0].ips = [];
      },
    ],
    [
      'security-groups',
      'broken',
      'a CIDR block with one of two addresses',
      (evidence) => Object.assign(ingress(evidence), { groupIds: [], cidrs: ['10.0.0.10/32'] }),
    ],
    [
      'security-groups',
      'ok',
      'a CIDR block for each address',
      (evidence) => Object.assign(ingress(evidence), { groupIds: [], cidrs: ['10.0.0.10/32', '10.0.0.11/32'] }),
    ],
    ['security-groups', 'unknown', 'a group that was not found', (evidence) => evidence.securityGroups.value.pop()],
    [
      'security-groups',
      'unknown',
      'a load balancer without a group',
      (evidence) => {
        evidence.loadBalancers.value[0].securityGroups = [];
      },
    ],
    [
      'security-groups',
      'unknown',
      'no task, and a mapping that uses the VPC’s default group',
      (evidence) => {
        evidence.tasks.value = [];
        evidence.mapping.loaded.mapping.securityGroups = [];
      },
    ],
  ])('%s is %s for %s', (id, status, _, change) => {
    const evidence = structuredClone(soundEvidence());
    change(evidence);
    const { links } = diagnose(evidence, createMendCommands(options, 'us-east-2'));
    expect(links.find((link) => link.id === id)?.status).toBe(status);
  });
});
