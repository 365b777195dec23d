import * as ec2 from '@aws-sdk/client-ec2';
import * as ecs from '@aws-sdk/client-ecs';
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';

type Settings = ec2.EC2ClientConfig & ecs.ECSClientConfig & elb.ElasticLoadBalancingV2ClientConfig;
type Failing = (call: Promise<unknown>) => Promise<string>;

/** Calls of operators: EC2, ECS services, and the settings of a load balancer. */
export async function useNetwork(settings: Settings, failing: Failing): Promise<void> {
  await useSecurityGroups(settings, failing);
  await useServices(settings, failing);
  await rewire(settings, failing);
}

async function useSecurityGroups(settings: Settings, failing: Failing): Promise<void> {
  const client = new ec2.EC2Client(settings);
  const create = new ec2.CreateSecurityGroupCommand({
    GroupName: 'balancer',
    Description: 'of the load balancer',
    VpcId: 'vpc-sandbox',
    TagSpecifications: [{ ResourceType: 'security-group', Tags: [{ Key: 'workspace', Value: 'dev' }] }],
  });
  const { GroupId } = await client.send(create);
  await failing(client.send(create));
  const tcp = { IpProtocol: 'tcp', FromPort: 8080, ToPort: 8089 };
  const IpPermissions: ec2.IpPermission[] = [
    { ...tcp, UserIdGroupPairs: [{ GroupId, Description: 'itself' }], IpRanges: [{ CidrIp: '10.0.0.0/16' }] },
    { IpProtocol: 'udp', FromPort: 53, ToPort: 53, IpRanges: [{ CidrIp: '10.0.0.2/32' }] },
    { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32', Description: 'ours' }] },
  ];
  await client.send(new ec2.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  await failing(client.send(new ec2.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions })));
  await client.send(
    new ec2.AuthorizeSecurityGroupIngressCommand({ GroupId, ...tcp, ToPort: 8090, CidrIp: '10.1.0.0/16' }),
  );
  await client.send(new ec2.AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions }));
  await client.send(new ec2.RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions }));
  await client.send(new ec2.RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: IpPermissions.slice(1) }));
  await failing(client.send(new ec2.RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions })));
  const Filters = [
    { Name: 'vpc-id', Values: ['vpc-sandbox'] },
    { Name: 'tag:workspace', Values: ['d*'] },
  ];
  await client.send(new ec2.DescribeSecurityGroupsCommand({ Filters, MaxResults: 5 }));
  await failing(client.send(new ec2.DescribeSecurityGroupsCommand({ GroupIds: ['sg-missing'] })));
  await failing(client.send(new ec2.DescribeSecurityGroupsCommand({ Filters: [{ Name: 'nonsense', Values: ['x'] }] })));
  const { GroupId: other } = await client.send(
    new ec2.CreateSecurityGroupCommand({ GroupName: 'short-lived', Description: 'none' }),
  );
  await client.send(new ec2.DeleteSecurityGroupCommand({ GroupId: other }));
  const CidrBlock = '10.77.1.0/24';
  const made = new ec2.CreateSubnetCommand({ VpcId: 'vpc-sandbox', CidrBlock, AvailabilityZone: 'us-east-2c' });
  const { Subnet } = await client.send(made);
  await failing(client.send(made));
  const { Vpc } = await client.send(new ec2.CreateVpcCommand({ CidrBlock: '10.78.0.0/16' }));
  const VpcId = Vpc?.VpcId;
  const dual = { VpcId, CidrBlock: '10.78.1.0/24', Ipv6CidrBlock: '2001:db8:0:1::/64' };
  await client.send(new ec2.CreateSubnetCommand(dual));
  await failing(client.send(new ec2.CreateSubnetCommand({ ...dual, CidrBlock: '10.78.2.0/24' })));
  await client.send(new ec2.CreateSubnetCommand({ VpcId, Ipv6CidrBlock: '2001:db8:0:2::/64', Ipv6Native: true }));
  await client.send(new ec2.DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [VpcId ?? ''] }] }));
  await client.send(new ec2.DescribeSubnetsCommand({ SubnetIds: [Subnet?.SubnetId ?? '', 'subnet-a'] }));
  await client.send(
    new ec2.DescribeSubnetsCommand({ Filters: [{ Name: 'availability-zone', Values: ['us-east-2c'] }] }),
  );
  await failing(client.send(new ec2.DescribeSubnetsCommand({ SubnetIds: ['subnet-missing'] })));
  const { NetworkInterfaces = [] } = await client.send(new ec2.DescribeNetworkInterfacesCommand({}));
  const [first] = NetworkInterfaces;
  const address = [{ Name: 'private-ip-address', Values: [first?.PrivateIpAddress ?? ''] }];
  await client.send(new ec2.DescribeNetworkInterfacesCommand({ Filters: address }));
  const ids = [first?.NetworkInterfaceId ?? ''];
  await client.send(new ec2.DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: ids }));
  await failing(client.send(new ec2.DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: ['eni-0'] })));
  client.destroy();
}

async function useServices(settings: Settings, failing: Failing): Promise<void> {
  const client = new ecs.ECSClient(settings);
  const cluster = 'dev';
  const create = new ecs.CreateServiceCommand({
    cluster,
    serviceName: 'old-auth',
    taskDefinition: 'auth',
    desiredCount: 0,
    loadBalancers: [{ targetGroupArn: 'arn:aws:group', containerName: 'auth', containerPort: 8080 }],
  });
  await client.send(create);
  await failing(client.send(create));
  await failing(client.send(new ecs.CreateServiceCommand({ ...create.input, serviceName: 'busy', desiredCount: 1 })));
  const { serviceArns = [] } = await client.send(new ecs.ListServicesCommand({ cluster, maxResults: 1 }));
  await client.send(new ecs.DescribeServicesCommand({ cluster, services: [...serviceArns, 'nosuch'] }));
  await client.send(new ecs.UpdateServiceCommand({ cluster, service: 'old-auth', loadBalancers: [] }));
  await client.send(new ecs.DeleteServiceCommand({ cluster, service: 'old-auth', force: true }));
  await failing(client.send(new ecs.UpdateServiceCommand({ cluster, service: 'old-auth' })));
  client.destroy();
}

async function rewire(settings: Settings, failing: Failing): Promise<void> {
  const client = new elb.ElasticLoadBalancingV2Client(settings);
  const { LoadBalancers } = await client.send(new elb.DescribeLoadBalancersCommand({ Names: ['shared'] }));
  const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn;
  await client.send(new elb.SetSubnetsCommand({ LoadBalancerArn, Subnets: ['subnet-a', 'subnet-b'] }));
  await failing(client.send(new elb.SetSubnetsCommand({ LoadBalancerArn, Subnets: ['subnet-a', 'subnet-missing'] })));
  await client.send(new elb.SetSecurityGroupsCommand({ LoadBalancerArn, SecurityGroups: ['sg-1'] }));
  await failing(client.send(new elb.SetSecurityGroupsCommand({ LoadBalancerArn, SecurityGroups: ['sg-missing'] })));
  const { Listeners } = await client.send(new elb.DescribeListenersCommand({ LoadBalancerArn }));
  const { Rules = [] } = await client.send(new elb.DescribeRulesCommand({ ListenerArn: Listeners?.[0]?.ListenerArn }));
  const RuleArn = Rules[0]?.RuleArn;
  const Conditions = [{ Field: 'path-pattern', Values: ['/api/auth'] }];
  await client.send(new elb.ModifyRuleCommand({ RuleArn, Conditions }));
  await failing(client.send(new elb.ModifyRuleCommand({ RuleArn: Rules.at(-1)?.RuleArn, Conditions })));
  await client.send(new elb.SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn, Priority: 7 }] }));
  client.destroy();
}
