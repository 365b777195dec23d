import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from 'vitest';
import { createInMemoryWorld } from '../../src/in-memory.ts';
import { noDelays, startSandbox } from '../../src/index.ts';
import { createElbWorld, type ElbWorld } from './elb-world.ts';

const request = { method: 'GET', host: 'api.example', path: '/api/auth/login', query: '', headers: {} };

/** A rule that answers 201. Its changes take 10 to 20 s to reach each of two nodes. */
async function makeRule(seed = 1) {
  const world = createElbWorld({ seed, durations: { rulePropagationMs: [10_000, 20_000] } });
  const { listenerArn } = await world.makeListener();
  await world.call('CreateRule', {
    ListenerArn: listenerArn,
    Priority: 1,
    Conditions: [{ Field: 'path-pattern', Values: ['/api/auth/*'] }],
    Actions: answer('201'),
  });
  await world.clock.advance(20_000);
  const [seen] = world.model.admin.rulesOnNodes({ ...request, listenerArn });
  return { world, listenerArn, RuleArn: seen?.ruleArn ?? '' };
}

const answer = (StatusCode: string) => [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode } }];

/** The status code with which each node answers. */
function answers(world: ElbWorld, listenerArn: string): readonly (number | string)[] {
  return [0, 1].map((node) => codeOf(world, { ...request, listenerArn, node }));
}

function codeOf(world: ElbWorld, asked: Parameters<ElbWorld['model']['route']>[0]): number | string {
  const decision = world.model.route(asked);
  return decision.kind === 'fixed-response' ? decision.statusCode : decision.kind;
}

test('each node applies a changed rule 10 to 20 s later, at a time of its own', async () => {
  const { world, listenerArn, RuleArn } = await makeRule();
  await world.call('ModifyRule', { RuleArn, Actions: answer('202') });
  await world.clock.advance(9_999);
  expect(answers(world, listenerArn)).toEqual([201, 201]);

  const seen = new Set<string>();
  for (let passed = 0; passed < 10_001; passed += 1) {
    await world.clock.advance(1);
    seen.add(answers(world, listenerArn).join(' '));
  }
  expect(answers(world, listenerArn)).toEqual([202, 202]);
  expect([...seen].filter((one) => one === '201 202' || one === '202 201')).toHaveLength(1);
});

test('DescribeRules returns a change at once, before any node applies it', async () => {
  const { world, listenerArn, RuleArn } = await makeRule();
  await world.call('ModifyRule', { RuleArn, Actions: answer('202') });
  const { Rules } = await world.call('DescribeRules', { RuleArns: [RuleArn] });
  expect(Rules).toMatchObject([{ RuleArn, Actions: answer('202') }]);
  expect(answers(world, listenerArn)).toEqual([201, 201]);
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])('a node never returns to an earlier rule (seed %i)', async (seed) => {
  const { world, listenerArn, RuleArn } = await makeRule(seed);
  for (const code of ['202', '203', '204']) {
    await world.call('ModifyRule', { RuleArn, Actions: answer(code) });
    await world.clock.advance(2_000);
  }
  const courses: (number | string)[][] = [[], []];
  for (let passed = 0; passed < 20_000; passed += 100) {
    await world.clock.advance(100);
    for (const [node, code] of answers(world, listenerArn).entries()) courses[node]?.push(code);
  }
  for (const course of courses) {
    expect(course).toEqual(course.toSorted());
    expect(course.at(-1)).toBe(204);
  }
});

test('a deleted rule still applies until the nodes have heard of it', async () => {
  const { world, listenerArn, RuleArn } = await makeRule();
  await world.call('DeleteRule', { RuleArn });
  expect(answers(world, listenerArn)).toEqual([201, 201]);
  await world.clock.advance(20_000);
  expect(answers(world, listenerArn)).toEqual([404, 404]);
});

test('requests go to the nodes in turn', async () => {
  const { world, listenerArn, RuleArn } = await makeRule();
  await world.call('ModifyRule', { RuleArn, Actions: answer('202') });
  await world.clock.advance(10_000);
  while (new Set(answers(world, listenerArn)).size === 1) await world.clock.advance(1);
  const codes = [1, 2, 3, 4].map(() => codeOf(world, { ...request, listenerArn }));
  expect(new Set(codes.slice(0, 2))).toEqual(new Set([201, 202]));
  expect(codes.slice(2)).toEqual(codes.slice(0, 2));
});

test('what the nodes apply can be read without sending a request', async () => {
  const { world, listenerArn, RuleArn } = await makeRule();
  const seen = world.model.admin.rulesOnNodes({ ...request, listenerArn });
  expect(seen).toMatchObject([
    { node: 0, ruleArn: RuleArn, actions: answer('201') },
    { node: 1, ruleArn: RuleArn, actions: answer('201') },
  ]);
});

test('a group with weight 0 gets no requests, and its targets are checked like any other', async () => {
  const world = createElbWorld();
  const { listenerArn } = await world.makeListener();
  const [auth, spare] = [await world.makeGroup(), await world.makeGroup({ Name: 'spare' })];
  await world.call('RegisterTargets', { TargetGroupArn: auth, Targets: [{ Id: '10.0.0.5', Port: 8080 }] });
  await world.call('RegisterTargets', { TargetGroupArn: spare, Targets: [{ Id: '10.0.0.6', Port: 8080 }] });
  await world.call('CreateRule', {
    ListenerArn: listenerArn,
    Priority: 1,
    Conditions: [{ Field: 'path-pattern', Values: ['*'] }],
    Actions: forward({ TargetGroupArn: spare, Weight: 0 }, { TargetGroupArn: auth, Weight: 1 }),
  });
  await world.clock.advance(3_000);

  expect(await world.health(spare)).toEqual(['10.0.0.6:8080 healthy']);
  const groups = Array.from({ length: 20 }, () => world.model.route({ ...request, listenerArn }));
  expect(new Set(groups.map((one) => one.kind === 'forward' && one.targetGroupArn))).toEqual(new Set([auth]));
});

test.each([
  ['a weight above 999', { Weight: 1_000 }, undefined],
  ['a negative weight', { Weight: -1 }, undefined],
  ['stickiness without a duration', {}, { Enabled: true }],
  ['stickiness for more than seven days', {}, { Enabled: true, DurationSeconds: 604_801 }],
])('%s is refused, and the rule stays as it was', async (_what, weight, stickiness) => {
  const { world, RuleArn } = await makeRule();
  const TargetGroupArn = await world.makeGroup();
  const [action] = forward({ TargetGroupArn, ...weight });
  const ForwardConfig = { ...action?.ForwardConfig, ...(stickiness && { TargetGroupStickinessConfig: stickiness }) };
  await expect(world.call('ModifyRule', { RuleArn, Actions: [{ ...action, ForwardConfig }] })).rejects.toMatchObject({
    code: 'ValidationError',
  });
  const { Rules } = await world.call('DescribeRules', { RuleArns: [RuleArn] });
  expect(Rules).toMatchObject([{ Actions: answer('201') }]);
});

test('the admin API returns what each node applies to a path', async () => {
  const options = { loadBalancerNodes: 3, durations: { ...noDelays, rulePropagationMs: [60_000, 60_000] } } as const;
  await using sandbox = await startSandbox(options);
  const elb = new ElasticLoadBalancingV2Client({ endpoint: sandbox.endpoint, region: sandbox.region, credentials });
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({ Name: 'shared', Subnets: ['subnet-a', 'subnet-b'] }),
  );
  const { Listeners } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    }),
  );
  const listener = Listeners?.[0]?.ListenerArn ?? '';
  const response = await fetch(
    `${sandbox.endpoint}/_sandbox/load-balancer-nodes?${new URLSearchParams({ listener, path: '/x' })}`,
  );
  expect(await response.json()).toMatchObject({
    nodes: [0, 1, 2].map((node) => ({ node, actions: [{ FixedResponseConfig: { StatusCode: '404' } }] })),
  });
});

test.each([0, -1, 1.5])('a load balancer with %d nodes is refused', (loadBalancerNodes) => {
  expect(() => createInMemoryWorld({ seed: 1, loadBalancerNodes })).toThrow(
    `loadBalancerNodes must be a positive integer, not ${loadBalancerNodes}`,
  );
});

const credentials = { accessKeyId: 'TEST', secretAccessKey: 'none' };

function forward(...TargetGroups: readonly { TargetGroupArn: string; Weight?: number }[]) {
  return [{ Type: 'forward', ForwardConfig: { TargetGroups } }];
}
