import {
  DeregisterTargetsCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  type AddressType,
  type HealthState,
  type ObservedTarget,
  StartEnginesError,
  type TargetAddress,
  type TargetRegistry,
} from '@start-engines/core';
import { canonicalAddress } from './canonical-address.ts';
import { callAws } from './classify-aws-error.ts';
import { isOutsideVpc, isWrongAddressType, toUnusableTarget } from './unusable-target.ts';

/** The zone of targets outside the load balancer's VPC, and of no others. */
const allZones = 'all';

/**
 * The target registry on Elastic Load Balancing, for target groups of type `ip`. A target outside the load balancer's VPC is
 * registered in all zones, as AWS requires.
 */
export function createTargetRegistry({ client }: { readonly client: ElasticLoadBalancingV2Client }): TargetRegistry {
  const addressTypes = new Map<string, AddressType>();
  /** Targets in all zones, by group, address and port. */
  const inAllZones = new Set<string>();
  const keyOf = (targetGroupArn: string, { ip, port }: TargetAddress) => `${targetGroupArn} ${ip} ${port}`;
  const about = (operation: string, targetGroupArn: string) =>
    ({ service: 'ELBv2', operation, about: { targetGroupArn } }) as const;
  // The port is explicit: AWS would use the group's port, and the target may be registered with another.
  const input = (targetGroupArn: string, { ip, port }: TargetAddress, AvailabilityZone?: string) => ({
    TargetGroupArn: targetGroupArn,
    Targets: [{ Id: ip, Port: port, ...(AvailabilityZone === undefined ? {} : { AvailabilityZone }) }],
  });

  async function register(targetGroupArn: string, target: TargetAddress, zone?: string): Promise<void> {
    const command = new RegisterTargetsCommand(input(targetGroupArn, target, zone));
    try {
      await callAws(about('RegisterTargets', targetGroupArn), () => client.send(command));
    } catch (error) {
      throw toUnusableTarget(error, targetGroupArn, target);
    }
  }

  return {
    async read(targetGroupArn) {
      const command = new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn });
      const reply = await callAws(about('DescribeTargetHealth', targetGroupArn), () => client.send(command));
      return (reply.TargetHealthDescriptions ?? []).map((description) => {
        const target = readTarget(targetGroupArn, description);
        if (description.Target?.AvailabilityZone === allZones) inAllZones.add(keyOf(targetGroupArn, target));
        return target;
      });
    },
    async addressType(targetGroupArn) {
      const known = addressTypes.get(targetGroupArn);
      if (known !== undefined) return known;
      const command = new DescribeTargetGroupsCommand({ TargetGroupArns: [targetGroupArn] });
      const reply = await callAws(about('DescribeTargetGroups', targetGroupArn), () => client.send(command));
      const type = reply.TargetGroups?.[0]?.IpAddressType === 'ipv6' ? 'ipv6' : 'ipv4';
      addressTypes.set(targetGroupArn, type);
      return type;
    },
    async register(targetGroupArn, target) {
      try {
        await register(targetGroupArn, target);
      } catch (error) {
        if (!isOutsideVpc(error)) throw error;
        await register(targetGroupArn, target, allZones);
        inAllZones.add(keyOf(targetGroupArn, target));
      }
    },
    // AWS-032
    async deregister(targetGroupArn, target) {
      const key = keyOf(targetGroupArn, target);
      const zone = inAllZones.has(key) ? allZones : undefined;
      const command = new DeregisterTargetsCommand(input(targetGroupArn, target, zone));
      try {
        await callAws(about('DeregisterTargets', targetGroupArn), () => client.send(command));
      } catch (error) {
        // The group cannot contain such an address.
        if (!isWrongAddressType(error)) throw error;
      }
      inAllZones.delete(key);
    },
  };
}

const healthStates = new Set<string>([
  'initial',
  'healthy',
  'unhealthy',
  'unhealthy.draining',
  'unused',
  'draining',
  'unavailable',
] satisfies HealthState[]);

function readTarget(targetGroupArn: string, { Target, TargetHealth }: TargetHealthDescription): ObservedTarget {
  if (Target?.Id === undefined || Target.Port === undefined) {
    throw new StartEnginesError('AwsRejected', `The target group is not of type ip: ${targetGroupArn}`, {
      context: { service: 'ELBv2', operation: 'DescribeTargetHealth', targetGroupArn },
    });
  }
  const { State, Reason, Description } = TargetHealth ?? {};
  return {
    ip: canonicalAddress(Target.Id),
    port: Target.Port,
    state: isHealthState(State) ? State : 'unknown',
    ...(Reason === undefined ? {} : { reason: Reason }),
    ...(Description === undefined ? {} : { description: Description }),
  };
}

function isHealthState(state: string | undefined): state is HealthState {
  return state !== undefined && healthStates.has(state);
}
