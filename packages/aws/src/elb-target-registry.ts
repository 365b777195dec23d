import {
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { type HealthState, type ObservedTarget, StartEnginesError, type TargetRegistry } from '@start-engines/core';
import { callAws } from './classify-aws-error.ts';

/** The target registry on Elastic Load Balancing, for target groups of type `ip`. */
export function createTargetRegistry({ client }: { readonly client: ElasticLoadBalancingV2Client }): TargetRegistry {
  const about = (operation: string, targetGroupArn: string) =>
    ({ service: 'ELBv2', operation, about: { targetGroupArn } }) as const;
  // The port is always said: AWS would take the group's own for a target that is registered under another.
  const input = (targetGroupArn: string, target: { readonly ip: string; readonly port: number }) => ({
    TargetGroupArn: targetGroupArn,
    Targets: [{ Id: target.ip, Port: target.port }],
  });
  return {
    async read(targetGroupArn) {
      const command = new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn });
      const reply = await callAws(about('DescribeTargetHealth', targetGroupArn), () => client.send(command));
      return (reply.TargetHealthDescriptions ?? []).map((description) => readTarget(targetGroupArn, description));
    },
    async register(targetGroupArn, target) {
      const command = new RegisterTargetsCommand(input(targetGroupArn, target));
      await callAws(about('RegisterTargets', targetGroupArn), () => client.send(command));
    },
    async deregister(targetGroupArn, target) {
      const command = new DeregisterTargetsCommand(input(targetGroupArn, target));
      await callAws(about('DeregisterTargets', targetGroupArn), () => client.send(command));
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
    throw new StartEnginesError('AwsRejected', `The target group does not hold targets of type ip: ${targetGroupArn}`, {
      context: { service: 'ELBv2', operation: 'DescribeTargetHealth', targetGroupArn },
    });
  }
  const { State, Reason, Description } = TargetHealth ?? {};
  return {
    ip: Target.Id,
    port: Target.Port,
    state: isHealthState(State) ? State : 'unknown',
    ...(Reason === undefined ? {} : { reason: Reason }),
    ...(Description === undefined ? {} : { description: Description }),
  };
}

function isHealthState(state: string | undefined): state is HealthState {
  return state !== undefined && healthStates.has(state);
}
