import { leaseEndOf } from '../model/adoptions.ts';
import { toStartEnginesError } from '../model/errors.ts';
import { formatMoment } from '../model/moments.ts';
import type { Ports } from '../model/ports.ts';
import { isKept } from '../model/task.ts';
import type { View } from '../model/view.ts';
import { endsWithLease } from '../plan/plan-idle.ts';
import { announce } from '../session/announce.ts';
import type { ServiceSession } from '../session/service-session.ts';

/** How long before the end of a lease it is announced, in milliseconds. */
const noticeMs = 900_000;

/** Publishes once that a lease is about to end. A tag on the task records for which end. */
export async function announceLeases(ports: Ports, { scope, memory }: ServiceSession, view: View): Promise<void> {
  if (view.review === undefined || !endsWithLease(view.review)) return;
  const { service } = scope;
  for (const task of view.tasks.filter(isKept)) {
    const end = leaseEndOf(task);
    if (end === undefined || end <= view.at || end - view.at > noticeMs || task.announcedLeaseEnd === end) continue;
    await announce(ports, {
      type: 'Service Lease Ending',
      operation: 'reconcile',
      service,
      correlationId: task.facts?.correlationId ?? task.taskArn,
      taskArns: [task.taskArn],
      message: `The lease ends at ${formatMoment(end)}. A start extends it.`,
    });
    try {
      await ports.tasks.markLeaseEnding(task.taskArn, end);
      memory.remember({ ...task, announcedLeaseEnd: end });
    } catch (caught) {
      const { code, message } = toStartEnginesError(caught);
      ports.journal.record({ service, kind: 'aws-trouble', code, message });
    }
  }
}
