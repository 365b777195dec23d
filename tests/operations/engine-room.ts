// Loaded now, because the virtual clock would advance while the adapter loads it.
import '../../packages/aws/src/cloudwatch-parts.ts';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { SSMClient } from '@aws-sdk/client-ssm';
import {
  createActivations,
  createEcsTaskRunner,
  createLaunchClaims,
  createLaunchKeys,
  createListenerRules,
  createPauses,
  createRequestMeter,
  createStopNotes,
  createTargetRegistry,
} from '@start-engines/aws';
import { createSsmServiceMappings } from '@start-engines/config';
import {
  type JournalEntry,
  type LaunchKeys,
  type OperationContext,
  type Outcome,
  type Ports,
  type StartOutcome,
  type StartRequest,
  startService,
} from '@start-engines/core';
import { createInMemoryWorld, type InMemoryWorld, type SandboxDurations } from '@start-engines/sandbox/in-memory';

export const workspace = 'dev';
const subnet = 'subnet-0aaaaaaaaaaaaaaa1';

export interface EngineRoomOptions {
  readonly seed?: number;
  readonly durations?: Partial<SandboxDurations>;
  /** Keys to add to the mapping of `auth`; `undefined` removes a key. */
  readonly mapping?: Record<string, unknown>;
  readonly image?: string;
  /** False leaves the target group without a listener rule. */
  readonly inUse?: boolean;
  /** Requests wake the service: its rule forwards to its group with weight 0 and to the activator's with weight 1. */
  readonly wakes?: boolean;
  /** True if a version without the key for launch facts ran before. */
  readonly isUpgraded?: boolean;
}

/** A world with one cluster, the service `auth` with its mapping, and the means to run operations on it. */
export interface EngineRoom {
  readonly world: InMemoryWorld;
  readonly journal: JournalEntry[];
  readonly outcomes: Outcome[];
  readonly targetGroupArn: string;
  readonly secondGroupArn: string;
  /** The rule of the first group; with `wakes` it also forwards to the activator's. */
  readonly listenerRuleArn: string;
  readonly activatorGroupArn: string;
  /** The weights of the service's group and the activator's: `1:0`. */
  route(): Promise<string>;
  /** The ports of one Lambda process. Each has its own memory; only the key for launch facts is shared. */
  ports(caller?: string): Ports;
  /** The ports of a process that has not read the key yet. */
  coldPorts(caller: string): Ports;
  start(request?: Partial<StartRequest>, options?: { caller?: string; timeoutMs?: number }): Promise<StartOutcome>;
  /** The context of an operation that begins now. */
  context(timeoutMs?: number): OperationContext;
  putMapping(changes: Record<string, unknown>): Promise<void>;
  /** The model's tasks, each as `lastStatus/desiredStatus`. */
  tasks(): string[];
  /** The group's current targets, each as `ip:port state`. */
  targets(targetGroupArn?: string): string[];
  operations(filter?: { mutating?: boolean; caller?: string }): string[];
}

export async function openEngineRoom(options: EngineRoomOptions = {}): Promise<EngineRoom> {
  const world = createInMemoryWorld({ seed: options.seed ?? 1, durations: options.durations ?? {} });
  const setUp = (service: 'ecs' | 'elasticloadbalancing' | 'ssm', operation: string, input: object) =>
    world.client(service, 'SET-UP').call(operation, input);

  await setUp('ecs', 'CreateCluster', {
    clusterName: 'auth-cluster',
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
  });
  await setUp('ecs', 'RegisterTaskDefinition', {
    family: 'auth-api-task',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [
      {
        name: 'app',
        image: options.image ?? 'engine',
        essential: true,
        portMappings: [{ containerPort: 8080 }, { containerPort: 8081 }],
      },
    ],
  });
  const names = ['auth', 'auth-2', ...(options.wakes ? ['activator'] : [])];
  const [targetGroupArn, secondGroupArn, activatorGroupArn = ''] = (await Promise.all(
    names.map(async (name) => {
      const { TargetGroups } = await setUp('elasticloadbalancing', 'CreateTargetGroup', {
        Name: name,
        Protocol: 'HTTP',
        Port: 8080,
        VpcId: 'vpc-1',
        TargetType: 'ip',
        HealthCheckIntervalSeconds: 5,
        HealthCheckTimeoutSeconds: 2,
        HealthyThresholdCount: 2,
      });
      const TargetGroupArn = (TargetGroups as { TargetGroupArn: string }[])[0]?.TargetGroupArn ?? '';
      const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '15' }];
      await setUp('elasticloadbalancing', 'ModifyTargetGroupAttributes', { TargetGroupArn, Attributes });
      return TargetGroupArn;
    }),
  )) as [string, string, string?];
  const isInUse = options.inUse !== false;
  const listenerArn = isInUse ? await listen(setUp, [targetGroupArn, secondGroupArn]) : '';
  const describeRules = async () =>
    (await setUp('elasticloadbalancing', 'DescribeRules', { ListenerArn: listenerArn })).Rules as RuleShown[];
  const listenerRuleArn = isInUse ? ((await describeRules())[0]?.RuleArn ?? '') : '';
  if (options.wakes) {
    const weights = [
      { TargetGroupArn: targetGroupArn, Weight: 0 },
      { TargetGroupArn: activatorGroupArn, Weight: 1 },
    ];
    const Actions = [{ Type: 'forward', ForwardConfig: { TargetGroups: weights } }];
    await setUp('elasticloadbalancing', 'ModifyRule', { RuleArn: listenerRuleArn, Actions });
  }

  let document: Record<string, unknown> = {
    cluster: 'auth-cluster',
    taskDefinition: 'auth-api-task',
    port: 8080,
    targetGroupArn,
    subnets: [subnet],
    ...(options.wakes ? { listenerRuleArn, wake: { paths: ['/api/auth'] } } : {}),
    ...options.mapping,
  };
  const putMapping = async (changes: Record<string, unknown>): Promise<void> => {
    document = { ...document, ...changes };
    await setUp('ssm', 'PutParameter', {
      Name: '/start-engines/dev/services/auth',
      Type: 'String',
      Overwrite: true,
      Value: JSON.stringify(document),
    });
  };
  await putMapping({});

  const newLaunchKeys = (caller: string) =>
    createLaunchKeys({
      client: world.client('ssm', caller) as unknown as SSMClient,
      parameterPath: `/start-engines/${workspace}`,
      workspace,
    });
  const launchKeys = newLaunchKeys('SET-UP');
  if (options.isUpgraded !== true) await launchKeys.read();

  const journal: JournalEntry[] = [];
  const outcomes: Outcome[] = [];
  let lastId = 0;
  const ports = (caller = 'LAMBDA-1', keys: LaunchKeys = launchKeys): Ports => ({
    clock: { now: () => world.clock.now(), sleep: (delayMs) => world.clock.sleep(delayMs) },
    tasks: createEcsTaskRunner({
      client: world.client('ecs', caller) as unknown as ECSClient,
      clock: world.clock,
      launchKeys: keys,
    }),
    targets: createTargetRegistry({
      client: world.client('elasticloadbalancing', caller) as unknown as ElasticLoadBalancingV2Client,
    }),
    rules: createListenerRules({
      client: world.client('elasticloadbalancing', caller) as unknown as ElasticLoadBalancingV2Client,
      activatorGroupArn,
      settleMs: 20_000,
    }),
    stopNotes: createStopNotes({
      client: world.client('ssm', caller) as unknown as SSMClient,
      parameterPath: `/start-engines/${workspace}`,
      clock: world.clock,
    }),
    pauses: createPauses({
      client: world.client('ssm', caller) as unknown as SSMClient,
      parameterPath: `/start-engines/${workspace}`,
      clock: world.clock,
    }),
    meter: createRequestMeter({
      client: async () => world.client('monitoring', caller) as unknown as CloudWatchClient,
    }),
    launchClaims: createLaunchClaims({
      client: world.client('ssm', caller) as unknown as SSMClient,
      parameterPath: `/start-engines/${workspace}`,
    }),
    activations: createActivations({
      client: world.client('ssm', caller) as unknown as SSMClient,
      parameterPath: `/start-engines/${workspace}`,
    }),
    mappings: createSsmServiceMappings({
      client: world.client('ssm', caller) as unknown as SSMClient,
      parameterPath: `/start-engines/${workspace}`,
      ttlSeconds: 30,
      clock: world.clock,
    }),
    journal: { record: (entry) => journal.push(entry) },
    outcomes: { publish: async (outcome) => void outcomes.push(outcome) },
    endCallsBy: (_until, work) => work(),
    newId: () => {
      lastId += 1;
      return `id-${lastId}`;
    },
    workspace,
    clusters: ['auth-cluster'],
  });

  const context = (timeoutMs = 600_000): OperationContext => {
    const now = world.clock.now();
    return { correlationId: 'test', deadline: now + timeoutMs, receivedAt: now };
  };

  return {
    world,
    journal,
    outcomes,
    targetGroupArn,
    secondGroupArn,
    listenerRuleArn,
    activatorGroupArn,
    route: async () => {
      const [rule] = (await describeRules()) ?? [];
      const groups = rule?.Actions[0]?.ForwardConfig?.TargetGroups ?? [];
      return groups.map(({ Weight }) => Weight).join(':');
    },
    ports: (caller) => ports(caller),
    coldPorts: (caller) => ports(caller, newLaunchKeys(caller)),
    putMapping,
    context,
    start(request = {}, { caller, timeoutMs = 600_000 } = {}) {
      const asked = world.clock.now();
      return startService(ports(caller), { service: 'auth', asked, overrides: {}, ...request }, context(timeoutMs));
    },
    tasks: () => world.ecs.admin.tasks().map((task) => `${task.lastStatus}/${task.desiredStatus}`),
    targets: (arn = targetGroupArn) =>
      world.elb.admin.targets(arn).map((target) => `${target.id}:${target.port} ${target.health.State}`),
    operations: (filter = {}) =>
      world.calls
        .list(filter)
        .filter((call) => call.caller !== 'SET-UP')
        .map((call) => call.operation),
  };
}

interface RuleShown {
  readonly RuleArn: string;
  readonly Actions: readonly { readonly ForwardConfig?: { readonly TargetGroups: readonly { Weight: number }[] } }[];
}

async function listen(
  setUp: (service: 'elasticloadbalancing', operation: string, input: object) => Promise<Record<string, unknown>>,
  targetGroupArns: readonly string[],
): Promise<string> {
  const { LoadBalancers } = await setUp('elasticloadbalancing', 'CreateLoadBalancer', {
    Name: 'shared',
    Subnets: [subnet, 'subnet-0bbbbbbbbbbbbbbb2'],
  });
  const [balancer] = LoadBalancers as { LoadBalancerArn: string }[];
  const { Listeners } = await setUp('elasticloadbalancing', 'CreateListener', {
    LoadBalancerArn: balancer?.LoadBalancerArn,
    Protocol: 'HTTP',
    Port: 80,
    DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
  });
  const [listener] = Listeners as { ListenerArn: string }[];
  for (const [index, TargetGroupArn] of targetGroupArns.entries()) {
    await setUp('elasticloadbalancing', 'CreateRule', {
      ListenerArn: listener?.ListenerArn,
      Priority: index + 1,
      Conditions: [{ Field: 'path-pattern', Values: [`/api/auth${index}/*`] }],
      Actions: [{ Type: 'forward', TargetGroupArn }],
    });
  }
  return listener?.ListenerArn ?? '';
}
