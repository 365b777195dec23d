import type { Service, TaskDefinition } from '@aws-sdk/client-ecs';
import type { Listener, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type AwsOperation, callAws } from '@start-engines/aws';
import type { AwsAccess } from '../aws-access.ts';
import type {
  FoundDefinition,
  FoundListener,
  FoundLoadBalancer,
  FoundRule,
  FoundService,
  FoundSubnet,
  FoundTargetGroup,
  Inventory,
} from './inventory.ts';

/** DescribeServices takes ten services. */
const servicesPerCall = 10;

/**
 * Reads the account with List and Describe calls only.
 *
 * @param chosen names of clusters; empty means all
 * @throws StartEnginesError an AWS code
 */
export async function readInventory(aws: AwsAccess, chosen: readonly string[]): Promise<Inventory> {
  const clusterArns = (await listClusters(aws)).filter(
    (arn) => chosen.length === 0 || chosen.includes(lastOf(arn)) || chosen.includes(arn),
  );
  const services: FoundService[] = [];
  for (const arn of clusterArns) services.push(...(await readServices(aws, arn)));
  const definitions: FoundDefinition[] = [];
  for (const family of await listFamilies(aws)) definitions.push(...(await readDefinition(aws, family)));
  return {
    accountId: clusterArns[0]?.split(':')[4],
    clusters: clusterArns.map(lastOf).sort(),
    definitions,
    services,
    loadBalancers: await readLoadBalancers(aws),
    targetGroups: await readTargetGroups(aws),
    subnets: await readSubnets(aws),
  };
}

async function listClusters(aws: AwsAccess): Promise<readonly string[]> {
  const { ListClustersCommand } = await import('../sdk/ecs.ts');
  const client = await aws.ecs();
  return allPages('ECS', 'ListClusters', async (nextToken) => {
    const page = await client.send(new ListClustersCommand({ nextToken }));
    return { items: page.clusterArns, next: page.nextToken };
  });
}

async function listFamilies(aws: AwsAccess): Promise<readonly string[]> {
  const { ListTaskDefinitionFamiliesCommand } = await import('../sdk/ecs.ts');
  const client = await aws.ecs();
  return allPages('ECS', 'ListTaskDefinitionFamilies', async (nextToken) => {
    const page = await client.send(new ListTaskDefinitionFamiliesCommand({ status: 'ACTIVE', nextToken }));
    return { items: page.families, next: page.nextToken };
  });
}

async function readServices(aws: AwsAccess, cluster: string): Promise<readonly FoundService[]> {
  const { ListServicesCommand, DescribeServicesCommand } = await import('../sdk/ecs.ts');
  const client = await aws.ecs();
  const arns = await allPages('ECS', 'ListServices', async (nextToken) => {
    const page = await client.send(new ListServicesCommand({ cluster, nextToken }));
    return { items: page.serviceArns, next: page.nextToken };
  });
  const found: FoundService[] = [];
  for (let first = 0; first < arns.length; first += servicesPerCall) {
    const services = arns.slice(first, first + servicesPerCall);
    const operation = { service: 'ECS', operation: 'DescribeServices', about: { cluster } } as const;
    const reply = await callAws(operation, () => client.send(new DescribeServicesCommand({ cluster, services })));
    found.push(...(reply.services ?? []).filter(({ status }) => status !== 'INACTIVE').map(toService));
  }
  return found;
}

function toService(service: Service): FoundService {
  const network = service.networkConfiguration?.awsvpcConfiguration;
  return {
    cluster: lastOf(service.clusterArn ?? ''),
    name: service.serviceName ?? '',
    family: familyOf(service.taskDefinition ?? ''),
    desiredCount: service.desiredCount ?? 0,
    targets: (service.loadBalancers ?? []).flatMap(({ targetGroupArn, containerPort }) =>
      targetGroupArn === undefined ? [] : [{ targetGroupArn, port: containerPort }],
    ),
    subnets: [...(network?.subnets ?? [])].sort(),
    securityGroups: [...(network?.securityGroups ?? [])].sort(),
    publicIp: network?.assignPublicIp === 'ENABLED',
    capacityProviders: (service.capacityProviderStrategy ?? []).map(({ capacityProvider = '', weight, base }) => ({
      name: capacityProvider,
      weight: weight ?? 0,
      base: base ?? 0,
    })),
  };
}

async function readDefinition(aws: AwsAccess, family: string): Promise<readonly FoundDefinition[]> {
  const { DescribeTaskDefinitionCommand } = await import('../sdk/ecs.ts');
  const client = await aws.ecs();
  const operation = { service: 'ECS', operation: 'DescribeTaskDefinition', about: { family } } as const;
  const command = new DescribeTaskDefinitionCommand({ taskDefinition: family });
  const { taskDefinition } = await callAws(operation, () => client.send(command));
  return taskDefinition === undefined ? [] : [toDefinition(family, taskDefinition)];
}

function toDefinition(family: string, definition: TaskDefinition): FoundDefinition {
  const { requiresCompatibilities = [], compatibilities = [], executionRoleArn, taskRoleArn } = definition;
  return {
    family,
    networkMode: definition.networkMode ?? 'bridge',
    fargate: [...requiresCompatibilities, ...compatibilities].includes('FARGATE'),
    roleArns: [...new Set([executionRoleArn, taskRoleArn].flatMap((arn) => arn || []))],
    ports: (definition.containerDefinitions ?? []).flatMap(({ name = '', portMappings = [] }) =>
      portMappings.flatMap(({ containerPort }) =>
        containerPort === undefined ? [] : [{ container: name, port: containerPort }],
      ),
    ),
  };
}

async function readLoadBalancers(aws: AwsAccess): Promise<readonly FoundLoadBalancer[]> {
  const { DescribeLoadBalancersCommand, DescribeListenersCommand } = await import('../sdk/elastic-load-balancing.ts');
  const client = await aws.elasticLoadBalancing();
  const balancers = await allPages('ELBv2', 'DescribeLoadBalancers', async (Marker) => {
    const page = await client.send(new DescribeLoadBalancersCommand({ Marker }));
    return { items: page.LoadBalancers, next: page.NextMarker };
  });
  const found: FoundLoadBalancer[] = [];
  for (const { LoadBalancerArn, LoadBalancerName = '', VpcId = '', Type } of balancers) {
    if (Type !== 'application') continue;
    const listeners = await allPages('ELBv2', 'DescribeListeners', async (Marker) => {
      const page = await client.send(new DescribeListenersCommand({ LoadBalancerArn, Marker }));
      return { items: page.Listeners, next: page.NextMarker };
    });
    const read: FoundListener[] = [];
    for (const listener of listeners) read.push(await readListener(aws, listener));
    found.push({ name: LoadBalancerName, vpcId: VpcId, listeners: read });
  }
  return found;
}

async function readListener(aws: AwsAccess, listener: Listener): Promise<FoundListener> {
  const { DescribeRulesCommand } = await import('../sdk/elastic-load-balancing.ts');
  const client = await aws.elasticLoadBalancing();
  const { ListenerArn = '', Port = 0, Protocol = '' } = listener;
  const rules = await allPages('ELBv2', 'DescribeRules', async (Marker) => {
    const page = await client.send(new DescribeRulesCommand({ ListenerArn, Marker }));
    return { items: page.Rules, next: page.NextMarker };
  });
  return { arn: ListenerArn, port: Port, protocol: Protocol, rules: rules.map(toRule) };
}

function toRule({ Priority = '', Conditions = [], Actions = [] }: Rule): FoundRule {
  const paths = Conditions.filter(({ Field }) => Field === 'path-pattern').flatMap(
    ({ PathPatternConfig, Values }) => PathPatternConfig?.Values ?? Values ?? [],
  );
  return {
    priority: /^\d+$/.test(Priority) ? Number(Priority) : undefined,
    paths,
    otherConditions: Conditions.some(({ Field }) => Field !== 'path-pattern'),
    targetGroupArns: Actions.flatMap(({ TargetGroupArn, ForwardConfig }) => [
      ...(TargetGroupArn === undefined ? [] : [TargetGroupArn]),
      ...(ForwardConfig?.TargetGroups ?? []).flatMap((group) => group.TargetGroupArn ?? []),
    ]),
  };
}

async function readTargetGroups(aws: AwsAccess): Promise<readonly FoundTargetGroup[]> {
  const { DescribeTargetGroupsCommand } = await import('../sdk/elastic-load-balancing.ts');
  const client = await aws.elasticLoadBalancing();
  const groups = await allPages('ELBv2', 'DescribeTargetGroups', async (Marker) => {
    const page = await client.send(new DescribeTargetGroupsCommand({ Marker }));
    return { items: page.TargetGroups, next: page.NextMarker };
  });
  return groups.map(({ TargetGroupArn = '', TargetGroupName = '', HealthCheckPath, Matcher }) => ({
    arn: TargetGroupArn,
    name: TargetGroupName,
    path: HealthCheckPath,
    matcher: Matcher?.HttpCode,
  }));
}

async function readSubnets(aws: AwsAccess): Promise<readonly FoundSubnet[]> {
  const { DescribeSubnetsCommand } = await import('../sdk/ec2.ts');
  const client = await aws.ec2();
  const subnets = await allPages('EC2', 'DescribeSubnets', async (NextToken) => {
    const page = await client.send(new DescribeSubnetsCommand({ NextToken }));
    return { items: page.Subnets, next: page.NextToken };
  });
  return subnets.map(({ SubnetId = '', VpcId = '', AvailabilityZone = '' }) => ({
    id: SubnetId,
    vpcId: VpcId,
    zone: AvailabilityZone,
  }));
}

interface Page<Item> {
  readonly items: readonly Item[] | undefined;
  readonly next: string | undefined;
}

async function allPages<Item>(
  service: AwsOperation['service'],
  operation: string,
  readPage: (token: string | undefined) => Promise<Page<Item>>,
): Promise<readonly Item[]> {
  const found: Item[] = [];
  let token: string | undefined;
  do {
    const page = await callAws({ service, operation, about: {} }, () => readPage(token));
    found.push(...(page.items ?? []));
    token = page.next || undefined;
  } while (token !== undefined);
  return found;
}

function lastOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

function familyOf(definition: string): string {
  return lastOf(definition).replace(/:\d+$/, '');
}
