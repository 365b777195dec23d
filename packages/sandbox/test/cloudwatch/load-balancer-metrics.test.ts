import { expect, test } from 'vitest';
import { createInMemoryWorld, type InMemoryWorld, type SandboxDurations } from '../../src/in-memory.ts';

const minuteMs = 60_000;

/** A load balancer with one target group, whose only target becomes healthy. Time begins at 2026-01-01T00:00:00Z. */
async function open(durations: Partial<SandboxDurations> = {}) {
  const world = createInMemoryWorld({ seed: 1, durations: { metricDelayMs: [0, 0], ...durations } });
  world.runtime.check = () => Promise.resolve({ kind: 'answered', statusCode: 200 });
  const elb = world.client('elasticloadbalancing');
  const { TargetGroups } = await elb.call('CreateTargetGroup', {
    Name: 'auth',
    Protocol: 'HTTP',
    Port: 8080,
    VpcId: 'vpc-0a1b2c3d',
    TargetType: 'ip',
    HealthCheckPath: '/health',
  });
  const [{ TargetGroupArn }] = TargetGroups as [{ TargetGroupArn: string }];
  const { LoadBalancers } = await elb.call('CreateLoadBalancer', { Name: 'app', Subnets: ['subnet-1', 'subnet-2'] });
  const [{ LoadBalancerArn }] = LoadBalancers as [{ LoadBalancerArn: string }];
  const { Listeners } = await elb.call('CreateListener', {
    LoadBalancerArn,
    Protocol: 'HTTP',
    Port: 80,
    DefaultActions: [{ Type: 'forward', TargetGroupArn }],
  });
  const [{ ListenerArn }] = Listeners as [{ ListenerArn: string }];
  const target = { TargetGroupArn, Targets: [{ Id: '10.0.0.9', Port: 8080, AvailabilityZone: 'all' }] };
  const startAt = world.clock.now();
  const dimension = (arn: string, from: string) => arn.slice(arn.indexOf(from) + from.length);
  return {
    world,
    register: () => elb.call('RegisterTargets', target),
    deregister: () => elb.call('DeregisterTargets', target),
    request: (node?: number) =>
      world.elb.route({
        listenerArn: ListenerArn,
        method: 'GET',
        host: '',
        path: '/',
        query: '',
        headers: {},
        ...(node === undefined ? {} : { node }),
      }),
    /** The values by the number of their minute. */
    async read(MetricName: string, Stat = 'Sum', more: object = {}) {
      const Dimensions = [
        { Name: 'LoadBalancer', Value: dimension(LoadBalancerArn, ':loadbalancer/') },
        { Name: 'TargetGroup', Value: dimension(TargetGroupArn, 'us-east-2:123456789012:') },
      ];
      const output = await world.client('monitoring').call('GetMetricData', {
        MetricDataQueries: [
          {
            Id: 'm',
            MetricStat: { Metric: { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions }, Period: 60, Stat },
          },
        ],
        StartTime: new Date(startAt),
        EndTime: new Date(startAt + 60 * minuteMs),
        ...more,
      });
      const [result] = output.MetricDataResults as { Timestamps: Date[]; Values: number[]; StatusCode: string }[];
      const values = result?.Timestamps.map((time, index) => [(+time - startAt) / minuteMs, result.Values[index]]);
      return { values: Object.fromEntries(values ?? []), status: result?.StatusCode, token: output.NextToken };
    },
  };
}

const advanceTo = ({ clock }: InMemoryWorld, startAt: number, minute: number) =>
  clock.advance(startAt + minute * minuteMs - clock.now());

test('a load balancer counts the requests of a group by the minute, and publishes nothing for a minute without one', async () => {
  const { world, register, request, read } = await open();
  const startAt = world.clock.now();
  await register();
  await advanceTo(world, startAt, 2);
  for (let index = 0; index < 3; index += 1) request();
  await advanceTo(world, startAt, 4);
  request();
  await advanceTo(world, startAt, 6);
  expect((await read('RequestCount')).values).toEqual({ 2: 3, 4: 1 });
});

test('health checks are not requests', async () => {
  const { world, register, read } = await open();
  await register();
  await world.clock.advance(10 * minuteMs);
  expect(world.stats().healthChecks).toBeGreaterThan(10);
  expect((await read('RequestCount')).values).toEqual({});
});

test('a request that finds no target is not counted', async () => {
  const { world, request, read } = await open();
  expect(request().kind).toBe('no-targets');
  await world.clock.advance(2 * minuteMs);
  expect((await read('RequestCount')).values).toEqual({});
});

test('the healthy hosts are published for each minute in which a target is registered', async () => {
  const { world, register, deregister, read } = await open();
  const startAt = world.clock.now();
  await advanceTo(world, startAt, 1);
  await register();
  await advanceTo(world, startAt, 3.5);
  await deregister();
  await advanceTo(world, startAt, 6);
  expect((await read('HealthyHostCount', 'Minimum')).values).toEqual({ 1: 0, 2: 1, 3: 1 });
  expect((await read('HealthyHostCount', 'Maximum')).values).toEqual({ 1: 1, 2: 1, 3: 1 });
});

test('a count can be read a delay after the end of its minute, and each node of the load balancer has its own', async () => {
  const { world, register, request, read } = await open({ metricDelayMs: [60_000, 180_000] });
  const startAt = world.clock.now();
  await register();
  await advanceTo(world, startAt, 1);
  request(0);
  request(1);
  const seen: unknown[] = [];
  for (let second = 0; second < 300; second += 1) {
    const { values } = await read('RequestCount');
    if (JSON.stringify(values) !== JSON.stringify(seen.at(-1)?.valueOf())) seen.push(values);
    await world.clock.advance(1_000);
  }
  expect(seen).toEqual([{}, { 1: 1 }, { 1: 2 }]);
  expect((await read('HealthyHostCount', 'Minimum')).values).toMatchObject({ 1: 1, 2: 1 });
});

test('a page holds MaxDatapoints, and the metric that continues has PartialData until its last page', async () => {
  const { world, register, request, read } = await open();
  await register();
  for (let index = 0; index < 5; index += 1) {
    await world.clock.advance(minuteMs);
    request();
  }
  await world.clock.advance(minuteMs);
  const first = await read('RequestCount', 'Sum', { MaxDatapoints: 3, ScanBy: 'TimestampAscending' });
  expect(first).toMatchObject({ values: { 1: 1, 2: 1, 3: 1 }, status: 'PartialData' });
  const more = { MaxDatapoints: 3, ScanBy: 'TimestampAscending', NextToken: first.token };
  expect(await read('RequestCount', 'Sum', more)).toEqual({
    values: { 4: 1, 5: 1 },
    status: 'Complete',
    token: undefined,
  });
});

test.each([
  ['partial', { values: { 1: 1 }, status: 'PartialData' }],
  ['internal-error', { values: { 1: 1 }, status: 'InternalError' }],
  ['forbidden', { values: {}, status: 'Forbidden' }],
  ['empty', { values: {}, status: 'Complete' }],
  ['stale', { values: { 1: 1 }, status: 'Complete' }],
  ['future', { values: { 61: 1, 77: 1 }, status: 'Complete' }],
] as const)('the planted fault `%s` changes the answer', async (answer, expected) => {
  const { world, register, request, read } = await open();
  await register();
  await world.clock.advance(minuteMs);
  request();
  await world.clock.advance(16 * minuteMs);
  request();
  await world.clock.advance(minuteMs);
  world.faults.plant({ service: 'monitoring', fault: { kind: 'metrics', answer } });
  expect(await read('RequestCount', 'Sum', { ScanBy: 'TimestampAscending' })).toEqual({
    ...expected,
    token: undefined,
  });
  expect((await read('RequestCount')).values).toEqual({ 1: 1, 17: 1 });
});

test.each([
  ['more than 500 metrics', { MetricDataQueries: Array.from({ length: 501 }, (_, index) => ({ Id: `m${index}` })) }],
  ['a window that ends before it starts', { StartTime: new Date(1), EndTime: new Date(1) }],
  ['an expression', { MetricDataQueries: [{ Id: 'e', Expression: 'm1 + m2' }] }],
])('%s are refused', async (_name, more) => {
  const { read } = await open();
  await expect(read('RequestCount', 'Sum', more)).rejects.toMatchObject({ name: 'ValidationError' });
});
