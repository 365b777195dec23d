import { expect, test } from 'vitest';
import { createTargetRegistry } from '../src/index.ts';
import { type CannedAws, startCannedAws } from './canned-aws.ts';

const targetGroupArn = 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/auth/1';
const namespace = 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/';

function registry(aws: CannedAws) {
  return createTargetRegistry({ client: aws.clients.elasticLoadBalancing });
}

function describeTargetHealth(...members: readonly string[]) {
  const list = members.map((member) => `<member>${member}</member>`).join('');
  return {
    xml:
      `<DescribeTargetHealthResponse xmlns="${namespace}"><DescribeTargetHealthResult><TargetHealthDescriptions>` +
      `${list}</TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>`,
  };
}

function health(ip: string, state: string, more = '') {
  return `<Target><Id>${ip}</Id><Port>8080</Port></Target><TargetHealth><State>${state}</State>${more}</TargetHealth>`;
}

test('targets are read with state, reason and description', async () => {
  await using aws = await startCannedAws(() =>
    describeTargetHealth(
      health('10.0.0.1', 'healthy'),
      health('10.0.0.2', 'unused', '<Reason>Target.NotInUse</Reason><Description>Not in use</Description>'),
      health('10.0.0.3', 'unhealthy.draining', '<Reason>Target.DeregistrationInProgress</Reason>'),
    ),
  );
  expect(await registry(aws).read(targetGroupArn)).toEqual([
    { ip: '10.0.0.1', port: 8080, state: 'healthy' },
    { ip: '10.0.0.2', port: 8080, state: 'unused', reason: 'Target.NotInUse', description: 'Not in use' },
    { ip: '10.0.0.3', port: 8080, state: 'unhealthy.draining', reason: 'Target.DeregistrationInProgress' },
  ]);
  expect(aws.calls).toEqual([{ operation: 'DescribeTargetHealth', input: { TargetGroupArn: targetGroupArn } }]);
});

test('an empty group has no targets', async () => {
  await using aws = await startCannedAws(() => describeTargetHealth());
  expect(await registry(aws).read(targetGroupArn)).toEqual([]);
});

test('a state that this version does not know is unknown', async () => {
  await using aws = await startCannedAws(() => describeTargetHealth(health('10.0.0.1', 'sleepy')));
  expect(await registry(aws).read(targetGroupArn)).toEqual([{ ip: '10.0.0.1', port: 8080, state: 'unknown' }]);
});

test('a group whose targets have no port is refused', async () => {
  const member = '<Target><Id>arn:aws:lambda:x</Id></Target><TargetHealth><State>healthy</State></TargetHealth>';
  await using aws = await startCannedAws(() => describeTargetHealth(member));
  await expect(registry(aws).read(targetGroupArn)).rejects.toMatchObject({
    name: 'AwsRejected',
    context: { service: 'ELBv2', operation: 'DescribeTargetHealth', targetGroupArn },
  });
});

test('R30: a target is registered and deregistered with its port', async () => {
  await using aws = await startCannedAws(({ operation }) => ({
    xml: `<${operation}Response xmlns="${namespace}"><${operation}Result/></${operation}Response>`,
  }));
  await registry(aws).register(targetGroupArn, { ip: '10.0.0.1', port: 9080 });
  await registry(aws).deregister(targetGroupArn, { ip: '10.0.0.1', port: 9080 });
  const input = {
    TargetGroupArn: targetGroupArn,
    'Targets.member.1.Id': '10.0.0.1',
    'Targets.member.1.Port': '9080',
  };
  expect(aws.calls).toEqual([
    { operation: 'RegisterTargets', input },
    { operation: 'DeregisterTargets', input },
  ]);
});

test('a target group that does not exist is refused, and the error names it', async () => {
  await using aws = await startCannedAws(() => ({
    status: 400,
    xml:
      `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>TargetGroupNotFound</Code>` +
      '<Message>One or more target groups not found</Message></Error><RequestId>request-1</RequestId></ErrorResponse>',
  }));
  await expect(registry(aws).register(targetGroupArn, { ip: '10.0.0.1', port: 8080 })).rejects.toMatchObject({
    name: 'AwsRejected',
    message: 'ELBv2 RegisterTargets: TargetGroupNotFound: One or more target groups not found',
    context: {
      service: 'ELBv2',
      operation: 'RegisterTargets',
      targetGroupArn,
      awsCode: 'TargetGroupNotFound',
      requestId: 'request-1',
      httpStatus: 400,
    },
  });
});

const refusal = (code: string, message: string) => ({
  status: 400,
  xml:
    `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${code}</Code>` +
    `<Message>${message}</Message></Error><RequestId>request-1</RequestId></ErrorResponse>`,
});
const done = (operation: string) => ({
  xml: `<${operation}Response xmlns="${namespace}"><${operation}Result/></${operation}Response>`,
});
const target = { ip: '10.0.0.1', port: 8080 };

// Public bug reports: a target group in another VPC, and addresses of the other kind.
test.each([
  "You must specify a valid Availability Zone or select 'all' for all enabled Availability zones, since the IP address '10.0.0.1' is outside the VPC",
  "The Availability Zone for IP address '10.0.0.1' must be 'all' for Application Load Balancer target groups, when not within the VPC",
])('a target outside the VPC is registered, and deregistered, in all zones: %s', async (message) => {
  await using aws = await startCannedAws(({ operation }, index) =>
    index === 0 ? refusal('ValidationError', message) : done(operation),
  );
  const targets = registry(aws);
  await targets.register(targetGroupArn, target);
  await targets.deregister(targetGroupArn, target);
  await targets.deregister(targetGroupArn, target);
  expect(aws.calls.map(({ operation, input }) => [operation, input['Targets.member.1.AvailabilityZone']])).toEqual([
    ['RegisterTargets', undefined],
    ['RegisterTargets', 'all'],
    ['DeregisterTargets', 'all'],
    ['DeregisterTargets', undefined],
  ]);
});

test('a process that did not register a target in all zones deregisters it there', async () => {
  const zone = '<AvailabilityZone>all</AvailabilityZone>';
  await using aws = await startCannedAws(({ operation }) =>
    operation === 'DescribeTargetHealth'
      ? describeTargetHealth(health('10.0.0.1', 'healthy').replace('</Target>', `${zone}</Target>`))
      : done(operation),
  );
  const targets = registry(aws);
  expect(await targets.read(targetGroupArn)).toEqual([{ ip: '10.0.0.1', port: 8080, state: 'healthy' }]);
  await targets.deregister(targetGroupArn, target);
  expect(aws.calls[1]?.input['Targets.member.1.AvailabilityZone']).toBe('all');
});

test.each([
  ['ValidationError', "The IP address '10.0.0.1' is not a valid IPv6 address", 'it takes IPv6 addresses only. '],
  ['InvalidTarget', 'The following targets are not in the target group VPC: 10.0.0.1', ''],
  ['ValidationError', 'When cross-zone load balancing is disabled, the Availability Zone cannot be all', ''],
  ['ValidationError', "The IP address '10.0.0.1' is outside the VPC", ''],
])('a target that the group will never accept is unusable: %s %s', async (code, message, why) => {
  await using aws = await startCannedAws(() => refusal(code, message));
  await expect(registry(aws).register(targetGroupArn, target)).rejects.toMatchObject({
    name: 'TargetUnusable',
    retryable: false,
    message: `Target 10.0.0.1:8080 cannot be registered in target group auth: ${why}ELBv2 RegisterTargets: ${code}: ${message}`,
    context: { targetGroupArn, ip: '10.0.0.1', port: 8080, awsCode: code, requestId: 'request-1' },
  });
});

test('any other refusal keeps its meaning', async () => {
  await using aws = await startCannedAws(() => refusal('ValidationError', 'Targets must not be empty'));
  await expect(registry(aws).register(targetGroupArn, target)).rejects.toMatchObject({ name: 'AwsRejected' });
  await expect(registry(aws).deregister(targetGroupArn, target)).rejects.toMatchObject({ name: 'AwsRejected' });
});

test('deregistering an address that the group does not accept succeeds', async () => {
  await using aws = await startCannedAws(() =>
    refusal('ValidationError', "The IP address '2001:db8::5' is not a valid IPv4 address"),
  );
  await registry(aws).deregister(targetGroupArn, { ip: '2001:db8::5', port: 8080 });
  expect(aws.calls).toHaveLength(1);
});

test('a group’s address type is read once', async () => {
  const group = (type: string) => ({
    xml:
      `<DescribeTargetGroupsResponse xmlns="${namespace}"><DescribeTargetGroupsResult><TargetGroups><member>${type}` +
      '</member></TargetGroups></DescribeTargetGroupsResult></DescribeTargetGroupsResponse>',
  });
  const replies = [group('<IpAddressType>ipv6</IpAddressType>'), group('')];
  await using aws = await startCannedAws((_call, index) => replies[index] ?? group(''));
  const targets = registry(aws);
  expect(await targets.addressType(targetGroupArn)).toBe('ipv6');
  expect(await targets.addressType(targetGroupArn)).toBe('ipv6');
  expect(await targets.addressType(`${targetGroupArn}2`)).toBe('ipv4');
  expect(aws.calls.map(({ operation }) => operation)).toEqual(['DescribeTargetGroups', 'DescribeTargetGroups']);
});

test('an IPv6 address is read in the short form that tasks use', async () => {
  await using aws = await startCannedAws(() => describeTargetHealth(health('2001:0DB8:0:0:0:0:0:5', 'healthy')));
  expect(await registry(aws).read(targetGroupArn)).toEqual([{ ip: '2001:db8::5', port: 8080, state: 'healthy' }]);
});
