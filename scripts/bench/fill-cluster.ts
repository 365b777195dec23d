import type { ServiceName } from '@start-engines/sandbox/in-memory';

/** A service of a workspace. */
export interface FleetService {
  readonly workspace: string;
  readonly service: string;
  readonly cluster: string;
  readonly targetGroupArn: string;
  readonly listenerArn: string;
  readonly listenerRuleArn: string;
  readonly subnets: readonly string[];
}

/** Makes a call that is not measured. */
export type SetUp = (service: ServiceName, operation: string, input: object) => Promise<Record<string, unknown>>;

export interface ClusterToFill {
  readonly workspace: string;
  readonly cluster: string;
  readonly count: number;
  /** The target group of the activator, if requests can wake the services. */
  readonly activatorGroupArn?: string;
  /** More members of each mapping. */
  readonly mapping?: Readonly<Record<string, unknown>>;
  /** Number of the first service. The services are named by number. */
  readonly firstName: number;
}

/** The limit of rules per load balancer. Two subnets of the model have room for five hundred tasks. */
const servicesPerBalancer = 100;

/** Creates a cluster, load balancers for all its services, and their mappings. */
export async function fillCluster(setUp: SetUp, cluster: ClusterToFill): Promise<FleetService[]> {
  await setUp('ecs', 'CreateCluster', { clusterName: cluster.cluster, capacityProviders: ['FARGATE'] });
  await setUp('ecs', 'RegisterTaskDefinition', {
    family: `${cluster.cluster}-task`,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'app', image: 'engine', essential: true, portMappings: [{ containerPort: 8080 }] }],
  });
  // A target group belongs to one load balancer, so the services of one activator share it. AWS raises the limit of its rules.
  const shared = cluster.activatorGroupArn && (await makeListener(setUp, cluster.cluster, subnetsOf(cluster)));
  const services: FleetService[] = [];
  for (let done = 0; done < cluster.count; done += servicesPerBalancer) {
    const count = Math.min(servicesPerBalancer, cluster.count - done);
    services.push(...(await fillBalancer(setUp, { ...cluster, count, firstName: cluster.firstName + done }, shared)));
  }
  return services;
}

async function fillBalancer(
  setUp: SetUp,
  { workspace, cluster, count, firstName, activatorGroupArn, mapping }: ClusterToFill,
  shared: string | undefined,
) {
  const name = `${workspace}-${firstName}`;
  const subnets = subnetsOf({ workspace, firstName });
  const listenerArn = shared ?? (await makeListener(setUp, name, subnets));
  const services: FleetService[] = [];
  for (let index = 0; index < count; index += 1) {
    const service = `service-${firstName + index}`;
    const targetGroupArn = await makeTargetGroup(setUp, `${workspace}-${service}`);
    const { Rules } = await setUp('elasticloadbalancing', 'CreateRule', {
      ListenerArn: listenerArn,
      Priority: firstName + index + 1,
      Conditions: [{ Field: 'path-pattern', Values: [`/api/${service}/*`] }],
      Actions: [forwardTo(targetGroupArn, activatorGroupArn)],
    });
    const [{ RuleArn: listenerRuleArn }] = Rules as [{ RuleArn: string }];
    await setUp('ssm', 'PutParameter', {
      Name: `/start-engines/${workspace}/services/${service}`,
      Type: 'String',
      Value: JSON.stringify({
        cluster,
        taskDefinition: `${cluster}-task`,
        containerName: 'app',
        port: 8080,
        targetGroupArn,
        subnets,
        ...(activatorGroupArn === undefined ? {} : { listenerRuleArn, wake: { paths: [`/api/${service}`] } }),
        ...mapping,
      }),
    });
    services.push({ workspace, service, cluster, targetGroupArn, listenerArn, listenerRuleArn, subnets });
  }
  return services;
}

/** With an activator, the rule begins on its side. */
function forwardTo(TargetGroupArn: string, activatorGroupArn: string | undefined): object {
  if (activatorGroupArn === undefined) return { Type: 'forward', TargetGroupArn };
  const TargetGroups = [
    { TargetGroupArn, Weight: 0 },
    { TargetGroupArn: activatorGroupArn, Weight: 1 },
  ];
  return { Type: 'forward', ForwardConfig: { TargetGroups } };
}

function subnetsOf({ workspace, firstName }: Pick<ClusterToFill, 'workspace' | 'firstName'>): string[] {
  return ['a', 'b'].map((zone) => `subnet-${zone}${hex(workspace)}${String(firstName).padStart(8, '0')}`);
}

function hex(text: string): string {
  return Buffer.from(text).toString('hex').padStart(8, '0').slice(-8);
}

async function makeListener(setUp: SetUp, Name: string, Subnets: readonly string[]): Promise<string> {
  const { LoadBalancers } = await setUp('elasticloadbalancing', 'CreateLoadBalancer', { Name, Subnets });
  const { Listeners } = await setUp('elasticloadbalancing', 'CreateListener', {
    LoadBalancerArn: (LoadBalancers as { LoadBalancerArn: string }[])[0]?.LoadBalancerArn,
    Protocol: 'HTTP',
    Port: 80,
    DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
  });
  return (Listeners as { ListenerArn: string }[])[0]?.ListenerArn ?? '';
}

export async function makeTargetGroup(setUp: SetUp, Name: string): Promise<string> {
  const { TargetGroups } = await setUp('elasticloadbalancing', 'CreateTargetGroup', {
    Name,
    Protocol: 'HTTP',
    Port: 8080,
    VpcId: 'vpc-1',
    TargetType: 'ip',
    HealthCheckIntervalSeconds: 30,
    HealthCheckTimeoutSeconds: 2,
    HealthyThresholdCount: 2,
  });
  return (TargetGroups as { TargetGroupArn: string }[])[0]?.TargetGroupArn ?? '';
}
