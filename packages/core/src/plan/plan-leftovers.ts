import { formatTarget } from '../model/addresses.ts';
import { type Task, taskIdOf } from '../model/task.ts';
import type { View } from '../model/view.ts';
import { holderOf, type Leftover, lacksNeighbours, leftoversOf } from './target-owner.ts';

/** Why an ended task's target stays registered. */
export type WhyLeft =
  /** A live task that was started with the same target has the address now. */
  | { readonly kind: 'inherited' }
  /** A live task of another owner has the address, and others may register targets in the group. */
  | { readonly kind: 'stranger'; readonly task: Task }
  /** The target answers, and it is unknown which task has the address. */
  | { readonly kind: 'unknown' };

/** Why a leftover stays; undefined when it is deregistered (docs/adr/0015). */
export function whyLeft(view: View, leftover: Leftover): WhyLeft | undefined {
  const holder = holderOf(view, leftover.group, leftover);
  switch (holder.kind) {
    case 'owner':
      return { kind: 'inherited' };
    case 'stranger':
      return isExclusive(leftover) ? undefined : { kind: 'stranger', task: holder.task };
    case 'unknown':
      return leftover.answers ? { kind: 'unknown' } : undefined;
    default:
      return undefined;
  }
}

/**
 * Whether the live tasks must be read to decide about a leftover. A target that does not answer, in a group of the service's own,
 * is deregistered without that read: after a zone failure those are nearly all.
 */
export function hasDoubtfulLeftover(view: View): boolean {
  return leftoversOf(view).some(
    (leftover) =>
      (leftover.answers || !isExclusive(leftover)) &&
      lacksNeighbours(view, leftover.group) &&
      holderOf(view, leftover.group, leftover).kind === 'unknown',
  );
}

/** Why the holder of a leftover's address could not be read, if the leftover stays for that reason. */
export function problemOfLeftovers(view: View): Error | undefined {
  const isUnknown = leftoversOf(view).some((leftover) => whyLeft(view, leftover)?.kind === 'unknown');
  return isUnknown && view.neighbours?.readable === false ? view.neighbours.problem : undefined;
}

/** One sentence for each leftover that stays and belongs to no other task. */
export function remarksOnLeftovers(view: View): string[] {
  return leftoversOf(view).flatMap((leftover) => {
    const why = whyLeft(view, leftover);
    const { ip, port, group, task } = leftover;
    const target = `Target ${formatTarget(ip, port)} of target group ${group.targetGroupArn} is left over from task ${taskIdOf(task.taskArn)}`;
    switch (why?.kind) {
      case 'stranger':
        return [
          `${target}. Task ${why.task.taskArn}, which start-engines did not start, has the address now. exclusiveTargetGroup is false, so the target stays: deregister it unless it is that task's.`,
        ];
      case 'unknown':
        return [
          `${target} and may still receive traffic. It is unknown which task has the address now, so the target stays until the next reconcile.`,
        ];
      default:
        return [];
    }
  });
}

function isExclusive({ task }: Leftover): boolean {
  return task.facts?.exclusiveTargetGroup ?? false;
}
