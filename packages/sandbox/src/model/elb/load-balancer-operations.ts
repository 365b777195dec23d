import { createHash } from 'node:crypto';
import { AwsError } from '../../aws-error.ts';
import { drawDuration } from '../../durations.ts';
import type { Operations } from '../../operation.ts';
import { makeArn } from '../arn.ts';
import type { NetworkInterface } from '../ec2/security-group.ts';
import { defaultGroupId, defaultVpcId, type Subnet } from '../ec2/vpc.ts';
import { anything, integer, list, openStructure, type Shaped, string, structure } from '../shape.ts';
import { checkChoice, checkName, elbOperation, othersOf, pageOf, required, validationError } from './elb-operation.ts';
import { drawId, type ElbState, findLoadBalancer, type LoadBalancer } from './elb-state.ts';
import { removeListener } from './listener-operations.ts';
import { followUse } from './target-health.ts';

const createMembers = {
  Name: string,
  Subnets: list(string),
  SubnetMappings: list(structure({ SubnetId: string })),
  SecurityGroups: list(string),
  Scheme: string,
  Type: string,
  IpAddressType: string,
  Tags: anything,
};
const createShape = openStructure(createMembers);
const describeShape = structure({
  LoadBalancerArns: list(string),
  Names: list(string),
  Marker: string,
  PageSize: integer,
});

export function createLoadBalancerOperations(state: ElbState): Operations {
  return {
    CreateLoadBalancer: elbOperation(createShape, (input) => {
      const loadBalancer = createLoadBalancer(state, input);
      state.loadBalancers.set(loadBalancer.arn, loadBalancer);
      placeInterfaces(state, loadBalancer);
      return { LoadBalancers: [showLoadBalancer(state, loadBalancer)] };
    }),

    DescribeLoadBalancers: elbOperation(describeShape, (input) => {
      const { page, more } = pageOf(select(state, input), input);
      return { LoadBalancers: page.map((loadBalancer) => showLoadBalancer(state, loadBalancer)), ...more };
    }),

    SetSubnets: elbOperation(structure({ LoadBalancerArn: string, Subnets: list(string) }), (input) => {
      const loadBalancer = findLoadBalancer(state, required(input.LoadBalancerArn, 'LoadBalancerArn'));
      loadBalancer.subnets = checkSubnets(state, input.Subnets ?? []).map(({ id }) => id);
      placeInterfaces(state, loadBalancer);
      followUse(state);
      return { AvailabilityZones: showZones(state, loadBalancer), IpAddressType: loadBalancer.ipAddressType };
    }),

    SetSecurityGroups: elbOperation(structure({ LoadBalancerArn: string, SecurityGroups: list(string) }), (input) => {
      const loadBalancer = findLoadBalancer(state, required(input.LoadBalancerArn, 'LoadBalancerArn'));
      loadBalancer.securityGroups = checkGroups(state, required(input.SecurityGroups, 'SecurityGroups'));
      placeInterfaces(state, loadBalancer);
      return { SecurityGroupIds: loadBalancer.securityGroups };
    }),

    DeleteLoadBalancer: elbOperation(structure({ LoadBalancerArn: string }), (input) => {
      const arn = required(input.LoadBalancerArn, 'LoadBalancerArn');
      for (const listener of state.listeners.values()) {
        if (listener.loadBalancer.arn === arn) removeListener(state, listener);
      }
      for (const { id } of state.loadBalancers.get(arn)?.interfaces ?? []) state.vpc.detach(id);
      // Deleting an unknown resource succeeds.
      state.loadBalancers.delete(arn);
      return {};
    }),
  };
}

function createLoadBalancer(state: ElbState, input: Shaped<typeof createShape>): LoadBalancer {
  const name = required(input.Name, 'Name');
  checkName(name, 'Load balancer');
  checkChoice(input.Scheme, 'scheme', ['internet-facing', 'internal']);
  if (name.startsWith('internal-')) throw validationError("Load balancer name cannot begin with 'internal-'");
  if (input.Type !== undefined && input.Type !== 'application') {
    throw validationError('The sandbox supports only load balancers of the type application');
  }
  if ([...state.loadBalancers.values()].some((other) => other.name === name)) {
    throw new AwsError(
      'DuplicateLoadBalancerName',
      `A load balancer with the same name '${name}' exists, but with different settings`,
    );
  }
  const named = input.Subnets ?? input.SubnetMappings?.flatMap(({ SubnetId }) => SubnetId ?? []) ?? [];
  const subnets = checkSubnets(state, named).map(({ id: subnetId }) => subnetId);
  const securityGroups = checkGroups(state, input.SecurityGroups ?? [defaultGroupId]);
  const id = drawId(state, `loadbalancer/app/${name}`);
  const scheme = input.Scheme ?? 'internet-facing';
  const dnsPrefix = scheme === 'internal' ? 'internal-' : '';
  return {
    arn: makeArn(state.account, 'elasticloadbalancing', `loadbalancer/app/${name}/${id}`),
    name,
    id,
    dnsName: `${dnsPrefix}${name}-${state.random.integer(100_000_000, 999_999_999)}.${state.account.region}.elb.amazonaws.com`,
    createdAt: new Date(state.clock.now()),
    activeAt: state.clock.now() + drawDuration(state.durations.loadBalancerCreationMs, state.random),
    scheme,
    ipAddressType: input.IpAddressType ?? 'ipv4',
    subnets,
    securityGroups,
    interfaces: [],
    others: othersOf(input, createMembers),
  };
}

function checkSubnets(state: ElbState, ids: readonly string[]): readonly Subnet[] {
  if (new Set(ids).size < 2) {
    throw validationError('At least two subnets in two different Availability Zones must be specified');
  }
  return ids.map((id) => {
    const subnet = state.vpc.subnet(id);
    if (subnet === undefined) throw new AwsError('SubnetNotFound', `The subnet ID '${id}' does not exist`);
    return subnet;
  });
}

function checkGroups(state: ElbState, ids: readonly string[]): readonly string[] {
  for (const id of ids) {
    if (state.vpc.group(id) !== undefined) continue;
    throw new AwsError('InvalidSecurityGroup', `One or more security groups are invalid: ${id}`);
  }
  return ids;
}

/** Creates one interface in each subnet of a load balancer, with its security groups. */
function placeInterfaces(state: ElbState, loadBalancer: LoadBalancer): void {
  for (const { id } of loadBalancer.interfaces) state.vpc.detach(id);
  loadBalancer.interfaces = loadBalancer.subnets.flatMap((id) => {
    const subnet = state.vpc.subnet(id);
    if (subnet === undefined) return [];
    const made = createInterface(state, loadBalancer, subnet);
    state.vpc.attach(made);
    return [made];
  });
}

function createInterface(state: ElbState, loadBalancer: LoadBalancer, subnet: Subnet) {
  const { arn, name, id, securityGroups, ipAddressType } = loadBalancer;
  const ip = state.vpc.takeUpperAddress(subnet);
  // Not random, so that the number of interfaces does not affect other random decisions.
  const digest = createHash('sha256').update(`${arn}/${subnet.id}`).digest('hex');
  const networkInterface: NetworkInterface = {
    id: `eni-0${digest.slice(0, 16)}`,
    description: `ELB app/${name}/${id}`,
    requesterId: 'amazon-elb',
    subnetId: subnet.id,
    vpcId: subnet.vpcId,
    availabilityZone: subnet.availabilityZone,
    ...(ip === undefined ? {} : { ip }),
    ...(ipAddressType === 'ipv4' || subnet.ipv6Prefix === undefined
      ? {}
      : { ipv6: `${subnet.ipv6Prefix}::${Number.parseInt(digest.slice(26, 30), 16) + 0x1_0000}` }),
    macAddress: `0e:${digest.slice(16, 26).replaceAll(/(..)(?=.)/g, '$1:')}`,
    groupIds: securityGroups,
  };
  return networkInterface;
}

function showZones(state: ElbState, { subnets }: LoadBalancer) {
  return subnets.map((SubnetId) => ({
    ZoneName: state.vpc.subnet(SubnetId)?.availabilityZone,
    SubnetId,
    LoadBalancerAddresses: [],
  }));
}

function select(state: ElbState, input: Shaped<typeof describeShape>): readonly LoadBalancer[] {
  if (input.LoadBalancerArns !== undefined) return input.LoadBalancerArns.map((arn) => findLoadBalancer(state, arn));
  const all = [...state.loadBalancers.values()];
  if (input.Names === undefined) return all;
  const missing = input.Names.filter((name) => !all.some((loadBalancer) => loadBalancer.name === name));
  if (missing.length > 0) {
    throw new AwsError('LoadBalancerNotFound', `Load balancers '[${missing.join(', ')}]' not found`);
  }
  return all.filter(({ name }) => input.Names?.includes(name));
}

function showLoadBalancer(state: ElbState, loadBalancer: LoadBalancer) {
  return {
    ...loadBalancer.others,
    LoadBalancerArn: loadBalancer.arn,
    DNSName: loadBalancer.dnsName,
    CanonicalHostedZoneId: 'Z3AADJGX6KTTL2',
    CreatedTime: loadBalancer.createdAt,
    LoadBalancerName: loadBalancer.name,
    Scheme: loadBalancer.scheme,
    VpcId: state.vpc.subnet(loadBalancer.subnets[0] ?? '')?.vpcId ?? defaultVpcId,
    State: { Code: state.clock.now() < loadBalancer.activeAt ? 'provisioning' : 'active' },
    Type: 'application',
    AvailabilityZones: showZones(state, loadBalancer),
    SecurityGroups: loadBalancer.securityGroups,
    IpAddressType: loadBalancer.ipAddressType,
  };
}
