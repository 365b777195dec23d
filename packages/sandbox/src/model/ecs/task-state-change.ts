import type { Task } from './task.ts';

/**
 * The `detail` of an `ECS Task State Change` event: like the task, but with ISO timestamps, the attachment type `eni`,
 * `updatedAt`, and without health status and tags.
 */
export function taskStateChangeDetail(task: Task, now: number): Readonly<Record<string, unknown>> {
  const { healthStatus: _, ...shown } = task;
  return {
    ...Object.fromEntries(
      Object.entries(shown).map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value]),
    ),
    attachments: task.attachments.map((attachment) => ({
      ...attachment,
      type: attachment.type === 'ElasticNetworkInterface' ? 'eni' : attachment.type,
    })),
    containers: task.containers.map(({ healthStatus: _health, ...container }) => container),
    updatedAt: new Date(now).toISOString(),
  };
}
