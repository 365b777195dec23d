import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import { vi } from 'vitest';

/**
 * Creates a load balancer with all its parts, and deletes some of them.
 *
 * @param ip of a task that answers on port 8080
 */
export async function useLoadBalancers(
  settings: elb.ElasticLoadBalancingV2ClientConfig,
  failing: (call: Promise<unknown>) => Promise<string>,
  ip: string,
): Promise<void> {
  const client = new elb.ElasticLoadBalancingV2Client(settings);
  const made = await client.send(
    new elb.CreateLoadBalancerCommand({ Name: 'shared', Subnets: ['subnet-a', 'subnet-b'], SecurityGroups: ['sg-1'] }),
  );
  const LoadBalancerArn = made.LoadBalancers?.[0]?.LoadBalancerArn ?? '';
  await client.send(new elb.DescribeLoadBalancersCommand({ Names: ['shared'] }));
  await failing(client.send(new elb.DescribeLoadBalancersCommand({ Names: ['nosuch'] })));
  const createGroup = (Name: string) =>
    client.send(
      new elb.CreateTargetGroupCommand({
        Name,
        Protocol: 'HTTP',
        Port: 8080,
        VpcId: 'vpc-1',
        TargetType: 'ip',
        HealthCheckPath: '/health',
        HealthCheckIntervalSeconds: 5,
        HealthCheckTimeoutSeconds: 2,
        HealthyThresholdCount: 2,
        Matcher: { HttpCode: '200-299' },
      }),
    );
  const TargetGroupArn = (await createGroup('auth')).TargetGroups?.[0]?.TargetGroupArn ?? '';
  const other = (await createGroup('other')).TargetGroups?.[0]?.TargetGroupArn ?? '';
  await failing(client.send(new elb.CreateTargetGroupCommand({ Name: 'auth', Port: 1, Protocol: 'HTTP', VpcId: 'v' })));
  await client.send(new elb.ModifyTargetGroupCommand({ TargetGroupArn, HealthCheckIntervalSeconds: 6 }));
  const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '0' }];
  await client.send(new elb.ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));
  await client.send(new elb.DescribeTargetGroupAttributesCommand({ TargetGroupArn }));
  await client.send(new elb.DescribeTargetGroupsCommand({ TargetGroupArns: [TargetGroupArn] }));
  await client.send(new elb.DeleteTargetGroupCommand({ TargetGroupArn: other }));
  const FixedResponseConfig = { StatusCode: '404', ContentType: 'text/plain', MessageBody: 'no <such> & path' };
  const listener = await client.send(
    new elb.CreateListenerCommand({
      LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig }],
    }),
  );
  const ListenerArn = listener.Listeners?.[0]?.ListenerArn ?? '';
  const rule = new elb.CreateRuleCommand({
    ListenerArn,
    Priority: 10,
    Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/api/auth', '/api/auth/*'] } }],
    Actions: [{ Type: 'forward', TargetGroupArn }],
  });
  const RuleArn = (await client.send(rule)).Rules?.[0]?.RuleArn ?? '';
  await failing(client.send(rule));
  await makeUnmodelledRule(client, ListenerArn, TargetGroupArn);
  await client.send(new elb.DescribeRulesCommand({ ListenerArn }));
  await client.send(new elb.DescribeListenersCommand({ LoadBalancerArn }));
  const Targets = [{ Id: ip, Port: 8080 }];
  await client.send(new elb.RegisterTargetsCommand({ TargetGroupArn, Targets }));
  await failing(client.send(new elb.RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: 'i-1' }] })));
  await vi.waitFor(async () => {
    const { TargetHealthDescriptions } = await client.send(new elb.DescribeTargetHealthCommand({ TargetGroupArn }));
    if (TargetHealthDescriptions?.[0]?.TargetHealth?.State !== 'healthy') throw new Error('not yet healthy');
  }, 20_000);
  await client.send(new elb.RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: '10.9.9.9' }] }));
  await client.send(new elb.DeregisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: '10.9.9.9' }] }));
  const absent = [{ Id: '10.8.8.8', Port: 1 }];
  await client.send(new elb.DescribeTargetHealthCommand({ TargetGroupArn, Targets: absent }));
  await failing(client.send(new elb.DescribeTargetHealthCommand({ TargetGroupArn: other })));
  await client.send(new elb.CreateLoadBalancerCommand({ Name: 'short-lived', Subnets: ['subnet-a', 'subnet-b'] }));
  const [second] =
    (await client.send(new elb.DescribeLoadBalancersCommand({ Names: ['short-lived'] }))).LoadBalancers ?? [];
  const extra = await client.send(
    new elb.CreateListenerCommand({
      LoadBalancerArn: second?.LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [
        { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } },
      ],
    }),
  );
  await client.send(new elb.DeleteListenerCommand({ ListenerArn: extra.Listeners?.[0]?.ListenerArn }));
  await client.send(new elb.DeleteLoadBalancerCommand({ LoadBalancerArn: second?.LoadBalancerArn }));
  await client.send(new elb.CreateRuleCommand({ ...rule.input, Priority: 11 }));
  await client.send(new elb.DeleteRuleCommand({ RuleArn }));
  client.destroy();
}

/** A rule with many members that the sandbox stores but does not interpret. */
async function makeUnmodelledRule(
  client: elb.ElasticLoadBalancingV2Client,
  ListenerArn: string,
  TargetGroupArn: string,
): Promise<void> {
  const rewrite = { Rewrites: [{ Regex: '^/api/(.*)$', Replace: '/$1' }] };
  const { Rules } = await client.send(
    new elb.CreateRuleCommand({
      ListenerArn,
      Priority: 20,
      Conditions: [
        { Field: 'path-pattern', PathPatternConfig: { RegexValues: ['^/api/v[0-9]+/.*$'] } },
        { Field: 'host-header', RegexValues: ['^api\\.example$'] },
        { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } },
      ],
      Actions: [
        { Type: 'forward', TargetGroupArn, Order: 2 },
        {
          Type: 'jwt-validation',
          Order: 1,
          JwtValidationConfig: { Issuer: 'https://login.example', JwksEndpoint: 'https://login.example/keys' },
        },
      ],
      Transforms: [{ Type: 'url-rewrite', UrlRewriteConfig: rewrite }],
    }),
  );
  const RuleArn = Rules?.[0]?.RuleArn;
  await client.send(new elb.ModifyRuleCommand({ RuleArn, ResetTransforms: true }));
  const Transforms = [{ Type: 'host-header-rewrite' as const, HostHeaderRewriteConfig: rewrite }];
  await client.send(new elb.ModifyRuleCommand({ RuleArn, Transforms }));
}
