import { type DurationRange, drawDuration } from '../../durations.ts';
import { changeTask, type EcsState } from './ecs-state.ts';
import type { Container, StopCode } from './task.ts';
import type { ContainerDefinition } from './task-definition.ts';
import type { TaskRecord } from './task-record.ts';

/** The reason for the stop of a task. */
export interface StopCause {
  readonly stopCode: StopCode;
  readonly stoppedReason?: string;
}

/** Schedules the next step of a task's life cycle, which a stop of the task cancels. */
export function later(state: EcsState, record: TaskRecord, range: DurationRange, step: () => void): void {
  record.cancelNext = state.clock.after(drawDuration(range, state.random), step);
}

/** Stops a task: desiredStatus changes at once, lastStatus later. Has no effect on a task that is already stopping. AWS-017. */
export function stopTask(state: EcsState, record: TaskRecord, cause: StopCause): void {
  if (!tellToStop(state, record, cause)) return;
  const { durations } = state;
  if (record.history.latest.lastStatus !== 'RUNNING') {
    // A starting container is killed as soon as it has started.
    endExecution(state, record, 'SIGKILL');
    return;
  }
  later(state, record, durations.stopNoticeMs, () => {
    changeTask(state, record, { lastStatus: 'DEACTIVATING' });
    later(state, record, durations.deactivationMs, () => {
      changeTask(state, record, { lastStatus: 'STOPPING' });
      endExecution(state, record, 'SIGTERM');
    });
  });
}

/** A Spot interruption: SIGTERM now, and the end when the containers have exited or the warning period is over. */
export function interruptSpot(state: EcsState, record: TaskRecord): void {
  const cause: StopCause = { stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' };
  if (!tellToStop(state, record, cause)) return;
  killAll(record, 'SIGTERM');
  const stopWaiting = state.clock.after(state.durations.spotWarningMs, () => killAll(record, 'SIGKILL'));
  void allExited(record).then(() => {
    stopWaiting();
    deprovision(state, record);
  });
}

/** Stops a task that cannot run. If a container is the cause, it has the reason too. */
export function failToStart(state: EcsState, record: TaskRecord, stoppedReason: string, containerName?: string): void {
  const containers = record.history.latest.containers.map((container) =>
    container.name === containerName ? { ...container, reason: stoppedReason } : container,
  );
  if (!tellToStop(state, record, { stopCode: 'TaskFailedToStart', stoppedReason }, containers)) return;
  endExecution(state, record, 'SIGKILL');
}

/** Handles the exit of a running container's process. */
export function containerEnded(
  state: EcsState,
  record: TaskRecord,
  definition: ContainerDefinition,
  exitCode: number,
): void {
  const { desiredStatus, lastStatus } = record.history.latest;
  const containers = record.history.latest.containers.map((container) =>
    container.name === definition.name ? showStopped(container, exitCode) : container,
  );
  if (desiredStatus === 'STOPPED' || !definition.essential) {
    if (lastStatus !== 'STOPPED') changeTask(state, record, { containers });
    return;
  }
  const cause: StopCause = {
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
  };
  if (tellToStop(state, record, cause, containers)) endExecution(state, record, 'SIGTERM');
}

function tellToStop(
  state: EcsState,
  record: TaskRecord,
  { stopCode, stoppedReason }: StopCause,
  containers: readonly Container[] = record.history.latest.containers,
): boolean {
  // AWS-019
  if (record.history.latest.desiredStatus === 'STOPPED') return false;
  record.cancelNext();
  changeTask(state, record, {
    desiredStatus: 'STOPPED',
    stopCode,
    ...(stoppedReason === undefined ? {} : { stoppedReason }),
    stoppingAt: new Date(state.clock.now()),
    containers,
  });
  return true;
}

/** Ends the containers, each with its own `stopTimeout` between SIGTERM and SIGKILL, and then the task. AWS-025. */
function endExecution(state: EcsState, record: TaskRecord, signal: 'SIGTERM' | 'SIGKILL'): void {
  killAll(record, signal);
  const cancels = [...record.processes].map(([name, process]) => {
    const definition = record.definition.containerDefinitions.find((container) => container.name === name);
    const timeoutMs =
      definition?.stopTimeout === undefined ? state.durations.stopTimeoutMs : definition.stopTimeout * 1_000;
    return state.clock.after(timeoutMs, () => process.kill('SIGKILL'));
  });
  void allExited(record).then(() => {
    for (const cancel of cancels) cancel();
    deprovision(state, record);
  });
}

function killAll(record: TaskRecord, signal: 'SIGTERM' | 'SIGKILL'): void {
  for (const process of record.processes.values()) process.kill(signal);
}

async function allExited(record: TaskRecord): Promise<void> {
  await record.starting;
  await Promise.all([...record.processes.values()].map(({ exited }) => exited));
}

function deprovision(state: EcsState, record: TaskRecord): void {
  const everRan = record.processes.size > 0;
  changeTask(state, record, {
    lastStatus: 'DEPROVISIONING',
    ...(everRan ? { executionStoppedAt: new Date(state.clock.now()) } : {}),
    containers: record.history.latest.containers.map((container) =>
      container.lastStatus === 'STOPPED' ? container : { ...container, lastStatus: 'STOPPED' as const },
    ),
  });
  later(state, record, state.durations.deprovisioningMs, () => finish(state, record));
}

function finish(state: EcsState, record: TaskRecord): void {
  changeTask(state, record, {
    lastStatus: 'STOPPED',
    stoppedAt: new Date(state.clock.now()),
    // AWS-013
    attachments: record.history.latest.attachments.map((attachment) => ({ ...attachment, status: 'DELETED' })),
  });
  for (const address of [record.ip, record.ipv6]) {
    if (address === undefined) continue;
    const own = state.vpc.interfaceAt(address);
    if (own !== undefined) state.vpc.detach(own.id);
    state.addresses.giveBack(record.subnet, address);
  }
  record.ip = undefined;
  record.ipv6 = undefined;
}

function showStopped(container: Container, exitCode: number): Container {
  return { ...container, lastStatus: 'STOPPED', exitCode };
}
