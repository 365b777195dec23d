import type { ListenerEvidence, RuleEvidence } from './evidence.ts';
import { type Match, matchRegex } from './match-regex.ts';

/** What a listener does with a request, as far as its rules show. */
export interface Routed {
  /** The first rule that certainly matches the request. */
  readonly rule: RuleEvidence;
  /** Whether the request goes to one of the service's target groups. */
  readonly arrives: boolean;
  /** Rules before it that may match and change the outcome, each with what is unknown about it. */
  readonly doubts: readonly string[];
  /** Hosts for which another rule matches, if no host is given. */
  readonly exceptions: readonly string[];
}

export interface RequestToRoute {
  readonly path: string;
  /** Undefined for any host. */
  readonly host: string | undefined;
}

type IsOurs = (targetGroupArn: string) => boolean;

/**
 * Which rule matches a request for a path, and whether that is certain. Other conditions than path and host depend on the
 * request; for a rule that routes to the service, they are assumed to be met.
 */
export function routePath(listener: ListenerEvidence, request: RequestToRoute, isOurs: IsOurs): Routed | undefined {
  const doubtful: { readonly arrives: boolean | undefined; readonly doubt: string }[] = [];
  const exceptions: string[] = [];
  for (const rule of listener.rules) {
    const arrives = leadsTo(rule, isOurs);
    const { match, doubts } = matchRule(rule, request, arrives === true);
    if (match === 'no') continue;
    if (arrives === false && match === 'for-hosts') {
      exceptions.push(`${(rule.hosts ?? []).join(', ')} (rule ${nameOfRule(rule)})`);
    } else if (arrives === undefined || match !== 'yes') {
      const { action: ending } = rule;
      const action = ending.kind === 'unknown' ? [`its action (${ending.description}) is unknown`] : [];
      doubtful.push({ arrives, doubt: `rule ${nameOfRule(rule)} may match it: ${[...doubts, ...action].join('; ')}` });
    } else {
      const contrary = doubtful.filter((one) => one.arrives !== arrives).map(({ doubt }) => doubt);
      return { rule, arrives, doubts: contrary, exceptions: arrives ? exceptions : [] };
    }
  }
  return undefined;
}

/** Whether a rule forwards to one of the service's target groups; undefined if its action is unknown. */
export function leadsTo({ action }: RuleEvidence, isOurs: IsOurs): boolean | undefined {
  if (action.kind === 'unknown') return undefined;
  return action.kind === 'forward' && action.targetGroupArns.some(isOurs);
}

interface RuleMatch {
  /** `for-hosts`: it matches certain hosts, and no host is given. */
  readonly match: Match | 'for-hosts';
  /** What is unknown about the rule. */
  readonly doubts: readonly string[];
}

function matchRule(rule: RuleEvidence, { path, host }: RequestToRoute, isOwn: boolean): RuleMatch {
  const { hosts, hostRegexes = [], paths, pathRegexes = [], otherConditions } = rule;
  const byPath = matchAny(path, paths, pathRegexes, false);
  const isForHosts = (hosts !== undefined || hostRegexes.length > 0) && !hosts?.includes('*');
  const isUnasked = isForHosts && host === undefined;
  const byHost = isForHosts && host !== undefined ? matchAny(host.toLowerCase(), hosts, hostRegexes, true) : 'yes';
  if (byPath === 'no' || byHost === 'no') return { match: 'no', doubts: [] };
  const doubts = [
    ...(rule.doubts ?? []),
    ...(byPath === 'unknown' ? [`its regular expression ${pathRegexes.join(', ')} cannot be evaluated`] : []),
    ...(byHost === 'unknown' || (isUnasked && !isOwn && hostRegexes.length > 0)
      ? [`its regular expression for hosts ${hostRegexes.join(', ')} cannot be evaluated`]
      : []),
    ...(isOwn ? [] : otherConditions.map((field) => `its ${field} condition depends on the request`)),
  ];
  if (doubts.length > 0) return { match: 'unknown', doubts };
  return { match: isUnasked && !isOwn ? 'for-hosts' : 'yes', doubts };
}

/** One of the values must match. Without values there is no condition. */
function matchAny(
  text: string,
  patterns: readonly string[] | undefined,
  regexes: readonly string[],
  ignoresCase: boolean,
): Match {
  if (patterns === undefined && regexes.length === 0) return 'yes';
  const matches = [
    ...(patterns ?? []).map((pattern) =>
      matchesRule(text, ignoresCase ? pattern.toLowerCase() : pattern) ? 'yes' : 'no',
    ),
    ...regexes.map((regex) => matchRegex(text, regex, ignoresCase)),
  ];
  return (['yes', 'unknown'] as const).find((match) => matches.includes(match)) ?? 'no';
}

/** A load balancer's pattern: `*` for any characters, `?` for one. Paths are case-sensitive. */
export function matchesRule(text: string, pattern: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(text);
}

/**
 * The hosts to check if none is given: those of the service's own rules. A wildcard
 * is replaced by a host that matches it.
 */
export function hostsToAsk(
  listener: ListenerEvidence,
  paths: readonly string[],
  host: string | undefined,
  isOurs: IsOurs,
): readonly (string | undefined)[] {
  if (host !== undefined) return [host];
  const takes = (rule: RuleEvidence) => paths.some((path) => matchRule(rule, { path, host }, true).match !== 'no');
  const own = listener.rules.filter((rule) => leadsTo(rule, isOurs) && takes(rule));
  const hosts = own.flatMap((rule): readonly (string | undefined)[] => rule.hosts ?? [undefined]);
  if (hosts.length === 0 || hosts.includes(undefined)) return [undefined];
  return [...new Set(hosts)].map((pattern) => pattern?.replaceAll('*', 'any').replaceAll('?', 'x'));
}

export function nameOfRule({ priority }: RuleEvidence): string {
  return priority === undefined ? 'default' : String(priority);
}
