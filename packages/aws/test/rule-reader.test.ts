import { expect, test } from 'vitest';
import { createListenerRules } from '../src/index.ts';
import { type CannedCall, type CannedReply, startCannedAws } from './canned-aws.ts';

const arnOf = (name: string, kind: string) => `arn:aws:elasticloadbalancing:us-east-2:123456789012:${kind}/${name}`;
const activatorGroupArn = arnOf('activator/1', 'targetgroup');
const routeOf = (name: string) => ({
  listenerRuleArn: arnOf(name, 'listener-rule/app/engines'),
  targetGroupArn: arnOf(name, 'targetgroup'),
});

const requestedIn = ({ input }: CannedCall): string[] =>
  Object.entries(input).flatMap(([key, arn]) => (key.startsWith('RuleArns.') ? [String(arn)] : []));

/** The rules that exist, each of which points to its service. */
function describeRules(call: CannedCall): CannedReply {
  const rules = requestedIn(call).map((arn) => {
    const group = (targetGroupArn: string, weight: number) =>
      `<member><TargetGroupArn>${targetGroupArn}</TargetGroupArn><Weight>${weight}</Weight></member>`;
    const groups = `${group(routeOf(arn.split('/').at(-1) ?? '').targetGroupArn, 1)}${group(activatorGroupArn, 0)}`;
    const action = `<Type>forward</Type><ForwardConfig><TargetGroups>${groups}</TargetGroups></ForwardConfig>`;
    return `<member><RuleArn>${arn}</RuleArn><Actions><member>${action}</member></Actions></member>`;
  });
  const result = `<DescribeRulesResult><Rules>${rules.join('')}</Rules></DescribeRulesResult>`;
  return { xml: `<DescribeRulesResponse>${result}</DescribeRulesResponse>` };
}

const refusal = (status: number, code: string): CannedReply => ({
  status,
  xml: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`,
});

async function readAll(names: readonly string[], answer: (call: CannedCall) => CannedReply) {
  await using aws = await startCannedAws(answer);
  const rules = createListenerRules({ client: aws.clients.elasticLoadBalancing, activatorGroupArn, settleMs: 20_000 });
  const states = await Promise.all(names.map((name) => rules.read(routeOf(name)).catch((error: Error) => error.name)));
  return { states, calls: aws.calls.map((call) => requestedIn(call).length) };
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `rule-${index}`);

test('rules that are read together share calls of twenty', async () => {
  const { states, calls } = await readAll(numbered(50), describeRules);
  expect(states).toEqual(numbered(50).map(() => 'service'));
  expect(calls).toEqual([20, 20, 10]);
});

test('rules that are requested while a call is under way share the next call', async () => {
  await using aws = await startCannedAws(describeRules);
  const rules = createListenerRules({ client: aws.clients.elasticLoadBalancing, activatorGroupArn, settleMs: 20_000 });
  const first = rules.read(routeOf('rule-0'));
  await new Promise((resolve) => setImmediate(resolve));
  await Promise.all([first, ...['rule-1', 'rule-2'].map((name) => rules.read(routeOf(name)))]);
  expect(aws.calls.map((call) => requestedIn(call).length)).toEqual([1, 2]);
});

test('a rule that does not exist is missing, and the rules of the same call are read', async () => {
  const { states, calls } = await readAll(numbered(4), (call) =>
    requestedIn(call).some((arn) => arn.endsWith('rule-2')) ? refusal(400, 'RuleNotFound') : describeRules(call),
  );
  expect(states).toEqual(['service', 'service', 'missing', 'service']);
  expect(calls).toEqual([4, 2, 2, 1, 1]);
});

test('a throttled call fails each of its reads, and a later read is a new call', async () => {
  let isThrottled = true;
  await using aws = await startCannedAws((call) => (isThrottled ? refusal(400, 'Throttling') : describeRules(call)));
  const rules = createListenerRules({ client: aws.clients.elasticLoadBalancing, activatorGroupArn, settleMs: 20_000 });
  const reads = ['rule-0', 'rule-1'].map((name) => rules.read(routeOf(name)).catch((error: Error) => error.name));
  expect(await Promise.all(reads)).toEqual(['AwsThrottled', 'AwsThrottled']);
  isThrottled = false;
  expect(await rules.read(routeOf('rule-0'))).toBe('service');
});

test('the same rule, read twice at once, is requested once', async () => {
  const { states, calls } = await readAll(['rule-0', 'rule-0'], describeRules);
  expect([states, calls]).toEqual([['service', 'service'], [1]]);
});
