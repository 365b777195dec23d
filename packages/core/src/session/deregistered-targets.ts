import type { DeregisteredTarget } from '../model/operation-types.ts';
import type { ServiceSession } from './service-session.ts';

/** Each target once, although a stale read may have had it deregistered twice. */
export function deregisteredTargets(session: ServiceSession): DeregisteredTarget[] {
  const targets = session.done.flatMap((action) =>
    action.kind === 'deregister' ? [{ targetGroupArn: action.targetGroupArn, ip: action.ip, port: action.port }] : [],
  );
  return [...new Map(targets.map((target) => [JSON.stringify(target), target])).values()];
}
