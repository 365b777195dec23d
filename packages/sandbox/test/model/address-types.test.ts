import { describe, expect, test } from 'vitest';
import { createVpc } from '../../src/model/ec2/vpc.ts';
import { createElbWorld } from './elb-world.ts';

const account = { region: 'us-east-2', accountId: '123456789012' };

function openWorld() {
  const vpc = createVpc(account);
  vpc.putVpc('vpc-far');
  const subnet = { availabilityZone: 'us-east-2c', prefix: '10.201.1', cidrBlock: '10.201.1.0/24' };
  vpc.putSubnet({ ...subnet, id: 'subnet-far', vpcId: 'vpc-far' });
  vpc.putSubnet({ ...subnet, id: 'subnet-near', vpcId: 'vpc-1', prefix: '10.202.1', ipv6Prefix: '2001:db8:0:1' });
  return createElbWorld({ vpc });
}

describe('a target group for IPv6', () => {
  test('accepts only IPv6 addresses, and returns its type', async () => {
    const world = openWorld();
    const TargetGroupArn = await world.makeGroup({ IpAddressType: 'ipv6' });
    const { TargetGroups } = await world.call('DescribeTargetGroups', { TargetGroupArns: [TargetGroupArn] });
    expect(TargetGroups).toMatchObject([{ IpAddressType: 'ipv6' }]);
    await world.call('RegisterTargets', { TargetGroupArn, Targets: [{ Id: '2001:db8:0:1::4' }] });
    expect(await world.health(TargetGroupArn)).toEqual(['2001:db8:0:1::4:8080 unused Target.NotInUse']);
    await expect(
      world.call('RegisterTargets', { TargetGroupArn, Targets: [{ Id: '10.202.1.4' }] }),
    ).rejects.toMatchObject({
      code: 'ValidationError',
      message: "The IP address '10.202.1.4' is not a valid IPv6 address",
    });
  });

  test('rejects IPv6 addresses if it is for IPv4', async () => {
    const world = openWorld();
    const TargetGroupArn = await world.makeGroup();
    await expect(
      world.call('RegisterTargets', { TargetGroupArn, Targets: [{ Id: '2001:db8:0:1::4' }] }),
    ).rejects.toMatchObject({ message: "The IP address '2001:db8:0:1::4' is not a valid IPv4 address" });
  });

  test('needs a dualstack load balancer', async () => {
    const world = openWorld();
    const group = await world.makeGroup({ IpAddressType: 'ipv6' });
    const { listenerArn } = await world.makeListener();
    await expect(world.forward(listenerArn, group)).rejects.toMatchObject({
      message: "You cannot associate an IPv6 target group with a load balancer that has an 'ipv4' IP address type",
    });
  });

  test('needs a valid type', async () => {
    await expect(openWorld().makeGroup({ IpAddressType: 'dualstack' })).rejects.toMatchObject({
      code: 'ValidationError',
    });
  });
});

describe('a target in another VPC', () => {
  const far = '10.201.1.4';
  const register = async (target: object) => {
    const world = openWorld();
    const TargetGroupArn = await world.makeGroup();
    const { listenerArn } = await world.makeListener();
    await world.forward(listenerArn, TargetGroupArn);
    await world.call('RegisterTargets', { TargetGroupArn, Targets: [target] });
    return world.health(TargetGroupArn);
  };

  test.each([
    [
      { Id: far },
      `You must specify a valid Availability Zone or select 'all' for all enabled Availability zones, since the IP address '${far}' is outside the VPC`,
    ],
    [
      { Id: far, AvailabilityZone: 'us-east-2a' },
      `The Availability Zone for IP address '${far}' must be 'all' for Application Load Balancer target groups, when not within the VPC`,
    ],
    [
      { Id: '10.202.1.4', AvailabilityZone: 'all' },
      "The IP address '10.202.1.4' is within the VPC, and cannot have its Availability Zone overridden to 'all' from 'us-east-2c'",
    ],
  ])('%j is rejected', async (target, message) => {
    await expect(register(target)).rejects.toMatchObject({ code: 'ValidationError', message });
  });

  test('is served regardless of the zone if it is in all zones', async () => {
    expect(await register({ Id: far, AvailabilityZone: 'all' })).toEqual([
      `${far}:8080 initial Elb.RegistrationInProgress`,
    ]);
    expect(await register({ Id: '10.202.1.4' })).toEqual(['10.202.1.4:8080 unused Target.NotInUse']);
  });
});
