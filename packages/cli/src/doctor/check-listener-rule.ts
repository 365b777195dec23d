import type { Check } from './check.ts';
import type { Evidence, ListenerEvidence, LoadBalancerEvidence, RuleEvidence } from './evidence.ts';
import { type Finding, ok, unknown } from './link.ts';
import type { MendCommands } from './mend-commands.ts';
import { leadsTo, type Routed, routePath } from './route-path.ts';
import { mappingOf } from './views.ts';

interface Place {
  readonly loadBalancer: LoadBalancerEvidence;
  readonly listener: ListenerEvidence;
}

/**
 * Whether a listener leads both the path itself and what is below it to the service: `/api/auth/*` alone does not match
 * `/api/auth`.
 */
export const checkListenerRule: Check = (evidence, commands) => {
  const { groups, loadBalancers, path } = evidence;
  if ('problem' in groups) return unknown(groups.problem);
  if ('problem' in loadBalancers) return unknown(loadBalancers.problem);
  if (groups.value.length === 0) return withoutMapping(path);
  const arns = new Set(groups.value.map(({ targetGroupArn }) => targetGroupArn));
  const isOurs = (arn: string) => arns.has(arn);
  const places = loadBalancers.value.flatMap((loadBalancer) =>
    loadBalancer.listeners.filter(servesRequests).map((listener) => ({ loadBalancer, listener })),
  );
  const walked = places.map((place) => ({ place, ...route(place.listener, evidence, isOurs) }));
  const whole = walked.find(({ base, below }) => base?.arrives && below?.arrives);
  if (whole !== undefined) return describeWhole(whole.place, path, whole.base as Routed);
  const half = walked.find(({ base, below }) => base?.arrives || below?.arrives);
  if (half !== undefined) return describeHalf(half, evidence, commands);
  const shadowed = walked.find(({ place }) => ownRuleOf(place.listener, evidence, isOurs) !== undefined);
  if (shadowed !== undefined) return describeShadow(shadowed, evidence, commands, isOurs);
  return describeNone(walked, evidence, commands);
};

/** A listener that only redirects, as for HTTP to HTTPS, leads nowhere and is not meant to. */
function servesRequests({ rules }: ListenerEvidence): boolean {
  const [only, ...others] = rules;
  return others.length > 0 || only?.action.kind === 'forward' || !/^redirect/.test(describeAction(only));
}

function route(listener: ListenerEvidence, { path, host }: Evidence, isOurs: (arn: string) => boolean) {
  return {
    base: routePath(listener, { path, host }, isOurs),
    below: routePath(listener, { path: `${path}/x`, host }, isOurs),
  };
}

/** A rule that would lead the path to the service if no other came first. */
function ownRuleOf(listener: ListenerEvidence, { path, host }: Evidence, isOurs: (arn: string) => boolean) {
  const own = listener.rules.filter((rule) => leadsTo(rule, isOurs));
  return own.find((rule) =>
    [path, `${path}/x`].some((one) => routePath({ ...listener, rules: [rule] }, { path: one, host }, isOurs)),
  );
}

type Walked = { readonly place: Place; readonly base: Routed | undefined; readonly below: Routed | undefined };

function withoutMapping(path: string): Finding {
  return {
    status: 'broken',
    summary: `nobody knows which target group ${path} should lead to: there is no valid mapping`,
    evidence: [],
    mend: [],
    explainedBy: ['mapping'],
  };
}

function describeWhole({ loadBalancer, listener }: Place, path: string, { rule }: Routed): Finding {
  const others =
    rule.otherConditions.length === 0 ? '' : `, if its ${rule.otherConditions.join(' and ')} condition is met`;
  return ok(`${nameOf({ loadBalancer, listener })} leads ${path} and ${path}/* to the service${others}`);
}

/** R53: one of `/api/auth` and `/api/auth/*` arrives, the other does not. */
function describeHalf({ place, base, below }: Walked, { path }: Evidence, commands: MendCommands): Finding {
  const arriving = (base?.arrives ? base : below) as Routed;
  const [lost, taker] = base?.arrives ? [`${path}/*`, below] : [path, base];
  const { rule } = arriving;
  const paths = [...(rule.paths ?? []), lost];
  const conditions = [
    `Field=path-pattern,Values=${paths.join(',')}`,
    ...(rule.hosts === undefined ? [] : [`Field=host-header,Values=${rule.hosts.join(',')}`]),
  ];
  return {
    status: 'broken',
    summary: `${nameOf(place)} does not lead ${lost} to the service`,
    evidence: [
      `rule ${nameOfRule(rule)} leads ${(rule.paths ?? ['every path']).join(', ')} to the service, and ${lost} is not among them`,
      `${lost} is taken by rule ${nameOfRule(taker?.rule)}: ${describeAction(taker?.rule)}`,
    ],
    mend: [commands.aws('elbv2', 'modify-rule', '--rule-arn', rule.arn, '--conditions', ...conditions)],
  };
}

function describeShadow(
  { place, base, below }: Walked,
  evidence: Evidence,
  commands: MendCommands,
  isOurs: (arn: string) => boolean,
): Finding {
  const own = ownRuleOf(place.listener, evidence, isOurs) as RuleEvidence;
  const first = (base ?? below)?.rule;
  const taken = new Set(place.listener.rules.map(({ priority }) => priority));
  const before = first?.priority ?? 1;
  const free = Array.from({ length: before - 1 }, (_, index) => before - 1 - index).find((one) => !taken.has(one));
  const priorities =
    free === undefined
      ? [`RuleArn=${own.arn},Priority=${before}`, `RuleArn=${first?.arn},Priority=${own.priority}`]
      : [`RuleArn=${own.arn},Priority=${free}`];
  return {
    status: 'broken',
    summary: `another rule of ${nameOf(place)} takes ${evidence.path} before the service's own`,
    evidence: [
      `rule ${nameOfRule(first)} (${(first?.paths ?? ['every path']).join(', ')}) comes first: ${describeAction(first)}`,
      `rule ${nameOfRule(own)} (${(own.paths ?? ['every path']).join(', ')}) would lead to the service`,
    ],
    mend: [commands.aws('elbv2', 'set-rule-priorities', '--rule-priorities', ...priorities)],
  };
}

function describeNone(walked: readonly Walked[], evidence: Evidence, commands: MendCommands): Finding {
  const { path, groups } = evidence;
  const [group] = 'value' in groups ? groups.value : [];
  const explainedBy = ['target-group', 'mapping'] as const;
  const [first] = walked;
  if (first === undefined || group === undefined) {
    return {
      status: 'broken',
      summary: `no listener leads ${path} to the service: no load balancer serves any target group of the workspace`,
      evidence: [],
      mend: ['Apply the workspace with Terraform: it makes the load balancer, its listener and the rules.'],
      explainedBy,
    };
  }
  const elsewhere = walked.find(({ base }) => base?.rule.action.kind === 'forward');
  if (elsewhere?.base !== undefined) return describeElsewhere(elsewhere, elsewhere.base.rule, evidence, commands);
  const { listener } = first.place;
  const priority = Math.max(0, ...listener.rules.map((rule) => rule.priority ?? 0)) + 1;
  return {
    status: 'broken',
    summary: `no rule of ${nameOf(first.place)} leads ${path} to ${group.name}`,
    evidence: [`${path} is taken by rule ${nameOfRule(first.base?.rule)}: ${describeAction(first.base?.rule)}`],
    mend: [
      commands.aws(
        ...['elbv2', 'create-rule', '--listener-arn', listener.arn, '--priority', String(priority)],
        ...['--conditions', `Field=path-pattern,Values=${path},${path}/*`],
        ...['--actions', `Type=forward,TargetGroupArn=${group.targetGroupArn}`],
      ),
    ],
    explainedBy,
  };
}

/** The path leads to a target group, but not to one where the service registers. */
function describeElsewhere({ place }: Walked, rule: RuleEvidence, evidence: Evidence, commands: MendCommands): Finding {
  const { path, service, groups } = evidence;
  const names = ('value' in groups ? groups.value : []).map(({ name }) => name).join(', ');
  return {
    status: 'broken',
    summary: `${nameOf(place)} leads ${path} to another target group than the service's`,
    evidence: [
      `rule ${nameOfRule(rule)}: ${describeAction(rule)}`,
      `${mappingOf(evidence) === undefined ? 'the live task is registered in' : 'the mapping says'} ${names}`,
    ],
    mend: [commands.engines('mappings', 'edit', service)],
    explainedBy: ['target-group'],
  };
}

function nameOf({ loadBalancer, listener }: Place): string {
  return `${loadBalancer.name} (${listener.protocol} ${listener.port})`;
}

function nameOfRule(rule: RuleEvidence | undefined): string {
  return rule?.priority === undefined ? 'default' : String(rule.priority);
}

function describeAction(rule: RuleEvidence | undefined): string {
  if (rule === undefined) return 'nothing';
  if (rule.action.kind === 'other') return rule.action.description;
  return `forward to ${rule.action.targetGroupArns.map((arn) => arn.split('/').at(-2)).join(', ')}`;
}
