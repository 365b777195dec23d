import type { Check } from './check.ts';
import type { Evidence, ListenerEvidence, LoadBalancerEvidence, RuleEvidence } from './evidence.ts';
import { type Finding, ok, unknown } from './link.ts';
import type { MendCommands } from './mend-commands.ts';
import { hostsToAsk, leadsTo, nameOfRule, type Routed, routePath } from './route-path.ts';
import { mappingOf } from './views.ts';

interface Place {
  readonly loadBalancer: LoadBalancerEvidence;
  readonly listener: ListenerEvidence;
}

/**
 * Whether a listener routes both the path and the paths below it to the service: `/api/auth/*` alone does not match
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
  const whole = walked.find(({ base, below }) => isCertain(base) && isCertain(below));
  if (whole !== undefined) return describeWhole(whole, path, isOurs);
  const doubtful = walked.find(({ base, below }) => mayArrive(base) && mayArrive(below));
  if (doubtful !== undefined) return describeDoubtful(doubtful, path);
  const half = walked.find(({ base, below }) => base?.arrives || below?.arrives);
  if (half !== undefined) return describeHalf(half, evidence, commands);
  const shadowed = walked.find(({ place }) => ownRuleOf(place.listener, evidence, isOurs) !== undefined);
  if (shadowed !== undefined) return describeShadow(shadowed, evidence, commands, isOurs);
  return describeNone(walked, evidence, commands);
};

/** A listener that only redirects, such as HTTP to HTTPS, is not meant to route to a service. */
function servesRequests({ rules }: ListenerEvidence): boolean {
  const [only, ...others] = rules;
  return others.length > 0 || only?.action.kind === 'forward' || !/^redirect/.test(describeAction(only));
}

function isCertain(routed: Routed | undefined): boolean {
  return routed?.arrives === true && routed.doubts.length === 0;
}

function mayArrive(routed: Routed | undefined): boolean {
  return routed !== undefined && (routed.arrives || routed.doubts.length > 0);
}

function route(listener: ListenerEvidence, { path, host }: Evidence, isOurs: (arn: string) => boolean) {
  const paths = [path, `${path}/x`];
  const hosts = hostsToAsk(listener, paths, host, isOurs);
  const [base, below] = paths.map((one) => {
    const routes = hosts.map((asked) => routePath(listener, { path: one, host: asked }, isOurs));
    // Every host must route to the service.
    return routes.find((routed) => !mayArrive(routed)) ?? routes.find((routed) => !isCertain(routed)) ?? routes[0];
  });
  return { base, below };
}

/** A rule that would route the path to the service if no other rule came first. */
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
    summary: `the target group for ${path} is unknown: there is no valid mapping`,
    evidence: [],
    mend: [],
    explainedBy: ['mapping'],
  };
}

function describeWhole({ place, base, below }: Walked, path: string, isOurs: (arn: string) => boolean): Finding {
  const routes = [base, below].flatMap((routed) => routed ?? []);
  const conditions = new Set(routes.flatMap(({ rule }) => rule.otherConditions));
  const remarks = new Set([
    ...routes.flatMap(({ rule }) => rule.notes ?? []),
    ...routes.flatMap(({ rule }) => describeShare(rule, isOurs)),
    ...(conditions.size === 0 ? [] : [`if its ${[...conditions].join(' and ')} condition is met`]),
    ...routes.flatMap(({ exceptions }) => exceptions.map((exception) => `except for ${exception}`)),
  ]);
  return ok([`${nameOf(place)} routes ${path} and ${path}/* to the service`, ...remarks].join(', '));
}

/** The service's share of the requests, if a rule also forwards to other target groups. */
function describeShare({ action }: RuleEvidence, isOurs: (arn: string) => boolean): string[] {
  if (action.kind !== 'forward' || action.targetGroupArns.every(isOurs)) return [];
  const { targetGroupArns, weights = [] } = action;
  const sum = (counted: (arn: string) => boolean) =>
    targetGroupArns.reduce((total, arn, index) => total + (counted(arn) ? (weights[index] ?? 1) : 0), 0);
  return [`with a weight of ${sum(isOurs)} in ${sum(() => true)}`];
}

/** A rule that cannot be evaluated decides. */
function describeDoubtful({ place, base, below }: Walked, path: string): Finding {
  const doubts = new Set([base, below].flatMap((routed) => routed?.doubts ?? []));
  return unknown(`whether ${nameOf(place)} routes ${path} to the service: ${[...doubts].join('; ')}`);
}

/** R53: only one of `/api/auth` and `/api/auth/*` is routed to the service. */
function describeHalf({ place, base, below }: Walked, { path }: Evidence, commands: MendCommands): Finding {
  const arriving = (base?.arrives ? base : below) as Routed;
  const [lost, taker] = base?.arrives ? [`${path}/*`, below] : [path, base];
  const { rule } = arriving;
  return {
    status: 'broken',
    summary: `${nameOf(place)} does not route ${lost} to the service`,
    evidence: [
      `rule ${nameOfRule(rule)} routes ${describePaths(rule)} to the service, but not ${lost}`,
      describeTaker(lost, taker),
    ],
    mend: [addPath(rule, lost, commands)],
  };
}

/** `modify-rule` replaces all conditions, and a command can only repeat those that are plain values. */
function addPath(rule: RuleEvidence, lost: string, commands: MendCommands): string {
  const { arn, paths = [], hosts = [], pathRegexes = [], hostRegexes = [], otherConditions } = rule;
  if (pathRegexes.length + hostRegexes.length + otherConditions.length > 0) {
    return `Extend the path condition of rule ${nameOfRule(rule)} so that it also matches ${lost}; the AWS CLI replaces all conditions of a rule, so repeat the others.`;
  }
  const conditions = [
    `Field=path-pattern,Values=${[...paths, lost].join(',')}`,
    ...(hosts.length === 0 ? [] : [`Field=host-header,Values=${hosts.join(',')}`]),
  ];
  return commands.aws('elbv2', 'modify-rule', '--rule-arn', arn, '--conditions', ...conditions);
}

function describeShadow(
  { place, base, below }: Walked,
  evidence: Evidence,
  commands: MendCommands,
  isOurs: (arn: string) => boolean,
): Finding {
  const own = ownRuleOf(place.listener, evidence, isOurs) as RuleEvidence;
  const first = (base ?? below)?.rule;
  const before = first?.priority ?? 1;
  const free = freeBefore(place.listener, before);
  const priorities =
    free === undefined
      ? [`RuleArn=${own.arn},Priority=${before}`, `RuleArn=${first?.arn},Priority=${own.priority}`]
      : [`RuleArn=${own.arn},Priority=${free}`];
  return {
    status: 'broken',
    summary: `another rule of ${nameOf(place)} matches ${evidence.path} before the service's own rule`,
    evidence: [
      `rule ${first === undefined ? 'default' : nameOfRule(first)} (${describePaths(first)}) comes first: ${describeAction(first)}`,
      `rule ${nameOfRule(own)} (${describePaths(own)}) would route it to the service`,
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
      summary: `no listener routes ${path} to the service: no load balancer serves any target group of the workspace`,
      evidence: [],
      mend: ['Apply the workspace with Terraform: it creates the load balancer, its listener and the rules.'],
      explainedBy,
    };
  }
  const elsewhere = walked.find(({ base }) => base?.rule.action.kind === 'forward');
  if (elsewhere?.base !== undefined) return describeElsewhere(elsewhere, elsewhere.base.rule, evidence, commands);
  const { listener } = first.place;
  const taker = first.base?.rule.priority;
  const last = Math.max(0, ...listener.rules.map((rule) => rule.priority ?? 0)) + 1;
  const priority = taker === undefined ? last : (freeBefore(listener, taker) ?? last);
  return {
    status: 'broken',
    summary: `no rule of ${nameOf(first.place)} routes ${path} to ${group.name}`,
    evidence: [describeTaker(path, first.base)],
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

/** The path is routed to a target group in which the service does not register. */
function describeElsewhere({ place }: Walked, rule: RuleEvidence, evidence: Evidence, commands: MendCommands): Finding {
  const { path, service, groups } = evidence;
  const names = ('value' in groups ? groups.value : []).map(({ name }) => name).join(', ');
  return {
    status: 'broken',
    summary: `${nameOf(place)} routes ${path} to another target group than the service's`,
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

/** The highest free priority before another one; undefined if there is none. */
function freeBefore({ rules }: ListenerEvidence, priority: number): number | undefined {
  const taken = new Set(rules.map((rule) => rule.priority));
  return Array.from({ length: priority - 1 }, (_, index) => priority - 1 - index).find((one) => !taken.has(one));
}

function describePaths(rule: RuleEvidence | undefined): string {
  const { paths = [], pathRegexes = [] } = rule ?? {};
  const patterns = [...paths, ...pathRegexes.map((regex) => `regular expression ${regex}`)];
  return patterns.length === 0 ? 'every path' : patterns.join(', ');
}

function describeTaker(path: string, routed: Routed | undefined): string {
  if (routed === undefined) return `no rule is known to match ${path}`;
  return `${path} is matched by rule ${nameOfRule(routed.rule)}: ${describeAction(routed.rule)}`;
}

function describeAction(rule: RuleEvidence | undefined): string {
  if (rule === undefined) return 'nothing';
  if (rule.action.kind !== 'forward') return rule.action.description;
  return `forward to ${rule.action.targetGroupArns.map((arn) => arn.split('/').at(-2)).join(', ')}`;
}
