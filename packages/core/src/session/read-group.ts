import { isMissingGroup, toStartEnginesError } from '../model/errors.ts';
import type { Ports } from '../model/ports.ts';
import type { GroupView } from '../model/view.ts';

/**
 * A target group as it is now. An unreadable group is a result too, because a service can be started without reading its health.
 *
 * @param known the result of an earlier look
 */
export async function readGroup(
  { clock, targets, journal }: Pick<Ports, 'clock' | 'targets' | 'journal'>,
  service: string,
  targetGroupArn: string,
  known: GroupView | undefined,
): Promise<GroupView> {
  const readAt = clock.now();
  try {
    return { targetGroupArn, readAt, readable: true, targets: await targets.read(targetGroupArn) };
  } catch (error) {
    const problem = toStartEnginesError(error);
    if (problem.code === 'Internal') throw problem;
    journal.record({ service, kind: 'aws-trouble', code: problem.code, message: problem.message });
    // A task can outlive its target group.
    if (isMissingGroup(problem)) {
      const missingSince = (known?.readable ? known.missingSince : undefined) ?? readAt;
      return { targetGroupArn, readAt, readable: true, targets: [], missingSince };
    }
    return { targetGroupArn, readAt, readable: false, problem };
  }
}
