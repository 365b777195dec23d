import { toStartEnginesError } from '../model/errors.ts';
import type { Review } from '../model/idle.ts';
import type { Ports } from '../model/ports.ts';
import type { GroupUse } from '../model/request-meter.ts';
import type { ServiceMapping } from '../model/service-mapping.ts';
import { isKept, type Task } from '../model/task.ts';
import { meteredMs, whyWanted } from '../plan/plan-idle.ts';

interface Candidate {
  readonly mapping: ServiceMapping;
  readonly tasks: readonly Task[];
}

/**
 * What the scheduled reconcile needs to decide about stops that no person requested. The metrics of all services are read together, and
 * only of those that their tasks alone do not keep up. Any error means that a service counts as used.
 *
 * @param candidates by service name
 */
export async function reviewUse(
  ports: Ports,
  candidates: ReadonlyMap<string, Candidate>,
): Promise<ReadonlyMap<string, Review>> {
  const now = ports.clock.now();
  const windows = new Map<number, ServiceMapping[]>();
  for (const { mapping, tasks } of candidates.values()) {
    const { idle } = mapping;
    if (idle === undefined || !tasks.some((task) => isKept(task) && whyWanted(task, idle, now) === undefined)) continue;
    windows.set(meteredMs(idle), [...(windows.get(meteredMs(idle)) ?? []), mapping]);
  }
  const use = new Map<string, GroupUse>();
  await Promise.all(
    [...windows].map(async ([windowMs, mappings]) => {
      const groups = mappings.flatMap(({ routes = [] }) => routes);
      try {
        for (const [arn, group] of await ports.meter.read(groups, now - windowMs, now)) use.set(arn, group);
      } catch (caught) {
        const { code, message } = toStartEnginesError(caught);
        for (const { service } of mappings) ports.journal.record({ service, kind: 'aws-trouble', code, message });
      }
    }),
  );
  return new Map(
    [...candidates].map(([service, { mapping }]) => {
      const groups = (mapping.routes ?? []).map(({ targetGroupArn }) => use.get(targetGroupArn));
      const isKnown = groups.every((group) => group !== undefined);
      return [service, { ...(mapping.idle && { idle: mapping.idle }), use: isKnown ? groups : [] }];
    }),
  );
}
