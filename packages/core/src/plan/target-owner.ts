import { hasAddress } from '../model/addresses.ts';
import { isOwner } from '../model/identity.ts';
import type { TargetAddress } from '../model/ports.ts';
import { isLive, type Task } from '../model/task.ts';
import { claimants, type GroupView, isRegisteredState, type View } from '../model/view.ts';

/** Which task has a target's address, as far as a view shows. */
export type Holder =
  /** A live task that was started with this target, which is its own. */
  | { readonly kind: 'owner'; readonly task: Task }
  /** A live task that this system started with other targets. It receives traffic that is not for it. */
  | { readonly kind: 'other'; readonly task: Task }
  /** A live task whose targets are unknown, because this system did not start it or cannot read its launch facts. */
  | { readonly kind: 'stranger'; readonly task: Task }
  /** No live task in the clusters. */
  | { readonly kind: 'none' }
  /** The tasks have not been read, or a task that was started with this target has no address yet. */
  | { readonly kind: 'unknown' };

/** The neighbours may be read this much earlier than the target group, in milliseconds: no task comes up and registers faster. */
const neighboursValidMs = 5_000;

/** Whether the task was started with this target. */
export function namesTarget(task: Task, targetGroupArn: string, port: number): boolean {
  return task.facts?.targets.some((one) => one.targetGroupArn === targetGroupArn && one.port === port) ?? false;
}

/**
 * Whether a target belongs to the task. A STOPPED task has only the targets that it was started with; until then no other task can
 * have the address.
 */
export function standsFor(task: Task, targetGroupArn: string, { ip, port }: TargetAddress): boolean {
  if (!hasAddress(task, ip)) return false;
  return task.lastStatus !== 'STOPPED' || namesTarget(task, targetGroupArn, port);
}

/** Which task has the address of one target of a group. */
export function holderOf(view: View, group: GroupView, { ip, port }: TargetAddress): Holder {
  const known = neighboursFor(view, group);
  const ownArns = new Set(claimants(view).map(({ taskArn }) => taskArn));
  const others = (known?.byAddress.get(ip) ?? []).filter(({ taskArn }) => !ownArns.has(taskArn));
  const live = [...claimants(view).filter((task) => isLive(task) && hasAddress(task, ip)), ...others];
  const isNamedBy = (task: Task) => isOwner(task.startedBy) && namesTarget(task, group.targetGroupArn, port);
  const owner = live.find(isNamedBy);
  if (owner !== undefined) return { kind: 'owner', task: owner };
  const stranger = live.find((task) => !isOwner(task.startedBy) || task.facts === undefined);
  if (stranger !== undefined) return { kind: 'stranger', task: stranger };
  const [other] = live;
  if (other !== undefined) return { kind: 'other', task: other };
  return known === undefined || known.withoutAddress.some(isNamedBy) ? { kind: 'unknown' } : { kind: 'none' };
}

/** Whether the neighbours have not been read recently enough to decide about this group's targets. A failed read counts. */
export function lacksNeighbours({ neighbours }: View, group: GroupView): boolean {
  return neighbours === undefined || group.readAt - neighbours.readAt > neighboursValidMs;
}

function neighboursFor(view: View, group: GroupView) {
  const { neighbours } = view;
  return neighbours?.readable === true && !lacksNeighbours(view, group) ? neighbours : undefined;
}

/** A registered target of a STOPPED task. Its address may belong to another task by now. */
export interface Leftover extends TargetAddress {
  readonly group: GroupView;
  readonly task: Task;
  /** Whether the load balancer may send it traffic: its state is not known to be unhealthy or unused. */
  readonly answers: boolean;
}

const silentStates = new Set(['unhealthy', 'unused']);

/** The targets that STOPPED tasks have left behind. */
export function leftoversOf(view: View, tasks: readonly Task[] = view.tasks): readonly Leftover[] {
  return tasks
    .filter(({ lastStatus }) => lastStatus === 'STOPPED')
    .flatMap((task) =>
      view.groups.flatMap((group) =>
        (group.readable ? group.targets : [])
          .filter((target) => isRegisteredState(target) && standsFor(task, group.targetGroupArn, target))
          .map(({ ip, port, state }) => ({ group, task, ip, port, answers: !silentStates.has(state) })),
      ),
    );
}
