import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
} from '@aws-sdk/client-ec2';
import { CreateClusterCommand, CreateServiceCommand, DeregisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import {
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DeleteRuleCommand,
  DeregisterTargetsCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  ModifyRuleCommand,
  RegisterTargetsCommand,
  SetRulePrioritiesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { mayRun, whyNot } from '../../scripts/test/missing-program.ts';
import { registerTaskDefinition } from '../../scripts/world/seed-world.ts';
import { type WorldService, worldService } from '../../scripts/world/services.ts';
import { renamed } from '../front-door/open-front-door.ts';
import { runInProcess } from './engines-in-process.ts';
import { cleanEnvironment } from './engines-process.ts';
import { readJson } from './json-schema.ts';
import { type CliWorld, openCliWorld } from './open-cli-world.ts';

const run = promisify(execFile);

/** A service for each fault, so that none of them hangs on another. */
const names = [
  ...['healthy', 'half', 'lost', 'shadowed', 'no-group', 'instances', 'rival', 'zoned', 'walled', 'ill'],
  ...[
    'port',
    'bridge',
    'retired',
    'crashed',
    'unasked',
    'stopped',
    'stale',
    'forgotten',
    'edited',
    'outside',
    'strange',
  ],
];
const services = [...names.map((name) => renamed('auth', name)), worldService('reports')];
const service = (name: string) => services.find((one) => one.name === name) as WorldService;
const idle = new Set(['zoned', 'walled', 'ill', 'port', 'bridge', 'crashed', 'unasked', 'reports']);

let world: CliWorld;
beforeAll(async () => {
  // Each fault is to be seen at once: no read is stale. In fast time a loaded machine is slow: whoever waits here has to be patient.
  const defaults = { startTimeoutSeconds: 800, healthyTimeoutSeconds: 800 };
  world = await openCliWorld({ speed: 4, consistency: 'strong', world: { services, defaults, timeoutSeconds: 900 } });
  const running = names.filter((name) => !idle.has(name));
  await start({ services: running, wait: 'healthy' });
});
afterAll(() => world[Symbol.asyncDispose]());
afterEach(() => world.door.sandbox.faults.clear());

async function doctor(name: string) {
  const { exitCode, stdout, stderr } = await runInProcess(['doctor', name, '--json'], world.environment);
  return { exitCode, stderr, report: readJson('doctor', stdout) };
}

const statusOf = (report: { links: { id: string; status: string }[] }, id: string) =>
  report.links.find((link) => link.id === id)?.status;

const elb = () => world.door.clients.elasticLoadBalancing;
async function start(what: Readonly<Record<string, unknown>>): Promise<void> {
  const { thrown } = await world.door.invoke({ action: 'start', ...what });
  expect(thrown).toBeUndefined();
}
const startInVain = (name: string) => world.door.invoke({ action: 'start', service: name, wait: 'healthy' });
const group = (name: string) => world.door.targetGroupArn(`${name}-tg`);

/** The rule that leads to a service's target group. */
async function ruleOf(name: string) {
  const { LoadBalancers } = await elb().send(new DescribeLoadBalancersCommand({}));
  const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn;
  const { Listeners } = await elb().send(new DescribeListenersCommand({ LoadBalancerArn }));
  const ListenerArn = Listeners?.[0]?.ListenerArn ?? '';
  const { Rules = [] } = await elb().send(new DescribeRulesCommand({ ListenerArn }));
  const rule = Rules.find(
    ({ Actions }) => Actions?.[0]?.ForwardConfig?.TargetGroups?.[0]?.TargetGroupArn === group(name),
  );
  return { ListenerArn, LoadBalancerArn, RuleArn: rule?.RuleArn ?? '', Priority: Number(rule?.Priority) };
}

/** Waits until the target group's only target is like that. */
const becomes = (name: string, wanted: string) =>
  vi.waitFor(() => {
    const targets = world.door.sandbox.elb.targets(group(name));
    expect(targets.map(({ health: { State, Reason } }) => [State, Reason].filter(Boolean).join(' '))).toEqual([wanted]);
  }, 30_000);

const paths = (...Values: string[]) => [{ Field: 'path-pattern', PathPatternConfig: { Values } }];

describe('a healthy service', () => {
  test('has no finding: piped, in one line', async () => {
    const { exitCode, stdout, stderr } = await world.engines('doctor', 'healthy');
    expect([exitCode, stdout, stderr]).toEqual([0, 'Nothing is wrong with healthy.\n', '']);
  });

  test('on a terminal with --all: every link, in the order of the walk', async () => {
    const { exitCode, text, raw } = await world.sit('doctor', 'healthy', '--all').ended;
    expect(exitCode).toBe(0);
    expect(raw).toContain('\u001b[32mok');
    expect([...text.matchAll(/^ok {7}([^:]+):/gm)].map(([, link]) => link)).toEqual([
      ...['listener rule', 'target group', 'control plane', 'zones', 'targets', 'task', 'network interface'],
      ...['security groups', 'task definition', 'last stop', 'mapping', "the function's envelope"],
    ]);
  });
});

interface Fault {
  readonly what: string;
  readonly service: string;
  readonly plant: () => Promise<unknown>;
  readonly link: string;
  readonly summary: RegExp;
  readonly evidence?: RegExp;
  /** Links further along that are broken as well. */
  readonly also?: readonly string[];
  /** Links that are broken only because of this one. */
  readonly symptoms?: readonly string[];
  readonly mend: RegExp;
  /** What is told to mend it does, as it stands there. */
  readonly isMended?: true;
}

const faults: readonly Fault[] = [
  {
    what: 'R53: a rule for /api/half/* alone, which does not match /api/half',
    service: 'half',
    async plant() {
      const { RuleArn } = await ruleOf('half');
      await elb().send(new ModifyRuleCommand({ RuleArn, Conditions: paths('/api/half/*') }));
    },
    link: 'listener-rule',
    summary: /^start-engines-dev \(HTTP 80\) does not lead \/api\/half to the service$/,
    evidence: /^\/api\/half is taken by rule default: fixed response 404$/,
    mend: /^aws elbv2 modify-rule --rule-arn \S+ --conditions "Field=path-pattern,Values=\/api\/half\/\*,\/api\/half"/,
    isMended: true,
  },
  {
    what: 'a rule that is gone',
    service: 'lost',
    async plant() {
      const { RuleArn } = await ruleOf('lost');
      await elb().send(new DeleteRuleCommand({ RuleArn }));
    },
    link: 'listener-rule',
    summary: /^no rule of start-engines-dev \(HTTP 80\) leads \/api\/lost to lost-tg$/,
    symptoms: ['targets'],
    mend: /^aws elbv2 create-rule --listener-arn \S+ --priority \d+ --conditions "Field=path-pattern,Values=\/api\/lost,\/api\/lost\/\*" --actions Type=forward,TargetGroupArn=\S+/,
    isMended: true,
  },
  {
    what: 'another rule that comes first',
    service: 'shadowed',
    async plant() {
      const { ListenerArn, RuleArn } = await ruleOf('shadowed');
      await elb().send(new SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn, Priority: 900 }] }));
      const FixedResponseConfig = { StatusCode: '503' };
      const Actions = [{ Type: 'fixed-response' as const, FixedResponseConfig }];
      await elb().send(new CreateRuleCommand({ ListenerArn, Priority: 800, Conditions: paths('/api/sha*'), Actions }));
    },
    link: 'listener-rule',
    summary: /^another rule of start-engines-dev \(HTTP 80\) takes \/api\/shadowed before the service's own$/,
    evidence: /^rule 800 \(\/api\/sha\*\) comes first: fixed response 503$/,
    mend: /^aws elbv2 set-rule-priorities --rule-priorities RuleArn=\S+,Priority=799/,
    isMended: true,
  },
  {
    what: 'a mapping that names a target group which does not exist',
    service: 'no-group',
    plant: () =>
      world.door.putMapping(service('no-group'), { targetGroupArn: group('no-group').replace('no-group', 'gone') }),
    link: 'target-group',
    also: ['envelope'],
    summary: /^the target group gone-tg does not exist$/,
    symptoms: ['task'],
    mend: /^engines mappings edit no-group/,
  },
  {
    what: 'a target group of type instance',
    service: 'instances',
    async plant() {
      const input = {
        Name: 'instances',
        Protocol: 'HTTP',
        Port: 8080,
        VpcId: 'vpc-1',
        TargetType: 'instance',
      } as const;
      const { TargetGroups } = await elb().send(new CreateTargetGroupCommand(input));
      const targetGroupArn = TargetGroups?.[0]?.TargetGroupArn;
      await world.door.putMapping(service('instances'), { targetGroupArn });
    },
    link: 'target-group',
    also: ['envelope'],
    summary: /^the target group instances is of type instance, and tasks need type ip$/,
    mend: /^engines mappings edit instances/,
  },
  {
    what: 'R49: an ECS service with the same target group',
    service: 'rival',
    plant: () =>
      world.door.clients.ecs.send(
        new CreateServiceCommand({
          cluster: 'auth-cluster',
          serviceName: 'old-rival',
          taskDefinition: 'rival-task',
          desiredCount: 0,
          loadBalancers: [{ targetGroupArn: group('rival'), containerName: 'rival', containerPort: 8080 }],
        }),
      ),
    link: 'control-plane',
    summary: /^the ECS service old-rival manages rival-tg as well$/,
    mend: /^aws ecs update-service --cluster auth-cluster --service old-rival --load-balancers "\[\]"/,
    isMended: true,
  },
  {
    what: 'a task in a zone that the load balancer has not',
    service: 'zoned',
    async plant() {
      const zone = { VpcId: 'vpc-1', CidrBlock: '10.99.1.0/24', AvailabilityZone: 'us-east-2c' };
      const { Subnet } = await world.door.clients.ec2.send(new CreateSubnetCommand(zone));
      await world.door.putMapping(service('zoned'), { subnets: [Subnet?.SubnetId] });
      await start({ service: 'zoned' });
      await becomes('zoned', 'unused Target.NotInUse');
    },
    link: 'zones',
    summary: /^the task is in us-east-2c, and start-engines-dev is not$/,
    symptoms: ['targets'],
    mend: /^aws elbv2 set-subnets --load-balancer-arn \S+ --subnets subnet-\S+ subnet-\S+ subnet-\S+/,
    isMended: true,
  },
  {
    what: 'a security group that does not let the load balancer in',
    service: 'walled',
    async plant() {
      const { ec2 } = world.door.clients;
      const create = new CreateSecurityGroupCommand({ GroupName: 'walled', Description: 'walled' });
      const { GroupId } = await ec2.send(create);
      const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '10.0.0.0/8' };
      await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, ...ssh }));
      await world.door.putMapping(service('walled'), { securityGroups: [GroupId] });
      await start({ service: 'walled' });
      await becomes('walled', 'unhealthy Target.Timeout');
    },
    link: 'security-groups',
    summary: /^the task's security group does not let start-engines-dev in on port 8080$/,
    evidence: /^sg-\S+ \(walled\) lets in tcp 22 \(10\.0\.0\.0\/8\)$/,
    symptoms: ['targets'],
    mend: /^aws ec2 authorize-security-group-ingress --group-id sg-\S+ --protocol tcp --port 8080 --source-group sg-\S+/,
    isMended: true,
  },
  {
    what: 'a container that answers its health check with an error',
    service: 'ill',
    async plant() {
      await world.door.putMapping(service('ill'), { environment: { UNHEALTHY: 'true' } });
      await start({ service: 'ill' });
      await becomes('ill', 'unhealthy Target.ResponseCodeMismatch');
    },
    link: 'targets',
    summary: /^10\.\S+:8080 is unhealthy \(Target\.ResponseCodeMismatch\) in ill-tg$/,
    evidence: /^health check: GET \/health on port 8080, expecting 200 within 2 s$/,
    mend: /^aws elbv2 modify-target-group --target-group-arn \S+ --health-check-path/,
  },
  {
    what: 'a port that is not the container’s',
    service: 'port',
    async plant() {
      await world.door.putMapping(service('port'), { port: 8082 });
      await start({ service: 'port' });
      await becomes('port', 'unhealthy Target.FailedHealthChecks');
    },
    link: 'task-definition',
    summary: /^no container of port-task:1 has the port 8082, which the mapping says$/,
    evidence: /^port: 8080$/,
    symptoms: ['targets'],
    mend: /^engines mappings edit port/,
  },
  {
    what: 'a task definition that is no more',
    service: 'retired',
    async plant() {
      await world.door.invoke({ action: 'stop', service: 'retired' });
      const taskDefinition = 'retired-task:1';
      await world.door.clients.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
    },
    link: 'task-definition',
    summary: /^the task definition retired-task does not exist$/,
    symptoms: ['targets', 'task'],
    mend: /^engines mappings edit retired/,
  },
  {
    what: 'an image that cannot be pulled',
    service: 'reports',
    plant: () => startInVain('reports'),
    link: 'last-stop',
    summary: /^the last task ended by itself: CannotPullContainerError$/,
    symptoms: ['targets', 'task'],
    mend: /^engines start reports/,
  },
  {
    what: 'a container that exits',
    service: 'crashed',
    async plant() {
      const variables = { EXIT_AFTER_MS: '1', EXIT_CODE: '3' };
      await registerTaskDefinition(world.door.clients, service('crashed'), variables);
      await startInVain('crashed');
    },
    link: 'last-stop',
    summary: /^the last task ended by itself: crashed exited with 3$/,
    evidence: /^[0-9a-f]{32}: EssentialContainerExited: Essential container in task exited$/,
    symptoms: ['targets', 'task'],
    mend: /^engines start crashed/,
  },
  {
    what: 'a service that nobody has asked for',
    service: 'unasked',
    plant: async () => {},
    link: 'task',
    summary: /^no task of the service runs$/,
    evidence: /^ECS knows of no task in the last hour$/,
    symptoms: ['targets'],
    mend: /^engines start unasked/,
    isMended: true,
  },
  {
    what: 'a service that somebody has stopped',
    service: 'stopped',
    plant: () => world.door.invoke({ action: 'stop', service: 'stopped' }),
    link: 'task',
    summary: /^no task of the service runs$/,
    evidence: /^a stop was asked for .* ago, and carried out$/,
    symptoms: ['targets'],
    mend: /^engines start stopped/,
    isMended: true,
  },
  {
    what: 'a target that belongs to nobody any more',
    service: 'stale',
    plant: () =>
      elb().send(new RegisterTargetsCommand({ TargetGroupArn: group('stale'), Targets: [{ Id: '10.200.0.9' }] })),
    link: 'targets',
    summary: /^10\.200\.0\.9:8080 in stale-tg belongs to no task of the service that runs$/,
    mend: /^engines reconcile/,
    isMended: true,
  },
  {
    what: 'a task that somebody took out of its target group',
    service: 'forgotten',
    async plant() {
      const [target] = world.door.sandbox.elb.targets(group('forgotten'));
      const Targets = [{ Id: target?.id, Port: target?.port }];
      await elb().send(new DeregisterTargetsCommand({ TargetGroupArn: group('forgotten'), Targets }));
    },
    link: 'targets',
    summary: /^the task runs, and is not registered in forgotten-tg$/,
    mend: /^engines reconcile/,
    isMended: true,
  },
  {
    what: 'a mapping whose newest version is broken',
    service: 'edited',
    plant: () => world.door.putMapping(service('edited'), { port: '8080', prot: 1 }),
    link: 'mapping',
    summary: /^the newest mapping is broken, and an older one serves: version 1, defaults version 1$/,
    evidence: /^\/start-engines\/dev\/services\/edited version 2: prot: is not a known key$/,
    mend: /^engines mappings edit edited/,
  },
  {
    what: 'a task definition that the function may not run',
    service: 'strange',
    async plant() {
      await registerTaskDefinition(world.door.clients, { ...service('strange'), family: 'stranger' });
      await world.door.putMapping(service('strange'), { taskDefinition: 'stranger' });
    },
    link: 'envelope',
    summary: /^the function's role may not touch what the mapping names: stranger$/,
    evidence: /^the envelope is published in \/start-engines\/dev\/envelope$/,
    mend: /^Add "stranger" to the Terraform variable allowed_task_families, and apply the workspace;$/,
  },
  {
    what: 'a cluster that the function does not look at',
    service: 'outside',
    async plant() {
      await world.door.clients.ecs.send(new CreateClusterCommand({ clusterName: 'batch-cluster-2' }));
      await world.door.putMapping(service('outside'), { cluster: 'batch-cluster-2' });
    },
    link: 'envelope',
    summary: /^the function does not look at the cluster batch-cluster-2, where the mapping starts the task$/,
    mend: /^Add "batch-cluster-2" to the Terraform variable allowed_clusters, and apply the workspace\.$/,
  },
];

describe('a planted fault is named, with evidence and what mends it', () => {
  test.each(faults)('$what', async ({ service: name, plant, link, also = [], ...fault }) => {
    const { summary, evidence, symptoms = [], mend } = fault;
    await plant();
    const { exitCode, report, stderr } = await doctor(name);

    expect([exitCode, stderr]).toEqual([4, '']);
    const broken = report.links.filter((one: { status: string }) => one.status === 'broken');
    expect(broken.map((one: { id: string }) => one.id)).toEqual([link, ...also]);
    expect(report.first).toMatchObject({ id: link, summary: expect.stringMatching(summary) });
    if (evidence !== undefined) expect(report.first.evidence).toContainEqual(expect.stringMatching(evidence));
    expect(report.first.mend).toContainEqual(expect.stringMatching(mend));
    for (const id of symptoms) expect(statusOf(report, id)).toBe('symptom');
  });
});

const noAws = whyNot(['aws', '--version']);

test(`the commands that are told mend what they are told for${noAws}`, { timeout: 180_000 }, async ({ skip }) => {
  skip(!mayRun(noAws));
  // Reconcile reports what it cannot look at, and this mapping names a target group that does not exist.
  await world.door.putMapping(service('no-group'), {});
  const mended = faults.filter(({ isMended }) => isMended).map((fault) => fault.service);
  expect(mended).toHaveLength(10);
  const mends = await Promise.all(mended.map(async (name) => (await doctor(name)).report.first.mend as string[]));
  await Promise.all([...new Set(mends.flat())].map(runLine));
  for (const name of mended) await becomes(name, 'healthy');

  const after = await Promise.all(mended.map(doctor));
  expect(after.map(({ exitCode, report }) => [exitCode, report.first])).toEqual(mended.map(() => [0, undefined]));
});

/** Runs a command as somebody would who pasted it into a shell. */
async function runLine(line: string): Promise<void> {
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  const [program, ...rest] = words;
  if (program === 'engines') {
    const { exitCode, stderr } = await runInProcess(rest, world.environment);
    expect(exitCode, stderr).toBe(0);
  } else {
    expect(program).toBe('aws');
    await run('aws', rest, { env: cleanEnvironment({ ...world.environment, AWS_PAGER: '' }) });
  }
}

describe('what cannot be looked at', () => {
  test('R47: is told as unknown and spoils the exit code, but hides nothing', async () => {
    plantDenial('ec2', 'DescribeSecurityGroups');
    const { exitCode, report } = await doctor('healthy');
    expect([exitCode, report.first]).toEqual([3, undefined]);
    expect(report.links.filter((link: { status: string }) => link.status !== 'ok')).toMatchObject([
      { id: 'security-groups', status: 'unknown', summary: expect.stringContaining('UnauthorizedOperation') },
    ]);

    const { exitCode: found, stdout } = await world.engines('doctor', 'edited');
    expect(found).toBe(4);
    expect(stdout).toMatch(/^\/api\/edited: mapping broken\n {2}the newest mapping is broken/);
    expect(stdout).toMatch(/\nCould not be looked at:\n {2}security groups: EC2 DescribeSecurityGroups: /);
  });

  test('a service that has no mapping is told as such', async () => {
    const { exitCode, report } = await doctor('nobody');
    expect(exitCode).toBe(4);
    expect(report.first).toMatchObject({ id: 'mapping', summary: 'there is no mapping for nobody' });
  });

  test('AWS itself is an error, and no diagnosis', async () => {
    const { exitCode, stdout } = await world.engines(
      'doctor',
      'healthy',
      '--json',
      '--endpoint-url',
      'http://127.0.0.1:9',
    );
    expect(exitCode).toBe(3);
    expect(readJson('error', stdout)).toMatchObject({ exitCode: 3 });
  });
});

function plantDenial(at: 'ec2', operation: string): void {
  const fault = { kind: 'access-denied' } as const;
  world.door.sandbox.faults.plant({ service: at, operation, times: Number.POSITIVE_INFINITY, fault });
}
