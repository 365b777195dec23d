import { announce, announceFailure } from './announce.ts';
import { bringUp } from './bring-up.ts';
import { applyOverrides } from './launch-settings.ts';
import { loadMapping } from './load-mapping.ts';
import type { OperationContext, RestartOutcome } from './operation-types.ts';
import { planUpkeep, upkeepDelayMs } from './plan-upkeep.ts';
import type { Ports } from './ports.ts';
import { isLive, type Task } from './task.ts';
import { lastBeginning } from './time-left.ts';
import { turnLoop } from './turn-loop.ts';

/** How often the new task's health is read again while the old one may not go yet. */
const healthPauseMs = 1_000;

/**
 * Replaces a service's task: a new one with the mapping as it is now, healthy in all its target groups, then the old one
 * drained and stopped. A task that was created after the restart was asked for counts as the new one. If the new one does
 * not become healthy it is taken down, and the old one serves on.
 *
 * @throws StartEnginesError Any code of the catalog.
 */
export async function restartService(
  ports: Ports,
  request: { readonly service: string; readonly asked: number },
  context: OperationContext,
): Promise<RestartOutcome> {
  const { service } = request;
  const begunAt = ports.clock.now();
  try {
    const loaded = await loadMapping(ports, service);
    const settings = applyOverrides(loaded.mapping, {});
    const { outcome, session } = await bringUp(ports, {
      kind: 'restart',
      request: { ...request, overrides: {} },
      context,
      settings,
      mappedCluster: loaded.mapping.cluster,
    });
    const isOther = (task: Task) => task.taskArn !== outcome.taskArn;
    const others = session.view('service').tasks.filter((task) => isLive(task) && isOther(task));
    const last = await turnLoop(ports, session, { service, until: lastBeginning(context) }, (view) => {
      const actions = planUpkeep(view);
      if (actions.length > 0) return { kind: 'act', actions };
      const older = view.tasks.some((task) => isLive(task) && isOther(task) && task.createdAt <= request.asked);
      if (!older) return { kind: 'done' };
      return { kind: 'wait', delayMs: upkeepDelayMs(view) ?? healthPauseMs };
    });
    // Who stopped them does not matter: whoever finds a marked task finishes it.
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
