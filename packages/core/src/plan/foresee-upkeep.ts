import { formatTarget } from '../model/addresses.ts';
import { formatMoment } from '../model/moments.ts';
import type { ReconcileForecast } from '../model/operation-types.ts';
import { isKept, isLive, isRetiring, type Task, taskIdOf } from '../model/task.ts';
import { claimants, targetKey, type View } from '../model/view.ts';
import type { Action } from './actions.ts';
import { missedStopOf } from './later-stop.ts';
import { overdueOf } from './overdue.ts';
import { planDeregistration } from './plan-targets.ts';
import { planUpkeep } from './plan-upkeep.ts';
import { standsFor } from './target-owner.ts';

type Deregister = Extract<Action, { kind: 'deregister' }>;

/**
 * Where upkeep would lead from what this look found: not its next step alone, but also what follows from it. A task that is
 * to go is taken out of its target groups, and stopped once it has drained.
 */
export function foreseeUpkeep(view: View, service: string): Omit<ReconcileForecast, 'remarks'> {
  const actions = planUpkeep(view);
  const marked = actions.flatMap((action) => (action.kind === 'mark-retiring' ? [action.task] : []));
  const retiring = claimants(view).filter(isRetiring);
  const going = [...retiring, ...marked.filter((task) => !retiring.some(({ taskArn }) => taskArn === task.taskArn))];
  const registrations = actions.flatMap((action) => (action.kind === 'register' ? [action] : []));
  const staying = registrations.filter(({ task }) => !going.some(({ taskArn }) => taskArn === task.taskArn));
  const shown = actions.flatMap((action) => (action.kind === 'deregister' && stands(view, action) ? [action] : []));
  const deregistrations = distinct([...shown, ...going.flatMap((task) => planDeregistration(view, task))]);
  return {
    service,
    registered: staying.map(toTarget),
    deregistered: deregistrations.map(toTarget),
    tasksRetired: marked.map(({ taskArn }) => taskArn),
    tasksStopped: going.map(({ taskArn }) => taskArn),
    drift: [
      ...staying.map(
        ({ task, targetGroupArn }) => `Task ${nameOf(task)} runs and is not in ${groupOf(targetGroupArn)}.`,
      ),
      ...deregistrations.flatMap((action) => whyOut(view, action)),
      ...retiring.map((task) => `Task ${nameOf(task)} is to go since ${whenOf(task)}, and has not gone.`),
      ...marked.map((task) => whyMarked(view, task)),
      ...rivals(view, marked),
    ],
  };
}

/** A task that is to go is also taken out where it does not show; that is no drift. */
function stands(view: View, { targetGroupArn, ip, port }: Deregister): boolean {
  return view.groups.some(
    (group) =>
      group.targetGroupArn === targetGroupArn &&
      group.readable &&
      group.targets.some((target) => target.ip === ip && target.port === port),
  );
}

function distinct(actions: readonly Deregister[]): readonly Deregister[] {
  return [...new Map(actions.map((one) => [targetKey(one.targetGroupArn, one.ip, one.port), one])).values()];
}

function whyOut(view: View, { targetGroupArn, ip, port }: Deregister): string[] {
  const owner = view.tasks.find((task) => standsFor(task, targetGroupArn, { ip, port }));
  const target = `Target ${formatTarget(ip, port)} of ${groupOf(targetGroupArn)}`;
  if (owner === undefined) return [`${target} belongs to no task of the service.`];
  // Of a live one it is said that it is to go, and that says it all.
  return isLive(owner) ? [] : [`${target} is left from task ${nameOf(owner)}, which has ended.`];
}

function whyMarked(view: View, task: Task): string {
  const stop = missedStopOf(view, task);
  if (stop !== undefined)
    return `Task ${nameOf(task)} was launched late, after a stop requested at ${formatMoment(stop)}.`;
  switch (overdueOf(view, task)) {
    case 'not-running':
      return `Task ${nameOf(task)} is ${task.lastStatus} and should be RUNNING long since.`;
    case 'no-address':
      return `Task ${nameOf(task)} runs and has no address, and should have one long since.`;
    case 'no-fitting-address':
      return `Task ${nameOf(task)} runs, and none of its target groups takes an address that it has.`;
    case 'groups-gone':
      return `Task ${nameOf(task)} runs, and its target groups do not exist any more.`;
    case undefined:
      return `Task ${nameOf(task)} is one too many beside the one that serves.`;
  }
}

/** Who of several wins shows only when one is healthy, or late. */
function rivals(view: View, marked: readonly Task[]): string[] {
  const kept = view.tasks.filter((task) => isKept(task) && task.facts !== undefined && !marked.includes(task));
  return kept.length > 1 ? [`${kept.length} tasks are up; the newest that is healthy will stay.`] : [];
}

function toTarget({ targetGroupArn, ip, port }: { targetGroupArn: string; ip: string; port: number }) {
  return { targetGroupArn, ip, port };
}

function nameOf({ taskArn }: Task): string {
  return taskIdOf(taskArn);
}

function whenOf({ retire }: Task): string {
  return retire === undefined ? 'some time' : formatMoment(retire.asked);
}

function groupOf(targetGroupArn: string): string {
  return targetGroupArn.split('/').at(-2) ?? targetGroupArn;
}
