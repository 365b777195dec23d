import { isMissingGroup, toStartEnginesError } from '../model/errors.ts';
import type { Ports } from '../model/ports.ts';
import type { GroupView } from '../model/view.ts';

/**
 * A target group as it is now. One that cannot be read is part of what was seen: a service may well be started without reading
 * its health.
 *
 * @param known how an earlier look found it
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
    // Tasks outlive the groups that they were registered in.
    if (isMissingGroup(problem)) {
      const missingSince = (known?.readable ? known.missingSince : undefined) ?? readAt;
      return { targetGroupArn, readAt, readable: true, targets: [], missingSince };
    }
    return { targetGroupArn, readAt, readable: false, problem };
  }
}
