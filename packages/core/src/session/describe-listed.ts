import type { Ports } from '../model/ports.ts';
import type { Task } from '../model/task.ts';

const againAfterMs = 500;
const mostTries = 4;

/**
 * Reads the tasks that a list names. DescribeTasks can lag behind ListTasks, so tasks that it does not return are read again for a
 * short while: otherwise an operation that looks once would miss them.
 */
export async function describeListed(
  { tasks, clock }: Pick<Ports, 'tasks' | 'clock'>,
  cluster: string,
  taskArns: readonly string[],
): Promise<readonly Task[]> {
  const found: Task[] = [];
  let wanted = taskArns;
  for (let tries = 1; wanted.length > 0; tries += 1) {
    const readings = await tasks.describe(cluster, wanted);
    found.push(...readings.tasks);
    wanted = readings.missing;
    if (tries === mostTries) break;
    if (wanted.length > 0) await clock.sleep(againAfterMs);
  }
  return found;
}
