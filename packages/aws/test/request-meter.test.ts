import { expect, test } from 'vitest';
import { createRequestMeter } from '../src/index.ts';
import { type CannedCall, type CannedReply, startCannedAws } from './canned-aws.ts';

const start = Date.parse('2026-01-01T10:00:00Z');
const minute = (index: number) => start + index * 60_000;

const groupNamed = (name: string) => ({
  listenerRuleArn: `arn:aws:elasticloadbalancing:us-east-2:123456789012:listener-rule/app/engines/50dc6c495c0c9188/f2f7dc8efc522ab2/${name}`,
  targetGroupArn: `arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/${name}/73e2d6bc24d8a067`,
});
const auth = groupNamed('auth');

interface Result {
  readonly Id: string;
  readonly Timestamps: readonly number[];
  readonly Values: readonly number[];
  readonly StatusCode: string;
}

/** A result with a value for each of the minutes. */
const result = (Id: string, values: Readonly<Record<number, number>>, StatusCode = 'Complete'): Result => ({
  Id,
  Timestamps: Object.keys(values).map((index) => minute(Number(index)) / 1_000),
  Values: Object.values(values),
  StatusCode,
});

async function read(
  answer: (call: CannedCall, index: number) => CannedReply,
  groups = [auth],
  [from, to] = [minute(0), minute(10)],
) {
  await using aws = await startCannedAws(answer);
  const meter = createRequestMeter({ client: () => aws.clients.cloudWatch() });
  const use = await meter.read(groups, from, to);
  return { calls: aws.calls, use, auth: use.get(auth.targetGroupArn) };
}

const page = (...results: Result[]): CannedReply => ({ json: { MetricDataResults: results } });

test('requests and healthy hosts of a group are read by the minute, and minutes without a datapoint are absent', async () => {
  const { calls, auth: use } = await read(() =>
    page(result('requests0', { 1: 12, 3: 1 }), result('healthyHosts0', { 0: 1, 1: 1, 3: 0 })),
  );
  expect(use).toEqual({
    requests: new Map([
      [minute(1), 12],
      [minute(3), 1],
    ]),
    healthyHosts: new Map([
      [minute(0), 1],
      [minute(1), 1],
      [minute(3), 0],
    ]),
    isComplete: true,
  });
  const metric = (MetricName: string, Stat: string) => ({
    Metric: {
      Namespace: 'AWS/ApplicationELB',
      MetricName,
      Dimensions: [
        { Name: 'LoadBalancer', Value: 'app/engines/50dc6c495c0c9188' },
        { Name: 'TargetGroup', Value: 'targetgroup/auth/73e2d6bc24d8a067' },
      ],
    },
    Period: 60,
    Stat,
  });
  expect(calls).toEqual([
    {
      operation: 'GetMetricData',
      input: {
        MetricDataQueries: [
          { Id: 'requests0', MetricStat: metric('RequestCount', 'Sum') },
          { Id: 'healthyHosts0', MetricStat: metric('HealthyHostCount', 'Minimum') },
        ],
        StartTime: minute(0) / 1_000,
        EndTime: minute(10) / 1_000,
      },
    },
  ]);
});

test('the window begins with the whole minute that contains its start', async () => {
  const { calls } = await read(() => page(), [auth], [minute(2) + 59_999, minute(5) + 1]);
  expect(calls[0]?.input).toMatchObject({ StartTime: minute(2) / 1_000, EndTime: (minute(5) + 1) / 1_000 });
});

test('all pages are read, and a metric that continues on the next page is complete', async () => {
  const pages = [
    { MetricDataResults: [result('requests0', { 4: 1 }, 'PartialData')], NextToken: 'second' },
    { MetricDataResults: [result('requests0', { 2: 7 })], NextToken: 'third' },
    { MetricDataResults: [result('healthyHosts0', { 2: 1 })] },
  ];
  const { calls, auth: use } = await read((_call, index) => ({ json: pages[index] }));
  expect(use).toEqual({
    requests: new Map([
      [minute(4), 1],
      [minute(2), 7],
    ]),
    healthyHosts: new Map([[minute(2), 1]]),
    isComplete: true,
  });
  expect(calls.map(({ input }) => input.NextToken)).toEqual([undefined, 'second', 'third']);
});

const whole = result('healthyHosts0', { 0: 1 });
const oddAnswers: readonly (readonly [string, unknown])[] = [
  ['PartialData without a further page', { MetricDataResults: [result('requests0', { 0: 1 }, 'PartialData'), whole] }],
  ['InternalError', { MetricDataResults: [result('requests0', {}, 'InternalError'), whole] }],
  ['Forbidden', { MetricDataResults: [result('requests0', {}, 'Forbidden'), whole] }],
  ['a status that does not exist yet', { MetricDataResults: [result('requests0', {}, 'Delayed'), whole] }],
  ['no result for a metric', { MetricDataResults: [whole] }],
  ['no results', {}],
  ['fewer values than timestamps', { MetricDataResults: [{ ...result('requests0', { 0: 1 }), Values: [] }, whole] }],
  ['a minute before the window', { MetricDataResults: [result('requests0', { [-1]: 1 }), whole] }],
  ['a minute after the window', { MetricDataResults: [result('requests0', { 10: 1 }), whole] }],
  ['a time within a minute', { MetricDataResults: [result('requests0', { 1.5: 1 }), whole] }],
  ['a negative count', { MetricDataResults: [result('requests0', { 1: -1 }), whole] }],
  [
    'a message about the whole call',
    {
      MetricDataResults: [result('requests0', {}), whole],
      Messages: [{ Code: 'Error', Value: 'Maximum number of allowed metrics exceeded' }],
    },
  ],
];

test.each(oddAnswers)('an answer with %s is not complete', async (_name, json) => {
  const { auth: use } = await read(() => ({ json }));
  expect(use?.isComplete).toBe(false);
});

test('a count is used although the answer is not complete', async () => {
  const { auth: use } = await read(() => page(result('requests0', { 9: 3 }, 'InternalError')));
  expect(use?.requests).toEqual(new Map([[minute(9), 3]]));
});

test('a group without any datapoint in a complete answer is complete', async () => {
  const { auth: use } = await read(() => page(result('requests0', {}), result('healthyHosts0', {})));
  expect(use).toEqual({ requests: new Map(), healthyHosts: new Map(), isComplete: true });
});

test('501 metrics take two calls, each group gets its own values, and an odd answer concerns only its own group', async () => {
  const groups = Array.from({ length: 251 }, (_, index) => groupNamed(`service-${index}`));
  const { calls, use } = await read((call) => {
    const queries = call.input.MetricDataQueries as { Id: string }[];
    return page(
      ...queries.map(({ Id }) =>
        result(Id, { 1: Number(Id.replace(/\D/g, '')) }, Id === 'requests7' ? 'InternalError' : 'Complete'),
      ),
    );
  }, groups);
  expect(calls.map(({ input }) => (input.MetricDataQueries as unknown[]).length)).toEqual([500, 2]);
  const uses = [...use.values()];
  expect(uses.map(({ requests }) => requests.get(minute(1)))).toEqual(groups.map((_, index) => index));
  expect(uses.flatMap(({ isComplete }, index) => (isComplete ? [] : [index]))).toEqual([7]);
});

test('a group that two rules name is counted once', async () => {
  const { calls, use } = await read(() => page(), [auth, { ...auth, listenerRuleArn: `${auth.listenerRuleArn}0` }]);
  expect(calls.map(({ input }) => (input.MetricDataQueries as unknown[]).length)).toEqual([2]);
  expect(use.size).toBe(1);
});

test('a group whose rule is not of an application load balancer is absent, and the other groups are read', async () => {
  const network = {
    listenerRuleArn: auth.listenerRuleArn.replace('/app/', '/net/'),
    targetGroupArn: auth.targetGroupArn.replace('/auth/', '/network/'),
  };
  const { auth: use, use: all } = await read(
    () => page(result('requests0', {}), result('healthyHosts0', {})),
    [network, auth],
  );
  expect(all.has(network.targetGroupArn)).toBe(false);
  expect(use?.isComplete).toBe(true);
});

test('no groups need no call', async () => {
  const { calls, use } = await read(() => page(), []);
  expect([calls, [...use]]).toEqual([[], []]);
});

test.each([
  ['Throttling', 400, 'AwsThrottled'],
  ['AccessDenied', 403, 'AwsAccessDenied'],
  ['AccessDeniedException', 400, 'AwsAccessDenied'],
  ['InternalServiceFault', 500, 'AwsUnavailable'],
  ['ValidationError', 400, 'AwsRejected'],
])('%s is %s to core', async (__type, status, name) => {
  await expect(read(() => ({ status, json: { __type, message: 'no' } }))).rejects.toMatchObject({
    name,
    context: { service: 'CloudWatch', operation: 'GetMetricData' },
  });
});
