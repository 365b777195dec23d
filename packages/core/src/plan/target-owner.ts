import { hasAddress } from '../model/addresses.ts';
import { isOwner } from '../model/identity.ts';
import type { TargetAddress } from '../model/ports.ts';
import { isLive, type Task } from '../model/task.ts';
import { claimants, type GroupView, isRegisteredState, type View } from '../model/view.ts';

/** Who has the address of a target that is no live task's of the service, as far as a view shows. */
export type Holder =
  /** A live task that was started with this very target. The target is its own. */
  | { readonly kind: 'owner'; readonly task: Task }
  /** A live task that this system started with other targets. The load balancer sends it traffic that is not for it. */
  | { readonly kind: 'other'; readonly task: Task }
  /** A live task whose targets are unknown: this system did not start it, or cannot read its launch facts. */
  | { readonly kind: 'stranger'; readonly task: Task }
  /** No live task in the clusters. */
  | { readonly kind: 'nobody' }
  /** Nobody asked, or AWS did not answer, or a task that was started with this target has no address yet. */
  | { readonly kind: 'unknown' };

/** How much older than a target group's reading a reading of the neighbours may be: no task comes up and registers as fast. */
const neighboursValidMs = 5_000;

/** Whether the task was started with this target. */
export function namesTarget(task: Task, targetGroupArn: string, port: number): boolean {
  return task.facts?.targets.some((one) => one.targetGroupArn === targetGroupArn && one.port === port) ?? false;
}

/**
 * Whether a target is the task's: of a task that has STOPPED only what it was started with. Until then nobody else can have
 * the address.
 */
export function standsFor(task: Task, targetGroupArn: string, { ip, port }: TargetAddress): boolean {
  if (!hasAddress(task, ip)) return false;
  return task.lastStatus !== 'STOPPED' || namesTarget(task, targetGroupArn, port);
}

/** Who has the address of one target of a group. */
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
  return known === undefined || known.withoutAddress.some(isNamedBy) ? { kind: 'unknown' } : { kind: 'nobody' };
}

/** Whether nobody has asked lately who has the addresses of this group's targets. A question that failed counts. */
export function lacksNeighbours({ neighbours }: View, group: GroupView): boolean {
  return neighbours === undefined || group.readAt - neighbours.readAt > neighboursValidMs;
}

function neighboursFor(view: View, group: GroupView) {
  const { neighbours } = view;
  return neighbours?.readable === true && !lacksNeighbours(view, group) ? neighbours : undefined;
}

/** A registered target that a task which has STOPPED has left, whose address may be another task's by now. */
export interface Leftover extends TargetAddress {
  readonly group: GroupView;
  readonly task: Task;
  /** Whether the load balancer may send it traffic: something answers there, or nothing is known to the contrary. */
  readonly answers: boolean;
}

const silentStates = new Set(['unhealthy', 'unused']);

/** What the tasks that have STOPPED have left of the targets that they were started with. */
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
