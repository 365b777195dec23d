import { StartEnginesError, toStartEnginesError } from '../model/errors.ts';
import type { OperationContext, ReconcileForecast } from '../model/operation-types.ts';
import type { Ports } from '../model/ports.ts';
import type { View } from '../model/view.ts';
import { foreseeUpkeep } from '../plan/foresee-upkeep.ts';
import { doubtDelayMs } from '../plan/plan-upkeep.ts';
import { stopStartingAt } from '../plan/time-left.ts';
import type { Turn } from '../plan/turn.ts';
import { mapWithLimit, servicesAtOnce } from '../session/map-with-limit.ts';
import { lookAtTasks } from '../session/observe.ts';
import { turnLoop } from '../session/turn-loop.ts';
import { failedServices, isWorthPublishing, notIdle } from './reconcile-outcome.ts';
import { remarksOn, surveyWorkspace } from './survey-workspace.ts';

/**
 * What `reconcileAll` would do now, and why. It makes the same looks, twice if a target seems to belong to no task or a task's target
 * groups seem deleted, and changes nothing in AWS or on the bus.
 *
 * @returns One forecast for each service in which something would be done or was noticed.
 * @throws StartEnginesError as `reconcileAll` does.
 */
export async function forecastReconcile(
  ports: Ports,
  context: OperationContext,
): Promise<readonly ReconcileForecast[]> {
  const until = stopStartingAt(context);
  const services = await ports.endCallsBy(until, () => surveyWorkspace(ports, until));
  const results = await mapWithLimit(services, servicesAtOnce, async (surveyed) => {
    const { service, mapping, session, tasks, problem } = surveyed;
    try {
      if (problem !== undefined) throw problem;
      const firstView = await lookAtTasks(session, tasks, surveyed.findings);
      const view = await turnLoop(ports, session, { service, until, firstView }, lookAgainInDoubt);
      const foreseen = foreseeUpkeep(view, service);
      const remarks = [...remarksOn(ports, mapping, view), ...surveyed.remarks];
      return { ...foreseen, ...notIdle(view), remarks };
    } catch (caught) {
      return toStartEnginesError(caught);
    }
  });
  const errors = results.filter((result) => result instanceof StartEnginesError);
  const forecasts = results.flatMap((result) => (result instanceof StartEnginesError ? [] : [result]));
  if (errors.length > 0) throw failedServices(errors, forecasts);
  return forecasts.filter(
    (forecast) => forecast.drift.length > 0 || forecast.notIdle !== undefined || isWorthPublishing(forecast),
  );
}

function lookAgainInDoubt(view: View): Turn {
  const delayMs = doubtDelayMs(view);
  return delayMs === undefined ? { kind: 'done' } : { kind: 'wait', delayMs };
}
