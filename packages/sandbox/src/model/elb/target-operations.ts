import { isIPv4, isIPv6 } from 'node:net';
import { AwsError } from '../../aws-error.ts';
import type { Operations } from '../../operation.ts';
import { integer, list, type Shaped, string, structure } from '../shape.ts';
import { checkRange, elbOperation, required, validationError } from './elb-operation.ts';
import { type ElbState, findTargetGroup } from './elb-state.ts';
import type { TargetGroup, TargetRecord, TargetView } from './target-group.ts';
import { beginTarget, drainTarget, notRegistered } from './target-health.ts';

const targetLimit = 1_000;

const targetsShape = list(structure({ Id: string, Port: integer, AvailabilityZone: string }));
const changeShape = structure({ TargetGroupArn: string, Targets: targetsShape });
const healthShape = structure({ TargetGroupArn: string, Targets: targetsShape, Include: list(string) });
type TargetInput = Shaped<typeof targetsShape>[number];

interface TargetAddress {
  readonly id: string;
  readonly port: number;
  readonly availabilityZone: string | undefined;
}

export function createTargetOperations(state: ElbState): Operations {
  return {
    RegisterTargets: elbOperation(changeShape, (input) => {
      const group = findTargetGroup(state, required(input.TargetGroupArn, 'TargetGroupArn'));
      const targets = readTargets(group, required(input.Targets, 'Targets'));
      for (const target of targets) {
        if (group.targetType === 'lambda') {
          checkFunction(state, group, target);
          continue;
        }
        checkIp(group, target.id);
        checkZone(state, group, target);
      }
      const added = new Set(targets.map(keyOf).filter((key) => !group.targets.has(key)));
      if (group.targets.size + added.size > targetLimit) {
        throw new AwsError('TooManyTargets', `The maximum number of targets has been reached: '${targetLimit}'`);
      }
      for (const target of targets) register(state, group, target);
      return {};
    }),

    DeregisterTargets: elbOperation(changeShape, (input) => {
      const group = findTargetGroup(state, required(input.TargetGroupArn, 'TargetGroupArn'));
      for (const address of readTargets(group, required(input.Targets, 'Targets'))) {
        // AWS-032
        const target = group.targets.get(keyOf(address));
        if (target !== undefined && target.health.State !== 'draining') drainTarget(state, group, target);
      }
      return {};
    }),

    DescribeTargetHealth: elbOperation(healthShape, (input) => {
      const group = findTargetGroup(state, required(input.TargetGroupArn, 'TargetGroupArn'));
      const asked = input.Targets === undefined ? undefined : readTargets(group, input.Targets);
      const lagMs = state.durations.targetHealthReadLagMs;
      const time = state.clock.now() - (lagMs === 0 ? 0 : state.random.integer(0, lagMs));
      const present = showHealth(group, group.history.latest, asked);
      const stale = showHealth(group, group.history.at(time) ?? [], asked);
      if (JSON.stringify(present) !== JSON.stringify(stale)) state.counts.staleTargetHealthReads++;
      return { TargetHealthDescriptions: stale };
    }),
  };
}

function keyOf({ id, port }: { readonly id: string; readonly port: number }): string {
  return `${id}:${port}`;
}

function readTargets(group: TargetGroup, targets: readonly TargetInput[]): readonly TargetAddress[] {
  if (targets.length === 0) throw validationError('Targets must not be empty');
  return targets.map(({ Id, Port, AvailabilityZone }, index) => {
    checkRange(Port, `targets.${index + 1}.member.port`, 1, 65_535);
    return {
      id: required(Id, `targets.${index + 1}.member.id`),
      port: Port ?? group.port,
      availabilityZone: AvailabilityZone,
    };
  });
}

/** Private ranges that a VPC, a peered VPC or Direct Connect may use. */
const privateIp = /^(10\.|172\.(1[6-9]|2\d|3[01])\.|192\.168\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/;

function checkIp({ targetType, ipAddressType }: TargetGroup, id: string): void {
  if (targetType !== 'ip') {
    throw validationError(`Instance ID '${id}' is not valid`);
  }
  if (ipAddressType === 'ipv6') {
    if (!isIPv6(id)) throw validationError(`The IP address '${id}' is not a valid IPv6 address`);
    return;
  }
  if (!isIPv4(id)) throw validationError(`The IP address '${id}' is not a valid IPv4 address`);
  if (!privateIp.test(id)) {
    throw new AwsError(
      'InvalidTarget',
      `The IP address '${id}' must be from the VPC, or from the ranges of RFC 1918 or RFC 6598`,
    );
  }
}

/** A target in a subnet of another VPC must use the zone `all`, and no other target may. */
function checkZone({ vpc }: ElbState, group: TargetGroup, { id, availabilityZone }: TargetAddress): void {
  const subnet = vpc.subnetOf(id);
  if (subnet === undefined) return;
  if (vpc.vpcOf(subnet.vpcId) === vpc.vpcOf(group.vpcId)) {
    if (availabilityZone !== 'all') return;
    throw validationError(
      `The IP address '${id}' is within the VPC, and cannot have its Availability Zone overridden to 'all' from '${subnet.availabilityZone}'`,
    );
  }
  if (availabilityZone === 'all') return;
  throw validationError(
    availabilityZone === undefined
      ? `You must specify a valid Availability Zone or select 'all' for all enabled Availability zones, since the IP address '${id}' is outside the VPC`
      : `The Availability Zone for IP address '${id}' must be 'all' for Application Load Balancer target groups, when not within the VPC`,
  );
}

const functionArn = /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9-_]+(:[A-Za-z0-9-_]+)?$/;

/** A group has one function, and its policy lets the load balancer invoke it. */
function checkFunction(state: ElbState, group: TargetGroup, { id }: TargetAddress): void {
  if (!functionArn.test(id))
    throw new AwsError('InvalidTarget', `The target '${id}' is not a valid Lambda function ARN`);
  if (!state.permitsInvoke(id, group.arn)) {
    throw new AwsError(
      'AccessDenied',
      `elasticloadbalancing principal does not have permission to invoke ${id} from target group ${group.arn}`,
      { httpStatus: 403 },
    );
  }
  if ([...group.targets.values()].some((target) => target.id !== id)) {
    throw new AwsError('TooManyTargets', "The maximum number of targets has been reached: '1'");
  }
}

function register(state: ElbState, group: TargetGroup, address: TargetAddress): void {
  const existing = group.targets.get(keyOf(address));
  // AWS-031
  if (existing !== undefined && existing.health.State !== 'draining') return;
  const target: TargetRecord = existing ?? {
    ...address,
    health: notRegistered,
    pinned: undefined,
    passes: 0,
    checkedEpoch: undefined,
    failures: 0,
    epoch: 0,
    cancelNext: () => {},
    chosenUntil: 0,
    healthBeforeDraining: undefined,
  };
  target.healthBeforeDraining = undefined;
  group.targets.set(keyOf(address), target);
  beginTarget(state, group, target);
}

function showHealth(group: TargetGroup, views: readonly TargetView[], asked: readonly TargetAddress[] | undefined) {
  const shown =
    asked === undefined
      ? views
      : asked.map(
          (address) => views.find((view) => keyOf(view) === keyOf(address)) ?? { ...address, health: notRegistered },
        );
  if (group.targetType === 'lambda')
    return shown.map(({ id, health }) => ({ Target: { Id: id }, TargetHealth: health }));
  return shown.map(({ id, port, availabilityZone, health }) => ({
    Target: { Id: id, Port: port, ...(availabilityZone === undefined ? {} : { AvailabilityZone: availabilityZone }) },
    HealthCheckPort: group.healthCheck.port === 'traffic-port' ? String(port) : group.healthCheck.port,
    TargetHealth: health,
  }));
}
