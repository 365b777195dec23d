import { AwsError } from '../../aws-error.ts';
import { drawDuration } from '../../durations.ts';
import type { Operations } from '../../operation.ts';
import { makeArn } from '../arn.ts';
import { anything, integer, list, type Shaped, string, structure } from '../shape.ts';
import { checkChoice, checkName, elbOperation, pageOf, required, validationError } from './elb-operation.ts';
import { type ElbState, findLoadBalancer, type LoadBalancer } from './elb-state.ts';
import { removeListener } from './listener-operations.ts';

const createShape = structure({
  Name: string,
  Subnets: list(string),
  SubnetMappings: list(structure({ SubnetId: string })),
  SecurityGroups: list(string),
  Scheme: string,
  Type: string,
  IpAddressType: string,
  Tags: anything,
});
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
      return { LoadBalancers: [showLoadBalancer(state, loadBalancer)] };
    }),

    DescribeLoadBalancers: elbOperation(describeShape, (input) => {
      const { page, more } = pageOf(select(state, input), input);
      return { LoadBalancers: page.map((loadBalancer) => showLoadBalancer(state, loadBalancer)), ...more };
    }),

    DeleteLoadBalancer: elbOperation(structure({ LoadBalancerArn: string }), (input) => {
      const arn = required(input.LoadBalancerArn, 'LoadBalancerArn');
      for (const listener of state.listeners.values()) {
        if (listener.loadBalancer.arn === arn) removeListener(state, listener);
      }
      // Deleting what is not there succeeds.
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
    throw validationError('The sandbox models load balancers of the type application only');
  }
  if ([...state.loadBalancers.values()].some((other) => other.name === name)) {
    throw new AwsError(
      'DuplicateLoadBalancerName',
      `A load balancer with the same name '${name}' exists, but with different settings`,
    );
  }
  const subnets = input.Subnets ?? input.SubnetMappings?.flatMap(({ SubnetId }) => SubnetId ?? []) ?? [];
  if (new Set(subnets).size < 2) {
    throw validationError('At least two subnets in two different Availability Zones must be specified');
  }
  const id = state.random.hex(16);
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
    securityGroups: input.SecurityGroups ?? ['sg-default'],
  };
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
    LoadBalancerArn: loadBalancer.arn,
    DNSName: loadBalancer.dnsName,
    CanonicalHostedZoneId: 'Z3AADJGX6KTTL2',
    CreatedTime: loadBalancer.createdAt,
    LoadBalancerName: loadBalancer.name,
    Scheme: loadBalancer.scheme,
    VpcId: 'vpc-sandbox',
    State: { Code: state.clock.now() < loadBalancer.activeAt ? 'provisioning' : 'active' },
    Type: 'application',
    AvailabilityZones: loadBalancer.subnets.map((SubnetId, index) => ({
      ZoneName: `${state.account.region}${['a', 'b', 'c'][index % 3]}`,
      SubnetId,
      LoadBalancerAddresses: [],
    })),
    SecurityGroups: loadBalancer.securityGroups,
    IpAddressType: loadBalancer.ipAddressType,
  };
}
