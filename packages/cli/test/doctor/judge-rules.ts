import { diagnose } from '../../src/doctor/diagnose.ts';
import { createLoadBalancerReader } from '../../src/doctor/gather-load-balancers.ts';
import { createMendCommands } from '../../src/doctor/mend-commands.ts';
import { soundEvidence, targetGroupArn } from './sound-evidence.ts';

const options = {
  workspace: 'dev',
  functionName: 'f:live',
  parameterPath: '/start-engines/dev',
  json: false,
  yes: false,
};
export const otherGroup = targetGroupArn.replace('auth/', 'other/');
export const forward = { Type: 'forward', TargetGroupArn: targetGroupArn };
export const fixed = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503' } };
export const last = { RuleArn: 'arn:default', Priority: 'default', IsDefault: true, Conditions: [], Actions: [fixed] };
export const paths = { Field: 'path-pattern', PathPatternConfig: { Values: ['/api/auth', '/api/auth/*'] } };
export const regex = (...RegexValues: string[]) => ({ Field: 'path-pattern', PathPatternConfig: { RegexValues } });
export const host = (...Values: string[]) => ({ Field: 'host-header', HostHeaderConfig: { Values } });
export const rule = (Priority: number, Conditions: object[], Actions: object[]) => ({
  RuleArn: `arn:rule-${Priority}`,
  Priority: String(Priority),
  Conditions,
  Actions,
});
export const own = (...conditions: object[]) => rule(10, conditions.length === 0 ? [paths] : conditions, [forward]);
export const other = (...conditions: object[]) => rule(5, conditions, [fixed]);

/** Doctor's result for these listener rules in DescribeRules. */
export async function judge(rules: readonly object[], asked: { readonly host?: string } = {}) {
  const replies: Record<string, object> = {
    DescribeLoadBalancersCommand: { LoadBalancers: [{ LoadBalancerArn: 'arn:alb', LoadBalancerName: 'shared' }] },
    DescribeListenersCommand: { Listeners: [{ ListenerArn: 'arn:listener', Protocol: 'HTTPS', Port: 443 }] },
    DescribeRulesCommand: { Rules: [...rules, last] },
  };
  const client = { send: async (command: object) => replies[command.constructor.name] };
  const reader = await createLoadBalancerReader({ elasticLoadBalancing: async () => client } as never);
  const [read] = await reader.balancers(['arn:alb']);
  // biome-ignore lint/suspicious/noExplicitAny: evidence is deep and read-only
  const evidence = { ...structuredClone(soundEvidence()), ...asked } as any;
  evidence.loadBalancers.value[0].listeners = read?.listeners;
  const link = diagnose(evidence, createMendCommands(options, 'us-east-2')).links.find(
    ({ id }) => id === 'listener-rule',
  );
  return { status: link?.status, summary: link?.summary, mend: link?.mend[0] };
}
