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

test('a state that did not exist when this was written is unknown', async () => {
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
