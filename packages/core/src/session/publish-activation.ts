import type { Activation } from '../model/activation.ts';
import { toStartEnginesError } from '../model/errors.ts';
import type { Ports } from '../model/ports.ts';
import type { Task } from '../model/task.ts';
import { wakesFrom } from '../plan/back-off.ts';

/** Publishes what the waiting page shows. A failure to publish is journaled and changes nothing else. */
export async function publishActivation(ports: Ports, service: string, activation: Activation): Promise<void> {
  try {
    await ports.activations.publish(service, activation);
  } catch (caught) {
    const { code, message } = toStartEnginesError(caught);
    ports.journal.record({ service, kind: 'aws-trouble', code, message });
  }
}

/** The task is up: requests reach it. */
export function publishUp(ports: Ports, service: string, { facts }: Task): Promise<void> {
  const now = ports.clock.now();
  const seconds = facts?.launchedAt === undefined ? undefined : Math.round((now - facts.launchedAt) / 1_000);
  return publishActivation(ports, service, {
    state: 'up',
    since: now,
    ...(seconds === undefined || seconds < 1 ? {} : { usualStartSeconds: seconds }),
  });
}

/** The start failed. */
export function publishFailed(ports: Ports, service: string, failed: Task | undefined): Promise<void> {
  const retryAt = wakesFrom(failed);
  const since = ports.clock.now();
  return publishActivation(ports, service, { state: 'failed', since, ...(retryAt === undefined ? {} : { retryAt }) });
}
