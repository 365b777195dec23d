import { createInMemoryWorld, type InMemoryWorld } from '@start-engines/sandbox/in-memory';
import type { Owner, Script } from './script.ts';
import { type Settings, settingsOf } from './settings.ts';

const clusterName = 'shared';
export const secondClusterName = 'elsewhere';
export const owners: readonly Owner[] = [
  { workspace: 'dev', service: 'auth' },
  { workspace: 'dev', service: 'pdf' },
  { workspace: 'prod', service: 'auth' },
  { workspace: 'prod', service: 'pdf' },
];

/** A world with four services in two workspaces, each with two target groups. */
export interface Stage {
  readonly world: InMemoryWorld;
  readonly settings: Settings;
  /** The activator's target group; empty where requests wake no service. */
  readonly activatorGroupArn: string;
  /** The rules of the service's mapping by target group, if requests wake it. */
  rulesOf(owner: Owner): ReadonlyMap<string, string>;
  /** The clusters that may contain tasks; the mappings name the first. */
  readonly clusters: readonly string[];
  /** All target groups, including deleted ones. */
  readonly groups: readonly string[];
  /** The target groups of a service in the order of its mapping. */
  groupsOf(owner: Owner): readonly [string, string];
  edit(owner: Owner, port: number, groups: 'first' | 'second' | 'both'): Promise<void>;
  /** Deletes the second group and its rule, after the mapping names only the first. */
  deleteSecondGroup(owner: Owner): Promise<void>;
  /** The group's targets that are not draining; none if the group was deleted. */
  registered(targetGroupArn: string): readonly RegisteredTarget[];
  /** Whether the group has been deleted. */
  isDeleted(targetGroupArn: string): boolean;
  /** Whether a target group may have more than one user. */
  readonly isContested: boolean;
  /** The target of another system in the group, if there is one. */
  foreignTarget(targetGroupArn: string): ForeignTarget | undefined;
}

export interface ForeignTarget {
  readonly id: string;
  readonly port: number;
}

const foreignTarget: ForeignTarget = { id: '10.0.250.250', port: 8080 };

type RegisteredTarget = ReturnType<InMemoryWorld['elb']['admin']['targets']>[number];

type SetUp = (
  service: 'ecs' | 'elasticloadbalancing' | 'ssm',
  operation: string,
  input: object,
) => Promise<Record<string, unknown>>;

export async function openStage(script: Script): Promise<Stage> {
  const { seed, ipReuse, throttling } = script;
  const settings = settingsOf(script);
  const world = createInMemoryWorld({ seed, durations: settings.durations, throttling });
  const setUp: SetUp = (service, operation, input) => world.client(service, 'SET-UP').call(operation, input);
  const clusters = script.hasSecondCluster ? [clusterName, secondClusterName] : [clusterName];
  await openClusters(setUp, clusters);
  const { groups, ...balancer } = await openGroups(setUp, script, settings);
  const deleted = new Set<string>();
  const ports = new Map<string, number>();
  const mapped = new Map<string, readonly string[]>();
  const edit: Stage['edit'] = async (owner, port, which) => {
    ports.set(keyOf(owner), port);
    const [first, second] = groups(owner);
    const wanted = { first: [first], second: [second], both: [first, second] }[which];
    const arns = deleted.has(second) ? [first] : wanted;
    mapped.set(keyOf(owner), arns);
    await setUp('ssm', 'PutParameter', {
      Name: `/start-engines/${owner.workspace}/services/${owner.service}`,
      Type: 'String',
      Overwrite: true,
      Value: JSON.stringify(mappingOf(script, settings, port, arns, balancer.rules)),
    });
  };
  for (const owner of owners) await edit(owner, 8080, 'first');
  world.ecs.admin.setIpReuseChance(ipReuse);
  return {
    world,
    settings,
    clusters,
    activatorGroupArn: balancer.activatorGroupArn,
    rulesOf: (owner) =>
      new Map(script.wakes ? (mapped.get(keyOf(owner)) ?? []).map((arn) => [arn, balancer.rules.get(arn) ?? '']) : []),
    groups: [...new Set(owners.flatMap(groups))],
    groupsOf: groups,
    edit,
    async deleteSecondGroup(owner) {
      const [, second] = groups(owner);
      if (deleted.has(second)) return;
      deleted.add(second);
      await edit(owner, ports.get(keyOf(owner)) ?? 8080, 'first');
      await deleteGroup(setUp, balancer.listenerArn, second);
    },
    registered: (arn) =>
      deleted.has(arn)
        ? []
        : world.elb.admin.targets(arn).filter((target) => !target.health.State.includes('draining')),
    isDeleted: (arn) => deleted.has(arn),
    isContested: script.groups !== 'own',
    foreignTarget: (arn) => (isShared(script) && !deleted.has(arn) ? foreignTarget : undefined),
  };
}

/** Whether the mappings declare that their groups are shared. */
function isShared({ groups }: Script): boolean {
  return groups === 'declared' || groups === 'shared';
}

function mappingOf(
  script: Script,
  settings: Settings,
  port: number,
  targetGroupArns: readonly string[],
  rules: ReadonlyMap<string, string>,
): object {
  const { drainSeconds, startTimeoutSeconds, healthyTimeoutSeconds } = settings;
  return {
    cluster: clusterName,
    taskDefinition: family,
    containerName: 'app',
    port,
    targetGroups: targetGroupArns.map((arn) => ({
      arn,
      ...(script.wakes ? { listenerRuleArn: rules.get(arn) } : {}),
    })),
    ...(script.wakes ? { wake: { paths: ['/api'] } } : {}),
    subnets: ['subnet-0aaaaaaaaaaaaaaa1'],
    drainSeconds,
    startTimeoutSeconds,
    healthyTimeoutSeconds,
    ...(isShared(script) ? { exclusiveTargetGroup: false } : {}),
    allowOverrides: { environment: ['MODE'], taskDefinition: [`${family}:*`], cluster: [secondClusterName] },
  };
}

export function keyOf({ workspace, service }: Owner): string {
  return `${workspace}-${service}`;
}

const family = 'engine';

/** A revision of the task definition of all mappings. */
export function revisionOf(revision: number): string {
  return `${family}:${revision}`;
}

async function openClusters(setUp: SetUp, clusters: readonly string[]): Promise<void> {
  for (const name of clusters) {
    await setUp('ecs', 'CreateCluster', { clusterName: name, capacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
  }
  for (const cpu of ['256', '512']) {
    await setUp('ecs', 'RegisterTaskDefinition', {
      family,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu,
      memory: '1024',
      containerDefinitions: [
        { name: 'app', image: family, portMappings: [{ containerPort: 8080 }, { containerPort: 8081 }] },
      ],
    });
  }
}

interface Groups {
  readonly listenerArn: string;
  readonly groups: Stage['groupsOf'];
  readonly activatorGroupArn: string;
  /** By target group. */
  readonly rules: ReadonlyMap<string, string>;
}

/** The first group of each service may be shared with another service; the second is its own. */
async function openGroups(setUp: SetUp, script: Script, settings: Settings): Promise<Groups> {
  const listenerArn = await openListener(setUp);
  const arns = new Map<string, string>();
  const rules = new Map<string, string>();
  const activatorGroupArn = script.wakes ? await createGroup(setUp, 'activator', settings) : '';
  const nameOf = (owner: Owner, suffix: 'a' | 'b') => {
    if (suffix === 'a' && script.groups === 'shared') return 'common';
    return suffix === 'a' && script.groups === 'undeclared' ? `common-${owner.workspace}` : `${keyOf(owner)}-${suffix}`;
  };
  for (const name of owners.flatMap((owner) => [nameOf(owner, 'a'), nameOf(owner, 'b')])) {
    if (arns.has(name)) continue;
    const arn = await createGroup(setUp, name, settings);
    arns.set(name, arn);
    const rule = { listenerArn, name, priority: arns.size, targetGroupArn: arn, activatorGroupArn };
    rules.set(arn, await createRule(setUp, rule));
    if (!isShared(script)) continue;
    const Targets = [{ Id: foreignTarget.id, Port: foreignTarget.port }];
    await setUp('elasticloadbalancing', 'RegisterTargets', { TargetGroupArn: arn, Targets });
  }
  const arnOf = (owner: Owner, suffix: 'a' | 'b') => arns.get(nameOf(owner, suffix)) ?? '';
  return { listenerArn, groups: (owner) => [arnOf(owner, 'a'), arnOf(owner, 'b')], activatorGroupArn, rules };
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

async function createGroup(setUp: SetUp, name: string, settings: Settings): Promise<string> {
  const { TargetGroups } = await setUp('elasticloadbalancing', 'CreateTargetGroup', {
    Name: name,
    Protocol: 'HTTP',
    Port: 8080,
    VpcId: 'vpc-1',
    TargetType: 'ip',
    HealthCheckIntervalSeconds: settings.healthCheckIntervalSeconds,
    HealthCheckTimeoutSeconds: 2,
    HealthyThresholdCount: 2,
  });
  const TargetGroupArn = (TargetGroups as { TargetGroupArn: string }[])[0]?.TargetGroupArn ?? '';
  await setUp('elasticloadbalancing', 'ModifyTargetGroupAttributes', {
    TargetGroupArn,
    Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '6' }],
  });
  return TargetGroupArn;
}

interface NewRule {
  readonly listenerArn: string;
  readonly name: string;
  readonly priority: number;
  readonly targetGroupArn: string;
  /** Empty where requests wake no service. */
  readonly activatorGroupArn: string;
}

async function createRule(setUp: SetUp, rule: NewRule): Promise<string> {
  const { listenerArn, name, priority, targetGroupArn, activatorGroupArn } = rule;
  const weights = [
    { TargetGroupArn: targetGroupArn, Weight: 0 },
    { TargetGroupArn: activatorGroupArn, Weight: 1 },
  ];
  const forward =
    activatorGroupArn === '' ? { TargetGroupArn: targetGroupArn } : { ForwardConfig: { TargetGroups: weights } };
  const { Rules } = await setUp('elasticloadbalancing', 'CreateRule', {
    ListenerArn: listenerArn,
    Priority: priority,
    Conditions: [{ Field: 'path-pattern', Values: [`/${name}/*`] }],
    Actions: [{ Type: 'forward', ...forward }],
  });
  return (Rules as { RuleArn: string }[])[0]?.RuleArn ?? '';
}

async function deleteGroup(setUp: SetUp, ListenerArn: string, TargetGroupArn: string): Promise<void> {
  const { Rules } = await setUp('elasticloadbalancing', 'DescribeRules', { ListenerArn });
  for (const { RuleArn, Actions } of Rules as { RuleArn: string; Actions: object[] }[]) {
    if (!JSON.stringify(Actions).includes(TargetGroupArn)) continue;
    await setUp('elasticloadbalancing', 'DeleteRule', { RuleArn });
  }
  await setUp('elasticloadbalancing', 'DeleteTargetGroup', { TargetGroupArn });
}
