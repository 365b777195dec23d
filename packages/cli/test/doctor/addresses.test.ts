import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/doctor/diagnose.ts';
import { createMendCommands } from '../../src/doctor/mend-commands.ts';
import { soundEvidence } from './sound-evidence.ts';

// Public bug reports, case 08 and the target group in another VPC.

// biome-ignore lint/suspicious/noExplicitAny: evidence is deep and read-only, and each case changes one place of it
type Loose = any;

function afterChange(change: (evidence: Loose) => void) {
  const evidence = structuredClone(soundEvidence());
  change(evidence);
  const options = { workspace: 'dev', functionName: 'f', parameterPath: '/start-engines/dev', json: false, yes: false };
  const { first, links } = diagnose(evidence, createMendCommands(options, 'us-east-2'));
  return { first: first?.id, summary: first?.summary, links };
}

const groups = (evidence: Loose) => [evidence.groups.value[0].found, evidence.mappedGroups.value[0].found];

/** The service uses an IPv6 address. */
function moveToIpv6(evidence: Loose): void {
  for (const found of groups(evidence)) Object.assign(found, { ipAddressType: 'ipv6' });
  groups(evidence)[0].targets[0].ip = '2001:db8::5';
  Object.assign(evidence.tasks.value[0], { privateIp: '2001:db8::5', privateIpv6: '2001:db8::5' });
  evidence.interfaces.value[0].ip = '2001:db8::5';
  evidence.subnets.value[0].addressTypes = ['ipv6'];
  evidence.loadBalancers.value[0].ips.push('2001:db8::10');
  evidence.securityGroups.value[0].egress[0].cidrs = ['::/0'];
}

describe('addresses', () => {
  test('a service with an IPv6 address is sound', () => {
    const { first, links } = afterChange(moveToIpv6);
    expect(first).toBeUndefined();
    expect(links.find(({ id }) => id === 'targets')?.summary).toBe('[2001:db8::5]:8080 is healthy in auth');
  });

  test('a task with both addresses is sound in a group for IPv6', () => {
    const { first } = afterChange((evidence) => {
      moveToIpv6(evidence);
      evidence.tasks.value[0].privateIp = '10.0.1.5';
    });
    expect(first).toBeUndefined();
  });

  test('a task without an address of the group’s kind is reported', () => {
    expect(
      afterChange((evidence) => {
        for (const found of groups(evidence)) Object.assign(found, { ipAddressType: 'ipv6', targets: [] });
      }),
    ).toMatchObject({
      first: 'target-group',
      summary: "the target group auth does not accept the task's address 10.0.1.5",
    });
  });

  test('subnets without an address of the group’s kind are reported before a task is launched', () => {
    expect(
      afterChange((evidence) => {
        evidence.tasks.value = [];
        for (const found of groups(evidence)) found.targets = [];
        evidence.subnets.value[0].addressTypes = ['ipv6'];
      }),
    ).toMatchObject({
      first: 'target-group',
      summary: 'the target group auth takes IPv4 addresses only, but a task in subnet-a has none',
    });
  });

  test.each([
    [['2001:db8::/64'], undefined],
    [['2001:db8:1::/64', '0.0.0.0/0'], 'security-groups'],
  ])('a security group that admits %j is compared with the address of the same kind', (cidrs, first) => {
    const told = afterChange((evidence) => {
      moveToIpv6(evidence);
      Object.assign(evidence.securityGroups.value[1].ingress[0], { cidrs, groupIds: [] });
    });
    expect(told.first).toBe(first);
  });
});

describe('another VPC', () => {
  const far = (evidence: Loose) => {
    evidence.loadBalancers.value[0].vpcId = 'vpc-near';
    Object.assign(evidence.subnets.value[0], { vpcId: 'vpc-far', zone: 'us-east-2c' });
    Object.assign(evidence.interfaces.value[0], { vpcId: 'vpc-far', zone: 'us-east-2c' });
  };

  test('a task there counts as in all zones of the load balancer', () => {
    expect(afterChange(far).first).toBeUndefined();
  });

  test('in the same VPC the zone still counts', () => {
    const { summary } = afterChange((evidence) => {
      far(evidence);
      evidence.loadBalancers.value[0].vpcId = 'vpc-far';
    });
    expect(summary).toBe('the task is in us-east-2c, but shared is not');
  });
});
