import type { OperationContext, RestartOutcome } from '../model/operation-types.ts';
import type { Ports } from '../model/ports.ts';
import { isKept, isLive, isRetiring, type Task } from '../model/task.ts';
import { applyOverrides } from '../plan/launch-settings.ts';
import { planUpkeep, upkeepDelayMs } from '../plan/plan-upkeep.ts';
import { stopped, superseded } from '../plan/start-errors.ts';
import { stopStartingAt } from '../plan/time-left.ts';
import { announce, announceFailure } from '../session/announce.ts';
import { loadMapping } from '../session/load-mapping.ts';
import { patientReads } from '../session/patient-reads.ts';
import { turnLoop } from '../session/turn-loop.ts';
import { bringUp } from './bring-up.ts';

/** How often the new task's health is read while the old one still has to serve, in milliseconds. */
const healthPauseMs = 1_000;

/**
 * Replaces a service's task: it launches one with the current mapping, waits until it is healthy in all its target groups, then
 * drains and stops the old one. A task created after the restart was requested counts as the new one. If the new one does not
 * become healthy, it is taken down and the old one still serves. If it is lost while the old one retires, the restart fails.
 *
 * @throws StartEnginesError Any code of the catalogue.
 */
export async function restartService(
  ports: Ports,
  request: { readonly service: string; readonly asked: number },
  context: OperationContext,
): Promise<RestartOutcome> {
  const { service } = request;
  const begunAt = ports.clock.now();
  try {
    const patient = patientReads(ports, service, { until: stopStartingAt(context) });
    const loaded = await loadMapping(patient, service, context.receivedAt);
    const settings = applyOverrides(loaded.mapping, {});
    const { outcome, session } = await bringUp(ports, {
      kind: 'restart',
      request: { ...request, overrides: {} },
      context,
      settings,
      loaded,
    });
    if (outcome.ended !== undefined) return { ...outcome, replacedTasks: [] };
    const isOther = (task: Task) => task.taskArn !== outcome.taskArn;
    const isNewer = (task: Task) => !isOther(task) || task.createdAt > request.asked;
    const others = session.memory.view('service').tasks.filter((task) => isLive(task) && isOther(task));
    const last = await turnLoop(ports, session, { service, until: stopStartingAt(context) }, (view) => {
      const actions = planUpkeep(view);
      if (actions.length > 0) return { kind: 'act', actions };
      const isUp = view.tasks.some((task) => isKept(task) && isNewer(task));
      // Without a new task the old one still serves, unless it is retiring already.
      const isGoing = isUp ? isLive : isRetiring;
      const older = view.tasks.some((task) => isGoing(task) && !isNewer(task));
      if (!older) return { kind: 'done' };
      return { kind: 'wait', delayMs: upkeepDelayMs(view) ?? healthPauseMs };
    });
    const lost = last.tasks.find((task) => !isOther(task) && !isKept(task));
    if (lost !== undefined && !last.tasks.some((task) => isKept(task) && isNewer(task))) throw lostAgain(request, lost);
    // Another operation may have stopped them: every operation finishes marked tasks.
    const left = new Set(last.tasks.filter(isLive).map((task) => task.taskArn));
    const replacedTasks = others.map((task) => task.taskArn).filter((taskArn) => !left.has(taskArn));
    await announce(ports, {
      type: 'Service Restarted',
      operation: 'restart',
      service,
      correlationId: context.correlationId,
      durationMs: ports.clock.now() - begunAt,
      taskArns: [outcome.taskArn, ...replacedTasks],
    });
    return { ...outcome, replacedTasks };
  } catch (error) {
    throw await announceFailure(ports, context, { operation: 'restart', service, begunAt, error });
  }
}

/** The new task was up, and was lost by the time the old ones had ended. */
function lostAgain({ service, asked }: { readonly service: string; readonly asked: number }, task: Task) {
  const isStopped = task.retire?.by === 'stop' && task.retire.asked >= asked;
  return isStopped ? superseded({ service, restart: true }, task) : stopped(task, { wasRegistered: true });
}
