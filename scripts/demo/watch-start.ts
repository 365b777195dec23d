import { setTimeout as delay } from 'node:timers/promises';
import type { Sandbox } from '@start-engines/sandbox';

/** One thing that was seen to happen, with the milliseconds since the watch began. */
export interface Sight {
  readonly what: string;
  readonly afterMs: number;
}

export interface WatchedStart {
  readonly sights: readonly Sight[];
  readonly taskArn: string;
  readonly privateIp: string;
}

const pollMs = 25;
const patienceMs = 20_000;

/**
 * Follows a service's newest task and its targets until they are healthy everywhere, or the task has stopped, and tells
 * each change. It looks at the sandbox from inside, where no read is stale.
 *
 * @throws Error when neither has happened after 20 s.
 */
export async function watchStart(
  sandbox: Sandbox,
  service: string,
  targetGroupArns: readonly string[],
  tell: (sight: Sight, all: readonly Sight[]) => void,
): Promise<WatchedStart> {
  const begun = performance.now();
  const known = new Set(tasksOf(sandbox, service).map((task) => task.taskArn));
  const sights: Sight[] = [];
  const see = (what: string): void => {
    if (sights.some((sight) => sight.what === what)) return;
    const sight = { what, afterMs: performance.now() - begun };
    sights.push(sight);
    tell(sight, sights);
  };
  while (performance.now() - begun < patienceMs) {
    const task = tasksOf(sandbox, service).findLast((one) => !known.has(one.taskArn));
    if (task !== undefined) {
      see(task.lastStatus);
      const privateIp = addressOf(task) ?? '';
      const targets = targetGroupArns.flatMap((arn) => sandbox.elb.targets(arn).filter(({ id }) => id === privateIp));
      if (targets.length === targetGroupArns.length) see('registered');
      const healthy = targets.length > 0 && targets.every((target) => target.health.State === 'healthy');
      if (healthy && sights.some((sight) => sight.what === 'registered')) see('healthy');
      if (healthy || task.lastStatus === 'STOPPED') return { sights, taskArn: task.taskArn, privateIp };
    }
    await delay(pollMs);
  }
  throw new Error(
    `${service} came to nothing within ${patienceMs / 1000} s: ${sights.map(({ what }) => what).join(', ')}`,
  );
}

type SandboxTask = ReturnType<Sandbox['ecs']['tasks']>[number];

/** Every task that was started for a service, oldest first. */
export function tasksOf(sandbox: Sandbox, service: string): SandboxTask[] {
  return sandbox.ecs.tasks().filter((task) => task.startedBy === `start-engines/dev/${service}`);
}

function addressOf(task: SandboxTask): string | undefined {
  return task.attachments
    .find((attachment) => attachment.type === 'ElasticNetworkInterface')
    ?.details.find((detail) => detail.name === 'privateIPv4Address')?.value;
}
