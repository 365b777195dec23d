import type { ListenerEvidence, RuleEvidence } from './evidence.ts';

/** What a listener does with a request, as far as that can be told from outside. */
export interface Routed {
  readonly rule: RuleEvidence;
  /** Whether the request goes to one of the service's target groups. */
  readonly arrives: boolean;
}

/**
 * Which rule takes a request for a path. Conditions other than path and host cannot be known: of a rule that leads to
 * the service they are taken for met, of any other for not met.
 */
export function routePath(
  listener: ListenerEvidence,
  request: { readonly path: string; readonly host: string | undefined },
  isOurs: (targetGroupArn: string) => boolean,
): Routed | undefined {
  for (const rule of listener.rules) {
    const arrives = leadsTo(rule, isOurs);
    if (!arrives && rule.otherConditions.length > 0) continue;
    if (takes(rule, request, arrives)) return { rule, arrives };
  }
  return undefined;
}

/** Whether a rule forwards to one of the service's target groups. */
export function leadsTo({ action }: RuleEvidence, isOurs: (targetGroupArn: string) => boolean): boolean {
  return action.kind === 'forward' && action.targetGroupArns.some(isOurs);
}

function takes(
  { paths, hosts }: RuleEvidence,
  { path, host }: { readonly path: string; readonly host: string | undefined },
  arrives: boolean,
): boolean {
  const pathIsTaken = paths === undefined || paths.some((pattern) => matchesRule(path, pattern));
  if (!pathIsTaken || hosts === undefined) return pathIsTaken;
  return host === undefined ? arrives : hosts.some((pattern) => matchesRule(host.toLowerCase(), pattern.toLowerCase()));
}

/** A load balancer's patterns: `*` for any run of characters, `?` for one; paths are case-sensitive. */
export function matchesRule(text: string, pattern: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(text);
}
