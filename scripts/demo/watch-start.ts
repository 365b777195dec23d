import { setTimeout as delay } from 'node:timers/promises';
import type { Sandbox } from '@start-engines/sandbox';

/** An observed change, with the milliseconds since the start of the watch. */
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
 * Watches a service's newest task and its targets until all targets are healthy or the task has stopped, and reports
 * each change. It reads the sandbox's models directly, without stale reads.
 *
 * @throws Error if neither has happened after 20 s
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
    `${service} was neither healthy nor stopped within ${patienceMs / 1000} s: ${sights.map(({ what }) => what).join(', ')}`,
  );
}

type SandboxTask = ReturnType<Sandbox['ecs']['tasks']>[number];

/** All tasks of a service, oldest first. */
export function tasksOf(sandbox: Sandbox, service: string): SandboxTask[] {
  return sandbox.ecs.tasks().filter((task) => task.startedBy === `start-engines/dev/${service}`);
}

function addressOf(task: SandboxTask): string | undefined {
  return task.attachments
    .find((attachment) => attachment.type === 'ElasticNetworkInterface')
    ?.details.find((detail) => detail.name === 'privateIPv4Address')?.value;
}
