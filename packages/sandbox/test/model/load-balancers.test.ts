import { expect, test } from 'vitest';
import { createElbWorld, groupInput, notFound } from './elb-world.ts';

test('a load balancer is active after it has been provisioned', async () => {
  const world = createElbWorld({ durations: { loadBalancerCreationMs: [60_000, 60_000] } });
  await world.makeListener();
  const seen = [await world.call('DescribeLoadBalancers', { Names: ['shared'] })];
  await world.clock.advance(60_000);
  seen.push(await world.call('DescribeLoadBalancers', {}));

  expect(seen).toMatchObject([
    { LoadBalancers: [{ LoadBalancerName: 'shared', Type: 'application', State: { Code: 'provisioning' } }] },
    { LoadBalancers: [{ LoadBalancerName: 'shared', Scheme: 'internet-facing', State: { Code: 'active' } }] },
  ]);
});

test('a resource can be recreated with its earlier ARN', async () => {
  const world = createElbWorld();
  const group = 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/auth/0123456789abcdef';
  const balancer = 'arn:aws:elasticloadbalancing:us-east-2:123456789012:loadbalancer/app/shared/fedcba9876543210';
  world.model.admin.expectArn(group);
  world.model.admin.expectArn(balancer);
  expect(await world.makeGroup()).toBe(group);
  expect((await world.makeListener()).loadBalancerArn).toBe(balancer);
  expect(await world.makeGroup({ Name: 'other' })).not.toContain('0123456789abcdef');
  expect(() => world.model.admin.expectArn('arn:aws:s3:::bucket')).toThrow(RangeError);
});

test('rules are returned by priority, with the default rule last', async () => {
  const world = createElbWorld();
  const { listenerArn } = await world.makeListener();
  const targetGroupArn = await world.makeGroup();
  const ruleArn = await world.forward(listenerArn, targetGroupArn, 10);

  expect(await world.call('DescribeRules', { ListenerArn: listenerArn })).toEqual({
    Rules: [
      {
        RuleArn: ruleArn,
        Priority: '10',
        IsDefault: false,
        Conditions: [
          {
            Field: 'path-pattern',
            Values: ['/api/auth', '/api/auth/*'],
            PathPatternConfig: { Values: ['/api/auth', '/api/auth/*'] },
          },
        ],
        Actions: [
          {
            Type: 'forward',
            TargetGroupArn: targetGroupArn,
            ForwardConfig: {
              TargetGroups: [{ TargetGroupArn: targetGroupArn, Weight: 1 }],
              TargetGroupStickinessConfig: { Enabled: false },
            },
          },
        ],
      },
      {
        RuleArn: expect.stringContaining(':listener-rule/app/shared/'),
        Priority: 'default',
        IsDefault: true,
        Conditions: [],
        Actions: [notFound],
      },
    ],
  });
});

test('a priority is unique', async () => {
  const world = createElbWorld();
  const { listenerArn } = await world.makeListener();
  const targetGroupArn = await world.makeGroup();
  await world.forward(listenerArn, targetGroupArn, 10);
  await expect(world.forward(listenerArn, targetGroupArn, 10)).rejects.toMatchObject({
    code: 'PriorityInUse',
    message: "Priority '10' is currently in use",
  });
});

test('a rule has at most five condition values', async () => {
  const world = createElbWorld();
  const { listenerArn } = await world.makeListener();
  const Values = ['/1', '/2', '/3', '/4', '/5', '/6'];
  const input = { ListenerArn: listenerArn, Priority: 1, Actions: [notFound] };
  const rule = (values: readonly string[]) =>
    world.call('CreateRule', { ...input, Conditions: [{ Field: 'path-pattern', Values: values }] });
  await expect(rule(Values)).rejects.toMatchObject({
    code: 'ValidationError',
    message: "A rule can only have '5' condition values",
  });
  expect(await rule(Values.slice(1))).toMatchObject({ Rules: [{ Priority: '1' }] });
});

test('a target group belongs to one load balancer', async () => {
  const world = createElbWorld();
  const targetGroupArn = await world.makeGroup();
  const shared = await world.makeListener('shared');
  const other = await world.makeListener('other');
  await world.forward(shared.listenerArn, targetGroupArn, 1);
  await world.forward(shared.listenerArn, targetGroupArn, 2);

  await expect(world.forward(other.listenerArn, targetGroupArn)).rejects.toMatchObject({
    code: 'TargetGroupAssociationLimit',
  });
  expect(await world.call('DescribeTargetGroups', { TargetGroupArns: [targetGroupArn] })).toMatchObject({
    TargetGroups: [{ LoadBalancerArns: [shared.loadBalancerArn] }],
  });
});

test('a load balancer has at most 100 rules, and its default rule cannot be deleted', async () => {
  const world = createElbWorld();
  const { listenerArn } = await world.makeListener();
  const Conditions = [{ Field: 'path-pattern', Values: ['/x'] }];
  const rule = (Priority: number) =>
    world.call('CreateRule', { ListenerArn: listenerArn, Priority, Conditions, Actions: [notFound] });
  for (let priority = 1; priority <= 100; priority++) await rule(priority);
  await expect(rule(101)).rejects.toMatchObject({ code: 'TooManyRules' });

  const { Rules } = await world.call('DescribeRules', { ListenerArn: listenerArn });
  const RuleArn = (Rules as { RuleArn: string }[]).at(-1)?.RuleArn;
  await expect(world.call('DeleteRule', { RuleArn })).rejects.toMatchObject({ code: 'OperationNotPermitted' });
});

test('a load balancer needs two subnets, and an HTTPS listener a certificate', async () => {
  const world = createElbWorld();
  await expect(world.call('CreateLoadBalancer', { Name: 'one', Subnets: ['subnet-a'] })).rejects.toMatchObject({
    code: 'ValidationError',
  });
  const { loadBalancerArn } = await world.makeListener();
  const input = { LoadBalancerArn: loadBalancerArn, Protocol: 'HTTPS', Port: 443, DefaultActions: [notFound] };
  await expect(world.call('CreateListener', input)).rejects.toMatchObject({ code: 'ValidationError' });
  const Certificates = [{ CertificateArn: 'arn:aws:acm:us-east-2:123456789012:certificate/1' }];
  expect(await world.call('CreateListener', { ...input, Certificates })).toMatchObject({
    Listeners: [{ Protocol: 'HTTPS', Certificates, SslPolicy: 'ELBSecurityPolicy-2016-08' }],
  });
});

test('names and ports are unique, and resources in use cannot be deleted', async () => {
  const world = createElbWorld();
  const { listenerArn, loadBalancerArn } = await world.makeListener();
  const targetGroupArn = await world.makeGroup();
  await world.forward(listenerArn, targetGroupArn);

  await expect(world.makeGroup()).rejects.toMatchObject({ code: 'DuplicateTargetGroupName' });
  await expect(world.makeListener()).rejects.toMatchObject({ code: 'DuplicateLoadBalancerName' });
  await expect(
    world.call('CreateListener', {
      LoadBalancerArn: loadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [notFound],
    }),
  ).rejects.toMatchObject({ code: 'DuplicateListener' });
  await expect(world.call('DeleteTargetGroup', { TargetGroupArn: targetGroupArn })).rejects.toMatchObject({
    code: 'ResourceInUse',
  });
});

test('deleting a load balancer deletes its listeners and frees the target groups', async () => {
  const world = createElbWorld();
  const { listenerArn, loadBalancerArn } = await world.makeListener();
  const targetGroupArn = await world.makeGroup();
  await world.forward(listenerArn, targetGroupArn);
  let changes = 0;
  world.model.onListenersChanged(() => changes++);
  const before = world.model.listeners();
  await world.call('DeleteLoadBalancer', { LoadBalancerArn: loadBalancerArn });

  expect(before).toEqual([{ listenerArn, loadBalancerName: 'shared', port: 80, protocol: 'HTTP' }]);
  expect(world.model.listeners()).toEqual([]);
  expect(changes).toBe(1);
  expect(await world.call('DeleteTargetGroup', { TargetGroupArn: targetGroupArn })).toEqual({});
});

test.each([
  ['a name with an underscore', { Name: 'auth_1' }],
  ['a name of 33 characters', { Name: 'a'.repeat(33) }],
  ['an interval of 4 s', { HealthCheckIntervalSeconds: 4 }],
  ['an interval of 301 s', { HealthCheckIntervalSeconds: 301 }],
  ['a timeout as long as the interval', { HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 5 }],
  ['a healthy threshold of 1', { HealthyThresholdCount: 1 }],
  ['an unhealthy threshold of 11', { UnhealthyThresholdCount: 11 }],
  ['a matcher of 500', { Matcher: { HttpCode: '500' } }],
  ['a path without a slash', { HealthCheckPath: 'health' }],
  ['disabled health checks', { HealthCheckEnabled: false }],
])('a target group with %s is rejected', async (_what, input) => {
  const world = createElbWorld();
  await expect(world.call('CreateTargetGroup', { ...groupInput, ...input })).rejects.toMatchObject({
    code: 'ValidationError',
  });
});

test('the deregistration delay is from 0 to 3600 s, by default 300', async () => {
  const world = createElbWorld();
  const TargetGroupArn = await world.makeGroup();
  const Key = 'deregistration_delay.timeout_seconds';
  const { Attributes } = await world.call('DescribeTargetGroupAttributes', { TargetGroupArn });
  expect(Attributes).toContainEqual({ Key, Value: '300' });

  const change = (Value: string) =>
    world.call('ModifyTargetGroupAttributes', { TargetGroupArn, Attributes: [{ Key, Value }] });
  await expect(change('3601')).rejects.toMatchObject({ code: 'ValidationError' });
  expect((await change('15')).Attributes).toContainEqual({ Key, Value: '15' });
});

test('lists are paginated', async () => {
  const world = createElbWorld();
  for (const Name of ['one', 'two', 'three']) await world.makeGroup({ Name });
  const first = await world.call('DescribeTargetGroups', { PageSize: 2 });
  const second = await world.call('DescribeTargetGroups', { PageSize: 2, Marker: first.NextMarker });

  expect(first.TargetGroups).toMatchObject([{ TargetGroupName: 'one' }, { TargetGroupName: 'two' }]);
  expect(second.TargetGroups).toMatchObject([{ TargetGroupName: 'three' }]);
  expect(second).not.toHaveProperty('NextMarker');
});
