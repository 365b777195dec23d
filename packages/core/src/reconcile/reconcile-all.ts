import { StartEnginesError } from '../model/errors.ts';
import { factsProblemOf } from '../model/launch-facts.ts';
import type { OperationContext, ReconcileOutcome } from '../model/operation-types.ts';
import type { Ports } from '../model/ports.ts';
import { isLive } from '../model/task.ts';
import type { View } from '../model/view.ts';
import { isUnsettled, planReconcile, planUntilSettled } from '../plan/plan-reconcile.ts';
import { stopStartingAt } from '../plan/time-left.ts';
import { announceFailure, announceReconcile } from '../session/announce.ts';
import { mapWithLimit, servicesAtOnce } from '../session/map-with-limit.ts';
import { lookAtTasks } from '../session/observe.ts';
import { turnLoop } from '../session/turn-loop.ts';
import { announceLeases } from './announce-leases.ts';
import { publishUnawaitedStarts } from './publish-starts.ts';
import { failedServices, isWorthPublishing, notIdle, reconcileOutcome } from './reconcile-outcome.ts';
import { remarksOn, type SurveyedService, surveyWorkspace } from './survey-workspace.ts';

/** How long the findings of a survey may be acted on, in milliseconds. */
const surveyValidMs = 5_000;

/**
 * Reconciles every service of the workspace. The clusters are listed whole, 100 tasks per call, so the number of services hardly
 * matters, and tasks without a mapping are found as well.
 *
 * @returns One outcome for each service in which something was done or noticed.
 * @throws StartEnginesError `SeveralFailed` when services failed, after all the others are done.
 */
export async function reconcileAll(ports: Ports, context: OperationContext): Promise<readonly ReconcileOutcome[]> {
  const begunAt = ports.clock.now();
  const until = stopStartingAt(context);
  const services = await ports.endCallsBy(until, () => surveyWorkspace(ports, until));
  const orFailure = async <Result>(service: string, tend: () => Promise<Result>) => {
    try {
      return await tend();
    } catch (error) {
      return announceFailure(ports, context, { operation: 'reconcile', service, begunAt, error });
    }
  };
  const tell = async ({ service, mapping, session, remarks }: SurveyedService, view: View) => {
    for (const task of view.foreign.filter(isLive)) {
      ports.journal.record({ service, kind: 'foreign-task', taskArn: task.taskArn, problem: factsProblemOf(task) });
    }
    await publishUnawaitedStarts(ports, service, session, view);
    const outcome = {
      ...reconcileOutcome(service, session, [...remarksOn(ports, mapping, view), ...remarks]),
      ...notIdle(view),
    };
    if (outcome.notIdle !== undefined) ports.journal.record({ service, kind: 'not-idle', reason: outcome.notIdle });
    await announceLeases(ports, session, view);
    await announceReconcile(ports, context, outcome, begunAt);
    return outcome;
  };
  const unsettled: SurveyedService[] = [];
  const first = await mapWithLimit(services, servicesAtOnce, (surveyed) =>
    orFailure(surveyed.service, async () => {
      const view = await reconcileOne(ports, surveyed, until);
      if (!isUnsettled(view)) return tell(surveyed, view);
      unsettled.push(surveyed);
      return undefined;
    }),
  );
  // Services that wait for health come last, all at once, so that no other service waits for them.
  const last = await Promise.all(
    unsettled.map((surveyed) =>
      orFailure(surveyed.service, async () => {
        const { service, session } = surveyed;
        return tell(surveyed, await turnLoop(ports, session, { service, until }, (seen) => planUntilSettled(seen)));
      }),
    ),
  );
  const results = [...first.filter((result) => result !== undefined), ...last];
  const errors = results.filter((result) => result instanceof StartEnginesError);
  const outcomes = results.flatMap((result) => (result instanceof StartEnginesError ? [] : [result]));
  if (errors.length > 0) throw failedServices(errors, outcomes);
  return outcomes.filter(isWorthPublishing);
}

/** Reconciles one service, without waiting for the health of two tasks. */
async function reconcileOne(ports: Ports, surveyed: SurveyedService, until: number): Promise<View> {
  const { service, session, tasks, readAt, problem, findings } = surveyed;
  if (problem !== undefined) throw problem;
  const firstView = await lookAtTasks(session, tasks, findings);
  return turnLoop(ports, session, { service, until, firstView }, (seen) => {
    const turn = planReconcile(seen);
    // Other services came first, so the survey may be out of date. Health that was read long ago neither begins nor ends an idle stop.
    const isOld = seen === firstView && seen.at - readAt > surveyValidMs;
    const needsHealth = notIdle(seen).notIdle === 'operation-under-way';
    return isOld && (turn.kind === 'act' || needsHealth) ? { kind: 'wait', delayMs: 1 } : turn;
  });
}
