import type { Action, Rule, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { RuleAction, RuleEvidence } from './evidence.ts';

/** The member of a condition that holds its values, by field. */
const configs: Readonly<Record<string, string>> = {
  'path-pattern': 'PathPatternConfig',
  'host-header': 'HostHeaderConfig',
  'http-header': 'HttpHeaderConfig',
  'http-request-method': 'HttpRequestMethodConfig',
  'query-string': 'QueryStringConfig',
  'source-ip': 'SourceIpConfig',
};
const knownMembers = {
  rule: new Set(['RuleArn', 'Priority', 'IsDefault', 'Conditions', 'Actions', 'Transforms']),
  condition: new Set(['Field', 'Values', 'RegexValues', ...Object.values(configs)]),
  config: new Set(['Values', 'RegexValues', 'HttpHeaderName']),
  forwarding: new Set(['Type', 'Order', 'TargetGroupArn', 'ForwardConfig']),
  forwardConfig: new Set(['TargetGroups', 'TargetGroupStickinessConfig']),
  targetGroup: new Set(['TargetGroupArn', 'Weight']),
};

/** Members that this version does not know, whose effect on a request is unknown. */
function strangeMembers(kind: keyof typeof knownMembers, value: object = {}): string[] {
  return Object.entries(value).flatMap(([name, member]) =>
    member === undefined || knownMembers[kind].has(name) ? [] : [name],
  );
}

/** A rule as evidence. Unknown parts are kept as doubts and never count as absent. */
export function readRule(rule: Rule): RuleEvidence {
  const { RuleArn = '', Priority, IsDefault, Conditions = [], Actions = [], Transforms = [] } = rule;
  const priority = Number(Priority);
  const isDefault = IsDefault === true || Number.isNaN(priority);
  const paths = readField('path-pattern', Conditions);
  const hosts = readField('host-header', Conditions);
  const others = Conditions.filter(({ Field }) => Field !== 'path-pattern' && Field !== 'host-header');
  const doubts = [
    ...strangeMembers('rule', rule).map((name) => `its member ${name} is unknown`),
    ...paths.doubts,
    ...hosts.doubts,
    ...others.flatMap(findDoubts),
    ...(!isDefault && Conditions.length === 0 ? ['its conditions are not shown'] : []),
  ];
  const { action, notes } = readActions(Actions);
  // Transforms change what the target receives, not which rule matches.
  const transforms = Transforms.map(({ Type }) => `after a ${Type} transform`);
  return {
    arn: RuleArn,
    priority: isDefault ? undefined : priority,
    paths: paths.values,
    hosts: hosts.values,
    ...(paths.regexes === undefined ? {} : { pathRegexes: paths.regexes }),
    ...(hosts.regexes === undefined ? {} : { hostRegexes: hosts.regexes }),
    otherConditions: Conditions.flatMap(({ Field }) => (Field !== undefined && isOther(Field) ? [Field] : [])),
    action,
    ...(doubts.length === 0 ? {} : { doubts }),
    ...(notes.length + transforms.length === 0 ? {} : { notes: [...notes, ...transforms] }),
  };
}

/** A condition on more than the path and host of the request. */
function isOther(field: string): boolean {
  return field in configs && field !== 'path-pattern' && field !== 'host-header';
}

interface FieldOfRule {
  readonly values: readonly string[] | undefined;
  readonly regexes?: readonly string[];
  readonly doubts: readonly string[];
}

/** The path or host condition of a rule. One that cannot be read may match anything. */
function readField(field: 'path-pattern' | 'host-header', all: readonly RuleCondition[]): FieldOfRule {
  const [condition, ...more] = all.filter(({ Field }) => Field === field);
  if (condition === undefined) return { values: undefined, doubts: [] };
  const doubts = more.length > 0 ? [`it has several ${field} conditions`] : findDoubts(condition);
  if (doubts.length > 0) return { values: undefined, doubts };
  const { values, regexes } = readPatterns(condition);
  return { values, ...(regexes.length === 0 ? {} : { regexes }), doubts };
}

/** Values are in the condition itself or in its configuration; DescribeRules may show both. */
function readPatterns(condition: RuleCondition) {
  const config = condition.PathPatternConfig ?? condition.HostHeaderConfig ?? {};
  const distinct = (...lists: readonly (readonly string[] | undefined)[]) => [
    ...new Set(lists.flatMap((list) => list ?? [])),
  ];
  return {
    values: distinct(config.Values, condition.Values),
    regexes: distinct(config.RegexValues, condition.RegexValues),
  };
}

/** The parts of a condition that this version cannot read. */
function findDoubts(condition: RuleCondition): string[] {
  const field = condition.Field ?? '';
  const member = configs[field];
  if (member === undefined) return [`its condition ${field === '' ? 'names no field' : `on ${field} is unknown`}`];
  const config: object = (condition as Readonly<Record<string, object | undefined>>)[member] ?? {};
  const strange = [...strangeMembers('condition', condition), ...strangeMembers('config', config)];
  if (strange.length > 0) return [`its ${field} condition has ${strange.join(', ')}, which is unknown`];
  const { values, regexes } = readPatterns(condition);
  const isEmpty = !isOther(field) && values.length + regexes.length === 0;
  return isEmpty ? [`its ${field} condition shows no values`] : [];
}

const endings = new Set(['forward', 'fixed-response', 'redirect']);
const preludes = new Set(['authenticate-oidc', 'authenticate-cognito', 'jwt-validation']);

/** Actions run in the order of `Order`. The last one decides what happens to the request. */
function readActions(actions: readonly Action[]): { readonly action: RuleAction; readonly notes: readonly string[] } {
  const ordered = actions.toSorted(
    (a, b) => (a.Order ?? Infinity) - (b.Order ?? Infinity) || isEnding(a) - isEnding(b),
  );
  const last = ordered.at(-1);
  const before = ordered.slice(0, -1).map(({ Type }) => String(Type));
  const strange = before.find((type) => !preludes.has(type));
  if (strange !== undefined) {
    return { action: { kind: 'unknown', description: `${strange} before ${last?.Type}` }, notes: [] };
  }
  return { action: readEnding(last), notes: before.map((type) => `after ${type}`) };
}

function isEnding({ Type }: Action): number {
  return endings.has(Type ?? '') ? 1 : 0;
}

function readEnding(last: Action | undefined): RuleAction {
  switch (last?.Type) {
    case 'forward':
      return readForward(last);
    case 'fixed-response':
      return { kind: 'other', description: `fixed response ${last.FixedResponseConfig?.StatusCode}` };
    case 'redirect': {
      const { Protocol, Host, Port, Path } = last.RedirectConfig ?? {};
      return { kind: 'other', description: `redirect to ${Protocol}://${Host}:${Port}${Path}` };
    }
    default:
      return { kind: 'unknown', description: last?.Type ?? 'no action' };
  }
}

/** A target group of weight 0 gets nothing. AWS does not document what happens if all have weight 0. */
function readForward(action: Action): RuleAction {
  const { TargetGroupArn, ForwardConfig } = action;
  const strange = [
    ...strangeMembers('forwarding', action),
    ...strangeMembers('forwardConfig', ForwardConfig),
    ...(ForwardConfig?.TargetGroups ?? []).flatMap((group) => strangeMembers('targetGroup', group)),
  ];
  if (strange.length > 0) return { kind: 'unknown', description: `forward with ${strange.join(', ')}` };
  const weighted = (ForwardConfig?.TargetGroups ?? []).map((group) => ({
    arn: group.TargetGroupArn ?? '',
    weight: group.Weight ?? 1,
  }));
  const groups = weighted.length > 0 || TargetGroupArn === undefined ? weighted : [{ arn: TargetGroupArn, weight: 1 }];
  const serving = groups.filter(({ weight }) => weight > 0);
  if (serving.length === 0) {
    const description = groups.length === 0 ? 'forward to no target group' : 'forward with all weights 0';
    return { kind: 'unknown', description };
  }
  return {
    kind: 'forward',
    targetGroupArns: serving.map(({ arn }) => arn),
    ...(serving.length === 1 ? {} : { weights: serving.map(({ weight }) => weight) }),
  };
}
