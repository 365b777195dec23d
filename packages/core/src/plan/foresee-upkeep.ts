import type { ReconcileForecast } from '../model/operation-types.ts';
import { isRetiring } from '../model/task.ts';
import { claimants, targetKey, type View } from '../model/view.ts';
import { planDeregistration } from './plan-targets.ts';
import { explainUpkeep } from './plan-upkeep.ts';
import { type Deregistration, marksIn } from './upkeep/rule.ts';

/**
 * Where upkeep would lead from what this look found: not its next step alone, but also what follows. A retiring task is
 * deregistered, drained and stopped.
 */
export function foreseeUpkeep(view: View, service: string): Omit<ReconcileForecast, 'remarks'> {
  const { actions, drift } = explainUpkeep(view);
  const marked = marksIn(actions).map(({ task }) => task);
  const leaving = [...new Set([...claimants(view).filter(isRetiring), ...marked])];
  const shown = actions.flatMap((action) => (action.kind === 'deregister' && isShown(view, action) ? [action] : []));
  return {
    service,
    registered: actions.flatMap((action) => (action.kind === 'register' ? [toTarget(action)] : [])),
    deregistered: distinct([...shown, ...leaving.flatMap((task) => planDeregistration(view, task))]).map(toTarget),
    tasksRetired: marked.map(({ taskArn }) => taskArn),
    tasksStopped: leaving.map(({ taskArn }) => taskArn),
    drift,
  };
}

/** A retiring task is also deregistered as a precaution where it does not show. That is no drift. */
function isShown(view: View, { targetGroupArn, ip, port }: Deregistration): boolean {
  return view.groups.some(
    (group) =>
      group.targetGroupArn === targetGroupArn &&
      group.readable &&
      group.targets.some((target) => target.ip === ip && target.port === port),
  );
}

function distinct(actions: readonly Deregistration[]): readonly Deregistration[] {
  return [...new Map(actions.map((one) => [targetKey(one.targetGroupArn, one.ip, one.port), one])).values()];
}

function toTarget({ targetGroupArn, ip, port }: { targetGroupArn: string; ip: string; port: number }) {
  return { targetGroupArn, ip, port };
}
