import { toStartEnginesError } from '../model/errors.ts';
import type { Ports } from '../model/ports.ts';
import type { RoutedGroup, RouteView } from '../model/route.ts';

/** Reads one listener rule. A rule that cannot be read is part of what a look finds, and holds up nothing. */
export async function readRoute(
  { rules, journal }: Pick<Ports, 'rules' | 'journal'>,
  service: string,
  route: RoutedGroup,
): Promise<RouteView> {
  try {
    const state = await rules.read(route);
    const { listenerRuleArn } = route;
    if (state === 'foreign' || state === 'missing') {
      journal.record({ service, kind: 'foreign-rule', listenerRuleArn, state });
    }
    return { ...route, state };
  } catch (error) {
    const problem = toStartEnginesError(error);
    if (problem.code === 'Internal') throw problem;
    journal.record({ service, kind: 'aws-trouble', code: problem.code, message: problem.message });
    return { ...route, state: 'unknown', problem };
  }
}
