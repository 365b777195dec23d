import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Sandbox } from '@start-engines/sandbox';
import type { WorldClients } from '../../../scripts/world/clients.ts';
import type { Deployment, IpPermission, Listener, SecurityGroup, TargetGroup } from './deployment.ts';

/** Rebuilds load balancer, listeners, rules, target groups and security groups, each with its deployed ARN or ID. */
export async function rebuildLoadBalancer(sandbox: Sandbox, clients: WorldClients, deployment: Deployment) {
  const { loadBalancer, securityGroups } = deployment;
  for (const group of securityGroups) await rebuildSecurityGroup(clients, group);
  for (const group of loadBalancer.targetGroups) await rebuildTargetGroup(sandbox, clients, group);
  sandbox.elb.expectArn(loadBalancer.LoadBalancerArn);
  await clients.elasticLoadBalancing.send(
    new CreateLoadBalancerCommand({
      Name: loadBalancer.LoadBalancerName,
      Subnets: loadBalancer.AvailabilityZones.map(({ SubnetId }) => SubnetId),
      SecurityGroups: [...loadBalancer.SecurityGroups],
    }),
  );
  for (const listener of loadBalancer.listeners) {
    await rebuildListener(clients, loadBalancer.LoadBalancerArn, listener);
  }
}

/** The sandbox creates a group on first use, with rules that allow all traffic. They are removed here. */
async function rebuildSecurityGroup(
  { ec2 }: WorldClients,
  { GroupId, IpPermissions, IpPermissionsEgress }: SecurityGroup,
) {
  const everything = { GroupId, IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] };
  await ec2.send(new RevokeSecurityGroupIngressCommand(everything));
  await ec2.send(new RevokeSecurityGroupEgressCommand(everything));
  // The API refuses an empty list.
  if (IpPermissions.length > 0) {
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: IpPermissions.map(permission) }));
  }
  if (IpPermissionsEgress.length > 0) {
    const rules = IpPermissionsEgress.map(permission);
    await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: rules }));
  }
}

function permission({ IpProtocol, FromPort, ToPort, IpRanges, UserIdGroupPairs }: IpPermission) {
  return {
    IpProtocol,
    FromPort,
    ToPort,
    IpRanges: IpRanges.map(({ CidrIp }) => ({ CidrIp })),
    UserIdGroupPairs: UserIdGroupPairs.map(({ GroupId }) => ({ GroupId })),
  };
}

async function rebuildTargetGroup(sandbox: Sandbox, { elasticLoadBalancing }: WorldClients, group: TargetGroup) {
  const { TargetGroupArn, TargetGroupName: Name, Port, VpcId, Matcher, attributes } = group;
  sandbox.elb.expectArn(TargetGroupArn);
  await elasticLoadBalancing.send(
    new CreateTargetGroupCommand({
      Name,
      Protocol: 'HTTP',
      Port,
      VpcId,
      TargetType: 'ip',
      HealthCheckPath: group.HealthCheckPath,
      HealthCheckIntervalSeconds: group.HealthCheckIntervalSeconds,
      HealthCheckTimeoutSeconds: group.HealthCheckTimeoutSeconds,
      HealthyThresholdCount: group.HealthyThresholdCount,
      UnhealthyThresholdCount: group.UnhealthyThresholdCount,
      Matcher,
    }),
  );
  const Key = 'deregistration_delay.timeout_seconds';
  const Attributes = [{ Key, Value: attributes[Key] }];
  await elasticLoadBalancing.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));
}

async function rebuildListener({ elasticLoadBalancing }: WorldClients, LoadBalancerArn: string, listener: Listener) {
  const { Port, Protocol, SslPolicy, Certificates, DefaultActions, rules } = listener;
  const secure = Protocol === 'HTTPS' ? { SslPolicy, Certificates: [...(Certificates ?? [])] } : {};
  const made = await elasticLoadBalancing.send(
    new CreateListenerCommand({ LoadBalancerArn, Port, Protocol, ...secure, DefaultActions: [...DefaultActions] }),
  );
  const ListenerArn = made.Listeners?.[0]?.ListenerArn;
  for (const { Priority, IsDefault, Conditions, Actions } of rules) {
    if (IsDefault) continue;
    await elasticLoadBalancing.send(
      new CreateRuleCommand({
        ListenerArn,
        Priority: Number(Priority),
        Conditions: Conditions.map(({ Field, PathPatternConfig }) => ({
          Field,
          PathPatternConfig: { Values: [...PathPatternConfig.Values] },
        })),
        Actions: [...Actions],
      }),
    );
  }
}
