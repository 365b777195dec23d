import { toStartEnginesError } from '../model/errors.ts';
import type { EndFacts } from '../model/outcome.ts';
import type { Ports } from '../model/ports.ts';
import { isLive, type Task } from '../model/task.ts';
import { type EndOfTask, endOfTask } from '../plan/end-of-task.ts';
import { announce } from './announce.ts';

/**
 * Publishes the end of a task that no operation requested. The service is not restarted, so the end must be noticed. A task that
 * ended with exit code 0 has finished its work and needs no attention.
 */
export async function announceEnd(ports: Ports, service: string, ended: Task): Promise<void> {
  const { task, end } = await settleEnd(ports, service, ended);
  const isFinished = end.kind === 'finished';
  const { taskArn } = task;
  const facts = endFacts(task, end);
  ports.journal.record({
    service,
    kind: isFinished ? 'finished' : 'interrupted',
    taskArn,
    reason: end.sentence,
    ...facts,
  });
  await announce(ports, {
    type: isFinished ? 'Service Finished' : 'Service Interrupted',
    operation: 'reconcile',
    service,
    correlationId: task.facts?.correlationId ?? taskArn,
    taskArns: [taskArn],
    message: end.sentence,
    ...facts,
  });
}

/** Publishes that a live task is stopped although no operation requested it. */
export async function announceTakedown(ports: Ports, service: string, task: Task, reason: string): Promise<void> {
  const { taskArn, facts } = task;
  ports.journal.record({ service, kind: 'interrupted', taskArn, reason });
  await announce(ports, {
    type: 'Service Interrupted',
    operation: 'reconcile',
    service,
    correlationId: facts?.correlationId ?? taskArn,
    taskArns: [taskArn],
    message: reason,
  });
}

interface SettledEnd {
  readonly task: Task;
  readonly end: EndOfTask;
}

/** Pauses before the task is read again, in milliseconds. They are short, because its target still gets traffic. */
const pausesMs = [1_000, 2_000];

/**
 * How the task ended. A read may be older than the end: without a stop code and exit code, a finished task looks like a crashed one.
 * The task definition is read only if the task alone does not show which container ended it.
 */
async function settleEnd(ports: Ports, service: string, ended: Task): Promise<SettledEnd> {
  let task = ended;
  try {
    for (const pauseMs of pausesMs) {
      if (isSettled(task)) break;
      await ports.clock.sleep(pauseMs);
      const [latest] = (await ports.tasks.describe(task.clusterArn, [task.taskArn])).tasks;
      if (latest !== undefined && !isLive(latest)) task = { ...ended, ...latest };
    }
    const end = endOfTask(task);
    if (end.certain) return { task, end };
    return { task, end: endOfTask(task, await ports.tasks.essentialContainers(task.taskDefinitionArn)) };
  } catch (caught) {
    const { code, message } = toStartEnginesError(caught);
    ports.journal.record({ service, kind: 'aws-trouble', code, message });
    return { task, end: endOfTask(task) };
  }
}

function isSettled(task: Task): boolean {
  if (task.lastStatus === 'STOPPED') return true;
  const { kind, exitCode } = endOfTask(task);
  return task.stopCode !== undefined && (kind !== 'crashed' || exitCode !== undefined);
}

const longestReason = 255;

/** The facts that ECS shows about the end, for a log line or an event. */
export function endFacts({ stopCode, containers }: Task, { container, exitCode }: EndOfTask): EndFacts {
  const shown = containers.filter((one) => one.exitCode !== undefined || one.reason !== undefined);
  return {
    ...(stopCode === undefined ? {} : { stopCode }),
    ...(container === undefined ? {} : { container }),
    ...(exitCode === undefined ? {} : { exitCode }),
    containers: shown.map((one) => ({
      name: one.name,
      ...(one.exitCode === undefined ? {} : { exitCode: one.exitCode }),
      ...(one.reason === undefined ? {} : { reason: one.reason.slice(0, longestReason) }),
    })),
  };
}
