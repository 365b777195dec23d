import { createInMemoryWorld, type InMemoryWorld, type SandboxDurations } from '@start-engines/sandbox/in-memory';
import type { Owner, Script } from './script.ts';

export const clusterName = 'shared';
export const owners: readonly Owner[] = [
  { workspace: 'dev', service: 'auth' },
  { workspace: 'dev', service: 'pdf' },
  { workspace: 'prod', service: 'auth' },
  { workspace: 'prod', service: 'pdf' },
];

export const drainSeconds = 4;
export const startTimeoutSeconds = 10;
export const healthyTimeoutSeconds = 6;

/** How old the reads of every pace can be, and how long a call takes one way, in milliseconds. */
export const lags = { tasksMs: 600, tagsMs: 1_000, targetsMs: 400, latencyMs: 250 } as const;

const hasty: Partial<SandboxDurations> = {
  interfaceCreationMs: [0, 50],
  interfaceAttachmentMs: [0, 50],
  pendingMs: [0, 50],
  imagePullMs: [0, 100],
  stopNoticeMs: [0, 50],
  deactivationMs: [0, 50],
  deprovisioningMs: [0, 100],
  targetRegistrationMs: [0, 50],
  firstHealthCheckMs: [0, 50],
};
const steady: Partial<SandboxDurations> = {
  interfaceCreationMs: [100, 1_500],
  interfaceAttachmentMs: [100, 500],
  pendingMs: [50, 500],
  imagePullMs: [100, 3_000],
  stopNoticeMs: [50, 500],
  deactivationMs: [50, 500],
  deprovisioningMs: [100, 3_000],
  targetRegistrationMs: [50, 800],
  firstHealthCheckMs: [50, 800],
};
const common: Partial<SandboxDurations> = {
  stopTimeoutMs: 3_000,
  spotWarningMs: 5_000,
  taskReadLagMs: lags.tasksMs,
  tagReadLagMs: lags.tagsMs,
  targetHealthReadLagMs: lags.targetsMs,
  loadBalancerCreationMs: [0, 0],
  deregistrationLagMs: [50, 500],
};

/** A world with one cluster in which four services of two workspaces run, each with two target groups. */
export interface Stage {
  readonly world: InMemoryWorld;
  /** The target groups of a service, the first of its mapping first. */
  groupsOf(owner: Owner): readonly [string, string];
  edit(owner: Owner, port: number, groups: 'first' | 'second' | 'both'): Promise<void>;
  /** Deletes the second group with its rule, after the mapping has moved to the first. */
  deleteSecondGroup(owner: Owner): Promise<void>;
  /** What is registered in the group and does not drain; nothing where the group was deleted. */
  registered(targetGroupArn: string): readonly RegisteredTarget[];
  /** Whether the group has been deleted. */
  isDeleted(targetGroupArn: string): boolean;
}

type RegisteredTarget = ReturnType<InMemoryWorld['elb']['admin']['targets']>[number];

type SetUp = (
  service: 'ecs' | 'elasticloadbalancing' | 'ssm',
  operation: string,
  input: object,
) => Promise<Record<string, unknown>>;

export async function openStage({ seed, pace, ipReuse, throttling }: Script): Promise<Stage> {
  const durations = { ...common, ...(pace === 'hasty' ? hasty : steady) };
  const world = createInMemoryWorld({ seed, durations, throttling });
  const setUp: SetUp = (service, operation, input) => world.client(service, 'SET-UP').call(operation, input);
  await setUp('ecs', 'CreateCluster', { clusterName, capacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
  await setUp('ecs', 'RegisterTaskDefinition', {
    family: 'engine',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [
      { name: 'app', image: 'engine', portMappings: [{ containerPort: 8080 }, { containerPort: 8081 }] },
    ],
  });
  const listenerArn = await openListener(setUp);
  const groups = new Map<string, readonly [string, string]>();
  let priority = 0;
  for (const owner of owners) {
    const arns: string[] = [];
    for (const suffix of ['a', 'b']) {
      priority += 1;
      arns.push(await createGroup(setUp, listenerArn, `${keyOf(owner)}-${suffix}`, priority));
    }
    groups.set(keyOf(owner), arns as [string, string]);
  }
  const groupsOf = (owner: Owner) => groups.get(keyOf(owner)) as readonly [string, string];
  const deleted = new Set<string>();
  const ports = new Map<string, number>();
  const edit: Stage['edit'] = async (owner, port, which) => {
    ports.set(keyOf(owner), port);
    const [first, second] = groupsOf(owner);
    const wanted = { first: [first], second: [second], both: [first, second] }[which];
    const targetGroups = deleted.has(second) ? [first] : wanted;
    await setUp('ssm', 'PutParameter', {
      Name: `/start-engines/${owner.workspace}/services/${owner.service}`,
      Type: 'String',
      Overwrite: true,
      Value: JSON.stringify({
        cluster: clusterName,
        taskDefinition: 'engine',
        containerName: 'app',
        port,
        targetGroups: targetGroups.map((arn) => ({ arn })),
        subnets: ['subnet-0aaaaaaaaaaaaaaa1'],
        drainSeconds,
        startTimeoutSeconds,
        healthyTimeoutSeconds,
      }),
    });
  };
  for (const owner of owners) await edit(owner, 8080, 'first');
  world.ecs.admin.setIpReuseChance(ipReuse);
  const deleteSecondGroup: Stage['deleteSecondGroup'] = async (owner) => {
    const [, second] = groupsOf(owner);
    if (deleted.has(second)) return;
    deleted.add(second);
    await edit(owner, ports.get(keyOf(owner)) ?? 8080, 'first');
    await deleteGroup(setUp, listenerArn, second);
  };
  const registered: Stage['registered'] = (arn) =>
    deleted.has(arn) ? [] : world.elb.admin.targets(arn).filter((target) => !target.health.State.includes('draining'));
  return { world, groupsOf, edit, deleteSecondGroup, registered, isDeleted: (arn) => deleted.has(arn) };
}

export function keyOf({ workspace, service }: Owner): string {
  return `${workspace}-${service}`;
}

async function openListener(setUp: SetUp): Promise<string> {
  const { LoadBalancers } = await setUp('elasticloadbalancing', 'CreateLoadBalancer', {
    Name: 'shared',
    Subnets: ['subnet-0aaaaaaaaaaaaaaa1', 'subnet-0bbbbbbbbbbbbbbb2'],
  });
  const { Listeners } = await setUp('elasticloadbalancing', 'CreateListener', {
    LoadBalancerArn: (LoadBalancers as { LoadBalancerArn: string }[])[0]?.LoadBalancerArn,
    Protocol: 'HTTP',
    Port: 80,
    DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
  });
  return (Listeners as { ListenerArn: string }[])[0]?.ListenerArn ?? '';
}

async function createGroup(setUp: SetUp, ListenerArn: string, Name: string, Priority: number): Promise<string> {
  const { TargetGroups } = await setUp('elasticloadbalancing', 'CreateTargetGroup', {
    Name,
    Protocol: 'HTTP',
    Port: 8080,
    VpcId: 'vpc-1',
    TargetType: 'ip',
    HealthCheckIntervalSeconds: 5,
    HealthCheckTimeoutSeconds: 2,
    HealthyThresholdCount: 2,
  });
  const TargetGroupArn = (TargetGroups as { TargetGroupArn: string }[])[0]?.TargetGroupArn ?? '';
  await setUp('elasticloadbalancing', 'ModifyTargetGroupAttributes', {
    TargetGroupArn,
    Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '6' }],
  });
  await setUp('elasticloadbalancing', 'CreateRule', {
    ListenerArn,
    Priority,
    Conditions: [{ Field: 'path-pattern', Values: [`/${Name}/*`] }],
    Actions: [{ Type: 'forward', TargetGroupArn }],
  });
  return TargetGroupArn;
}

async function deleteGroup(setUp: SetUp, ListenerArn: string, TargetGroupArn: string): Promise<void> {
  const { Rules } = await setUp('elasticloadbalancing', 'DescribeRules', { ListenerArn });
  for (const { RuleArn, Actions } of Rules as { RuleArn: string; Actions: { TargetGroupArn?: string }[] }[]) {
    if (Actions[0]?.TargetGroupArn !== TargetGroupArn) continue;
    await setUp('elasticloadbalancing', 'DeleteRule', { RuleArn });
  }
  await setUp('elasticloadbalancing', 'DeleteTargetGroup', { TargetGroupArn });
}
