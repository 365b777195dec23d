import { formatTarget } from '../model/addresses.ts';
import { StartEnginesError } from '../model/errors.ts';
import { factsProblemOf } from '../model/launch-facts.ts';
import { formatMoment } from '../model/moments.ts';
import { isLive, type Task } from '../model/task.ts';
import type { TargetSight } from '../model/view.ts';
import type { Followed, StartState } from './start-state.ts';

export function superseded(intent: Pick<StartState, 'service' | 'restart'>, task?: Task): StartEnginesError {
  return new StartEnginesError(
    'Superseded',
    `Service "${intent.service}" was stopped by a request made after this ${intent.restart ? 'restart' : 'start'}, which is not carried out.`,
    { context: { service: intent.service, ...(task === undefined ? {} : { taskArn: task.taskArn }) } },
  );
}

/** @param why the reason, without a full stop */
export function wakeRefused(service: string, why: string, context = {}): StartEnginesError {
  return new StartEnginesError('WakeRefused', `A request does not start service "${service}": ${why}.`, {
    context: { service, ...context },
  });
}

/** @param until when requests start the service again, in milliseconds since the epoch */
export function backingOff({ service }: StartState, until: number): StartEnginesError {
  const retryAt = formatMoment(until);
  const why = `its last starts failed, and requests wait until ${retryAt}. A start that a person requests does not wait`;
  return wakeRefused(service, why, { retryAt });
}

export function outOfTime(intent: StartState): StartEnginesError {
  return new StartEnginesError(
    'OutOfTime',
    `The function has too little time left to start service "${intent.service}" and clean up after a failure. Raise its timeout.`,
    { context: { service: intent.service } },
  );
}

export function noCapacity(intent: StartState): StartEnginesError {
  const reasons = [...new Set(intent.refusals.flatMap((refusal) => refusal.reasons))];
  return new StartEnginesError(
    'CapacityUnavailable',
    `ECS could not place a task for service "${intent.service}": ${reasons.join('; ')}`,
    { context: { service: intent.service, reasons } },
  );
}

export function overrideNotApplied(intent: StartState, task: Task, fields: readonly string[]): StartEnginesError {
  return new StartEnginesError(
    'OverrideNotApplied',
    `Service "${intent.service}" is already running, and its task was not started with the requested ${fields.join(', ')}.`,
    { context: { service: intent.service, taskArn: task.taskArn, fields } },
  );
}

/** @param cluster where another start launches the service's task */
export function clusterTaken({ service }: StartState, cluster: string): StartEnginesError {
  return new StartEnginesError(
    'OverrideNotApplied',
    `Another start is launching service "${service}" in cluster ${cluster}, so this start cannot launch it in the requested cluster.`,
    { context: { service, cluster, fields: ['cluster'] } },
  );
}

export function unreadableFacts(task: Pick<Task, 'taskArn' | 'startedBy' | 'factsProblem'>): StartEnginesError {
  return new StartEnginesError(
    'LaunchFactsUnreadable',
    `Task ${task.taskArn} ${factsProblemOf(task)}. Stop it, then start the service again.`,
    { context: { taskArn: task.taskArn, startedBy: task.startedBy } },
  );
}

export function timedOut(intent: StartState, followed: Followed, task: Task | undefined): StartEnginesError {
  const state = task === undefined ? 'not shown by ECS' : task.lastStatus;
  return new StartEnginesError(
    'StartTimedOut',
    `Task ${followed.taskArn} of service "${intent.service}" was not running in time; it is ${state}.`,
    { context: { service: intent.service, taskArn: followed.taskArn, lastStatus: state } },
  );
}

/** If a container is why the task stopped, ECS repeats the container's reason as the task's. */
function sayOnce({ stoppedReason }: Task, reason = ''): string {
  return stoppedReason?.includes(reason) ? '' : reason;
}

/** The containers' exit codes and reasons, in one sentence. */
function describeContainers(task: Task): string {
  return task.containers
    .filter((container) => container.exitCode !== undefined || container.reason !== undefined)
    .map(({ name, exitCode, reason }) =>
      [`container "${name}"`, exitCode === undefined ? '' : `exit code ${exitCode}`, sayOnce(task, reason)]
        .filter(Boolean)
        .join(', '),
    )
    .join('; ');
}

export function stopped(task: Task, { wasRegistered }: { readonly wasRegistered: boolean }): StartEnginesError {
  const takenDown = isLive(task) && task.retire !== undefined ? `taken down by a ${task.retire.by}` : undefined;
  const why = [takenDown, task.stopCode, task.stoppedReason, describeContainers(task)].filter(Boolean).join(' – ');
  return new StartEnginesError(
    'TaskStopped',
    `Task ${task.taskArn} ended before the start was done${why === '' ? '.' : `: ${why}`}`,
    {
      context: {
        taskArn: task.taskArn,
        stopCode: task.stopCode,
        stoppedReason: task.stoppedReason,
        lastStatus: task.lastStatus,
        containers: task.containers,
        wasRegistered,
      },
    },
  );
}

export function healthUnreadable(task: Task, problem: Error): StartEnginesError {
  if (problem instanceof StartEnginesError) {
    return new StartEnginesError(
      problem.code,
      `The health of task ${task.taskArn} cannot be read: ${problem.message}`,
      {
        cause: problem,
        context: { ...problem.context, taskArn: task.taskArn },
      },
    );
  }
  return new StartEnginesError('Internal', `The health of task ${task.taskArn} cannot be read.`, { cause: problem });
}

export function unusable(task: Task, { target }: Extract<TargetSight, { kind: 'shown' }>): StartEnginesError {
  return new StartEnginesError(
    'TargetUnusable',
    `Target ${formatTarget(target.ip, target.port)} can never become healthy: ${target.reason}${target.description === undefined ? '' : ` (${target.description})`}`,
    { context: { taskArn: task.taskArn, ip: target.ip, port: target.port, reason: target.reason } },
  );
}

export function notHealthy(task: Task, sights: readonly TargetSight[]): StartEnginesError {
  const states = sights.map((sight) => {
    if (sight.kind === 'shown') return [sight.target.state, sight.target.reason].filter(Boolean).join(' ');
    return sight.kind === 'unknown' ? `unreadable (${sight.problem.message})` : sight.kind;
  });
  return new StartEnginesError(
    'TargetNotHealthy',
    `Task ${task.taskArn} was not healthy in time; its targets are: ${states.join(', ')}.`,
    { context: { taskArn: task.taskArn, states } },
  );
}
