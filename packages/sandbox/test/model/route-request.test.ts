import { describe, expect, test } from 'vitest';
import { createElbWorld, type ElbWorld, makeRegisteredTarget } from './elb-world.ts';

const request = { method: 'GET', host: 'api.example', path: '/api/auth/login', query: '', headers: {} };
const first = { ip: '10.0.0.5', port: 8080 };
const second = { ip: '10.0.0.6', port: 8080 };

/** The addresses that receive this many requests. */
function routeMany(world: ElbWorld, listenerArn: string, requests: number): readonly string[] {
  return Array.from({ length: requests }, () => {
    const decision = world.model.route({ ...request, listenerArn });
    return decision.kind === 'forward' ? decision.target.ip : decision.kind;
  });
}

async function withTwoHealthyTargets() {
  const world = createElbWorld({ durations: { deregistrationLagMs: [2_000, 2_000] } });
  const made = await makeRegisteredTarget(world);
  await world.call('RegisterTargets', {
    TargetGroupArn: made.targetGroupArn,
    Targets: [{ Id: '10.0.0.6', Port: 8080 }],
  });
  await world.clock.advance(3_000);
  return { world, ...made };
}

test('healthy targets take turns', async () => {
  const { world, listenerArn, targetGroupArn } = await withTwoHealthyTargets();
  expect(world.model.route({ ...request, listenerArn })).toEqual({ kind: 'forward', targetGroupArn, target: first });
  expect(world.model.route({ ...request, listenerArn })).toEqual({ kind: 'forward', targetGroupArn, target: second });
  expect(world.model.route({ ...request, listenerArn })).toEqual({ kind: 'forward', targetGroupArn, target: first });
});

test('an unhealthy target gets no requests while another is healthy; if none is, all get requests', async () => {
  const { world, listenerArn, targetGroupArn } = await withTwoHealthyTargets();
  const unhealthy = { State: 'unhealthy', Reason: 'Target.Timeout' } as const;
  world.model.admin.pinTargetHealth(targetGroupArn, first, unhealthy);
  const one = routeMany(world, listenerArn, 3);
  world.model.admin.pinTargetHealth(targetGroupArn, second, unhealthy);
  const none = routeMany(world, listenerArn, 4);

  expect(one).toEqual(['10.0.0.6', '10.0.0.6', '10.0.0.6']);
  expect(new Set(none)).toEqual(new Set(['10.0.0.5', '10.0.0.6']));
  expect(world.model.admin.counts().failOpenRequests).toBe(4);
});

test('a deregistered target may be chosen for a moment, and never afterwards', async () => {
  const { world, listenerArn, targetGroupArn } = await withTwoHealthyTargets();
  await world.call('DeregisterTargets', { TargetGroupArn: targetGroupArn, Targets: [{ Id: '10.0.0.5', Port: 8080 }] });
  await world.clock.advance(1_999);
  const before = routeMany(world, listenerArn, 2);
  await world.clock.advance(1);

  expect(new Set(before)).toEqual(new Set(['10.0.0.5', '10.0.0.6']));
  expect(routeMany(world, listenerArn, 3)).toEqual(['10.0.0.6', '10.0.0.6', '10.0.0.6']);
});

test('draining targets get no requests even if there is no other target', async () => {
  const { world, listenerArn, targetGroupArn } = await withTwoHealthyTargets();
  const Targets = [{ Id: '10.0.0.5' }, { Id: '10.0.0.6' }];
  await world.call('DeregisterTargets', { TargetGroupArn: targetGroupArn, Targets });
  await world.clock.advance(2_000);
  expect(world.model.route({ ...request, listenerArn })).toEqual({ kind: 'no-targets', targetGroupArn });
});

test('a target is not chosen during its registration', async () => {
  const world = createElbWorld();
  const { listenerArn } = await makeRegisteredTarget(world);
  expect(routeMany(world, listenerArn, 1)).toEqual(['no-targets']);
});

test.each([
  ['/api/auth', true],
  ['/api/auth/', true],
  ['/api/auth/a/b', true],
  ['/api/authx', false],
  ['/API/auth', false],
  ['/x/api/auth', false],
])('the path %s goes to the service: %s', async (path, expected) => {
  const world = createElbWorld();
  const { listenerArn } = await makeRegisteredTarget(world);
  await world.clock.advance(3_000);
  expect(world.model.route({ ...request, listenerArn, path }).kind).toBe(expected ? 'forward' : 'fixed-response');
});

test('/api/auth/* does not match /api/auth, ? is one character, and a dot is a dot', async () => {
  const world = createElbWorld();
  const { listenerArn } = await world.makeListener();
  const answer = (StatusCode: string) => [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode } }];
  const rule = (Priority: number, pattern: string, status: string) =>
    world.call('CreateRule', {
      ListenerArn: listenerArn,
      Priority,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: [pattern] } }],
      Actions: answer(status),
    });
  await rule(1, '/api/auth/*', '201');
  await rule(2, '/v?/x', '202');
  await rule(3, '/a.b', '203');

  const codes = ['/api/auth', '/api/auth/', '/v1/x', '/v12/x', '/v/x', '/a.b', '/aab'].map((path) => {
    const decision = world.model.route({ ...request, listenerArn, path });
    return decision.kind === 'fixed-response' ? decision.statusCode : decision.kind;
  });
  expect(codes).toEqual([404, 201, 202, 404, 404, 203, 404]);
});

test('the lowest priority number wins, regardless of the order of creation', async () => {
  const world = createElbWorld();
  const { listenerArn } = await world.makeListener();
  for (const [priority, status] of [
    [20, '202'],
    [5, '205'],
    [10, '210'],
  ] as const) {
    await world.call('CreateRule', {
      ListenerArn: listenerArn,
      Priority: priority,
      Conditions: [{ Field: 'path-pattern', Values: ['*'] }],
      Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: status } }],
    });
  }
  expect(world.model.route({ ...request, listenerArn })).toMatchObject({ statusCode: 205 });
});

test.each([
  ['host-header', { HostHeaderConfig: { Values: ['*.example'] } }, { host: 'API.example:8080' }, { host: 'example' }],
  ['http-request-method', { HttpRequestMethodConfig: { Values: ['POST'] } }, { method: 'POST' }, { method: 'GET' }],
  [
    'http-header',
    { HttpHeaderConfig: { HttpHeaderName: 'X-Kind', Values: ['te?t'] } },
    { headers: { 'x-kind': 'test' } },
    { headers: { 'x-kind': 'tent2' } },
  ],
  [
    'query-string',
    { QueryStringConfig: { Values: [{ Key: 'version', Value: 'v*' }] } },
    { query: 'a=b&version=v2' },
    { query: 'version=2' },
  ],
])('a condition on %s', async (field, config, matching, other) => {
  const world = createElbWorld();
  const { listenerArn } = await world.makeListener();
  await world.call('CreateRule', {
    ListenerArn: listenerArn,
    Priority: 1,
    Conditions: [{ Field: field, ...config }],
    Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }],
  });
  expect(world.model.route({ ...request, listenerArn, ...matching })).toMatchObject({ statusCode: 200 });
  expect(world.model.route({ ...request, listenerArn, ...other })).toMatchObject({ statusCode: 404 });
});

test('a redirect keeps the parts that it does not set', async () => {
  const world = createElbWorld();
  const { loadBalancerArn } = await world.makeListener();
  const { Listeners } = await world.call('CreateListener', {
    LoadBalancerArn: loadBalancerArn,
    Protocol: 'HTTP',
    Port: 8000,
    DefaultActions: [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } }],
  });
  const listenerArn = (Listeners as { ListenerArn: string }[])[0]?.ListenerArn ?? '';
  expect(world.model.route({ ...request, listenerArn, host: 'api.example:8000', query: 'a=1' })).toEqual({
    kind: 'redirect',
    statusCode: 301,
    location: 'https://api.example:443/api/auth/login?a=1',
  });
});

test('a rule can split its requests between target groups by weight', async () => {
  const world = createElbWorld();
  const { listenerArn } = await world.makeListener();
  const one = await world.makeGroup({ Name: 'one' });
  const two = await world.makeGroup({ Name: 'two' });
  const none = await world.makeGroup({ Name: 'none' });
  const TargetGroups = [
    { TargetGroupArn: none, Weight: 0 },
    { TargetGroupArn: one, Weight: 1 },
    { TargetGroupArn: two, Weight: 3 },
  ];
  await world.call('CreateRule', {
    ListenerArn: listenerArn,
    Priority: 1,
    Conditions: [{ Field: 'path-pattern', Values: ['*'] }],
    Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }],
  });
  const chosen = Array.from({ length: 400 }, () => {
    const decision = world.model.route({ ...request, listenerArn });
    return 'targetGroupArn' in decision ? decision.targetGroupArn : decision.kind;
  });

  expect(new Set(chosen)).toEqual(new Set([one, two]));
  expect(Math.abs(chosen.filter((arn) => arn === two).length - 300)).toBeLessThan(40);
});

/** A listener that answers 404, and a rule that answers 200 under these conditions. */
async function withRule(rule: Readonly<Record<string, unknown>>) {
  const world = createElbWorld();
  const { listenerArn } = await world.makeListener();
  const Actions = [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }];
  const { Rules } = await world.call('CreateRule', { ListenerArn: listenerArn, Priority: 1, Actions, ...rule });
  const ruleArn = (Rules as { RuleArn: string }[])[0]?.RuleArn ?? '';
  const route = (changes: object) => world.model.route({ ...request, listenerArn, ...changes });
  return { route, ruleArn };
}

test.each([
  ['^/api/auth(/.*)?$', 'path', '/api/auth', 200],
  ['^/api/auth(/.*)?$', 'path', '/api/auth/x', 200],
  ['^/api/auth(/.*)?$', 'path', '/api/authx', 404],
  ['^/API/.*$', 'path', '/api/auth', 404],
  ['^API\\.example$', 'host', 'api.EXAMPLE:8080', 200],
])('the regular expression %s and the %s %s: %s', async (regex, what, text, statusCode) => {
  const condition =
    what === 'path'
      ? { Field: 'path-pattern', PathPatternConfig: { RegexValues: [regex] } }
      : { Field: 'host-header', HostHeaderConfig: { RegexValues: [regex] } };
  const { route } = await withRule({ Conditions: [condition] });
  expect(route({ [what]: text })).toMatchObject({ statusCode });
});

// The sandbox rejects a request that depends on an unsupported rule, and names the rule.
describe('a rule that the sandbox does not support', () => {
  const anyPath = { Field: 'path-pattern', Values: ['*'] };
  const answer = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } };
  const transform = { Type: 'url-rewrite', UrlRewriteConfig: { Rewrites: [{ Regex: '^/api', Replace: '/' }] } };
  const sourceIp = { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } };

  test.each([
    ['a source', { Conditions: [sourceIp] }, 'condition {"Field":"source-ip",'],
    [
      'a regular expression that JavaScript interprets differently',
      { Conditions: [{ Field: 'path-pattern', PathPatternConfig: { RegexValues: ['^/[[:alpha:]]+'] } }] },
      'condition {"Field":"path-pattern",',
    ],
    [
      'a regular expression that matches a part of the path',
      { Conditions: [{ Field: 'path-pattern', RegexValues: ['auth'] }] },
      'condition {"Field":"path-pattern",',
    ],
    [
      'an unknown member of a condition',
      { Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/x'], Negate: 'true' } }] },
      'condition {"Field":"path-pattern",',
    ],
    ['a transform', { Conditions: [anyPath], Transforms: [transform] }, 'transforms [{"Type":"url-rewrite",'],
    [
      'authentication with the lowest order',
      {
        Conditions: [anyPath],
        Actions: [
          { ...answer, Order: 2 },
          { Type: 'authenticate-oidc', Order: 1 },
        ],
      },
      'action authenticate-oidc',
    ],
  ])('%s: the decision contains rule and reason', async (_, rule, what) => {
    const { route, ruleArn } = await withRule(rule);
    expect(route({})).toEqual({ kind: 'not-modelled', ruleArn, what: expect.stringContaining(what) });
  });

  test('does not matter if another condition of the rule is not met', async () => {
    const { route } = await withRule({ Conditions: [{ Field: 'path-pattern', Values: ['/other'] }, sourceIp] });
    expect(route({})).toMatchObject({ statusCode: 404 });
  });
});

test.each([
  [
    'no order',
    [{ Type: 'authenticate-oidc' }, { Type: 'redirect', RedirectConfig: { Port: '1', StatusCode: 'HTTP_301' } }],
  ],
  [
    'the same order',
    [
      { Type: 'authenticate-oidc', Order: 1 },
      { Type: 'redirect', Order: 1, RedirectConfig: { Port: '1', StatusCode: 'HTTP_301' } },
    ],
  ],
  [
    'a terminal action with the lowest order',
    [
      { Type: 'authenticate-oidc', Order: 2 },
      { Type: 'redirect', Order: 1, RedirectConfig: { Port: '1', StatusCode: 'HTTP_301' } },
    ],
  ],
  ['no ending', [{ Type: 'authenticate-oidc', Order: 1 }]],
  ['no action', []],
])('several actions with %s are rejected', async (_, Actions) => {
  const rule = { Conditions: [{ Field: 'path-pattern', Values: ['*'] }], Actions };
  await expect(withRule(rule)).rejects.toMatchObject({ code: 'InvalidLoadBalancerAction' });
});
