import { ModifyRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Answer, type RequestToSend, send } from './call-function.ts';
import type { Probe } from './probe.ts';
import type { ProbeWorld } from './world.ts';

const switches = 6;

/** Probes of how the load balancer answers requests. */
export const trafficProbes: readonly Probe[] = [
  {
    fact: 'AWS-038',
    async run(world) {
      // The rule of `/weightless` also names `empty`, with weight 1.
      const [alone, weighted] = await send(world, [{ path: '/empty' }, { path: '/weightless' }]);
      return {
        holds: alone?.status === 503 && weighted?.status === 503,
        observed: `${alone?.status}; next to a group with weight 0 ${weighted?.status}`,
      };
    },
  },
  {
    fact: 'AWS-040',
    async run(world) {
      const delays: number[] = [];
      for (let count = 0; count < switches; count += 1) delays.push(await switchRule(world, count % 2 === 0));
      await switchRule(world, false);
      const sorted = delays.toSorted((one, other) => one - other);
      const [p50, p99] = [sorted[Math.floor(sorted.length / 2)] ?? 0, sorted.at(-1) ?? 0];
      return {
        holds: p99 <= 20_000,
        observed: `${switches} switches: p50 ${p50} ms, longest ${p99} ms`,
        measured: { rulePropagationMs: delays },
      };
    },
  },
  {
    fact: 'AWS-041',
    async run(world) {
      const answers = await send(world, [{ path: '/fixed/x?y=/z' }, { path: '/fixed' }, { path: '/Fixed/x' }]);
      const statuses = answers.map(({ status }) => status).join(', ');
      // The rule of `/fixed/*` answers 202, a rule for the same path with a higher number 203, and the default 404.
      return { holds: statuses === '202, 404, 404', observed: statuses };
    },
  },
  ofAnswer('AWS-044', { path: '/function/echo', method: 'POST', bodyBytes: 1_100_000 }, ({ status }) => status === 413),
  {
    fact: 'AWS-045',
    async run(world) {
      const answers = await send(world, [{ path: '/function/malformed' }, { path: '/function/throw' }]);
      const statuses = answers.map(({ status }) => status).join(', ');
      return { holds: statuses === '502, 502', observed: `malformed answer, error: ${statuses}` };
    },
  },
  {
    fact: 'AWS-046',
    async run(world) {
      const [answer] = await send(world, [{ path: '/function/echo?name=a%20b', headers: { 'X-Field-Test': 'Yes' } }]);
      const event = JSON.parse(answer?.body || '{}') as {
        headers?: Record<string, string>;
        queryStringParameters?: Record<string, string>;
      };
      const [header, parameter] = [event.headers?.['x-field-test'], event.queryStringParameters?.name];
      return {
        holds: header === 'Yes' && parameter === 'a%20b',
        observed: `x-field-test: ${header}; name=${parameter}`,
      };
    },
  },
  ofAnswer(
    'AWS-047',
    {
      path: '/function/echo',
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'ZmllbGQtdGVzdC1maWVsZA==',
      },
    },
    ({ status }) => status === 400,
  ),
];

function ofAnswer(fact: string, request: RequestToSend, holds: (answer: Answer) => boolean): Probe {
  return {
    fact,
    async run(world) {
      const [answer] = await send(world, [request]);
      return { holds: answer !== undefined && holds(answer), observed: String(answer?.status) };
    },
  };
}

/** How long requests get old answers after ModifyRule has returned, in milliseconds. */
async function switchRule(world: ProbeWorld, toFunction: boolean): Promise<number> {
  const { switchRuleArn: RuleArn, groups } = world.resources;
  const weights = toFunction ? { empty: 0, function: 1 } : { empty: 1, function: 0 };
  const TargetGroups = (['empty', 'function'] as const).map((name) => ({
    TargetGroupArn: groups[name],
    Weight: weights[name],
  }));
  await world.clients.elb.send(
    new ModifyRuleCommand({ RuleArn, Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }] }),
  );
  const from = Date.now();
  const wanted = toFunction ? 200 : 503;
  let last = 0;
  let quiet = 0;
  // Over when no old answer came for two rounds, because the nodes of a load balancer change at different times.
  while (quiet < 2 && Date.now() - from < 60_000) {
    const answers = await send(world, [{ path: '/switch' }], { times: 10, pauseMs: 50 });
    const old = answers.findLast(({ status }) => status !== wanted);
    if (old !== undefined) last = Math.max(last, old.at - from);
    quiet = old === undefined ? quiet + 1 : 0;
  }
  return Math.max(0, last);
}
