import {
  DeleteRuleCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { worldService } from '../../scripts/world/services.ts';
import { readJson } from './json-schema.ts';
import { type CliWorld, openCliWorld } from './open-cli-world.ts';

// A new user's first steps: no listener rule used the target group, and the start said "running".

let world: CliWorld;
beforeAll(async () => {
  world = await openCliWorld({ speed: 6, world: { services: [worldService('auth')] } });
  const { elasticLoadBalancing: elb } = world.door.clients;
  const { LoadBalancers } = await elb.send(new DescribeLoadBalancersCommand({}));
  const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn;
  const { Listeners } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
  const { Rules = [] } = await elb.send(new DescribeRulesCommand({ ListenerArn: Listeners?.[0]?.ListenerArn }));
  for (const { RuleArn, IsDefault } of Rules) if (!IsDefault) await elb.send(new DeleteRuleCommand({ RuleArn }));
});
afterAll(() => world[Symbol.asyncDispose]());
afterEach(() => world.door.invoke({ action: 'stop', service: 'auth' }));

const words = 'running but unreachable: unused (Target.NotInUse)';

test('a start reports that its task gets no requests, why, and what to check', async () => {
  const { exitCode, stdout } = await world.engines('start', 'auth', '--wait', 'running');
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`! auth was started, is registered and ${words}. 10.`);
  expect(stdout).toMatch(/^ {2}engines doctor auth$/m);
});

test('a start that finds the task up reports it, too, whatever it waits for', async () => {
  await world.door.invoke({ action: 'start', service: 'auth', wait: 'running' });
  const status = async () => JSON.stringify(await world.door.invoke({ action: 'status', service: 'auth' }));
  await expect.poll(status, { timeout: 30_000 }).toContain('Target.NotInUse');
  const { value } = await world.door.invoke({ action: 'start', service: 'auth', wait: 'running' });
  expect(value?.body).toMatchObject({
    message: `auth was live already, is registered and ${words}.`,
    healthStatus: 'unused',
    healthReason: 'Target.NotInUse',
    unreachable: 'unused (Target.NotInUse)',
  });
  const { stdout } = await world.engines('start', 'auth', '--wait', 'none', '--json');
  expect(readJson('operation', stdout)).toMatchObject({
    results: [{ message: `auth was live already; nothing was waited for. It is ${words}.` }],
  });
});
