import { type EndOfTask, endOfTask, type Task, type TaskContainer } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { task } from './samples.ts';

const essentialExit = { stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited' };
const outOfMemory = 'OutOfMemoryError: Container killed due to memory usage';
const stopped = (name: string, exitCode?: number, reason?: string): TaskContainer => ({
  name,
  lastStatus: 'STOPPED',
  ...(exitCode === undefined ? {} : { exitCode }),
  ...(reason === undefined ? {} : { reason }),
});
const running = (name: string): TaskContainer => ({ name, lastStatus: 'RUNNING' });

function ended(changes: Partial<Task>): Task {
  return task({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED', mainContainer: 'app', ...changes });
}

type Short = readonly [EndOfTask['kind'], string | undefined, number | undefined];

function short({ kind, container, exitCode }: EndOfTask): Short {
  return [kind, container, exitCode];
}

describe('the container that ended the task', () => {
  const table: readonly (readonly [string, readonly TaskContainer[], Short])[] = [
    ['the only one, with an error', [stopped('app', 3)], ['crashed', 'app', 3]],
    ['the only one, with 0', [stopped('app', 0)], ['finished', 'app', 0]],
    ['the only one, killed', [stopped('app', 137)], ['crashed', 'app', 137]],
    ['the only one, terminated', [stopped('app', 143)], ['crashed', 'app', 143]],
    ['the only one, without an exit code', [stopped('app')], ['crashed', 'app', undefined]],
    ['no container at all', [], ['crashed', undefined, undefined]],
    ['finished; ECS terminated the sidecar', [stopped('proxy', 143), stopped('app', 0)], ['finished', 'app', 0]],
    ['finished; ECS killed the sidecar', [stopped('proxy', 137), stopped('app', 0)], ['finished', 'app', 0]],
    ['failed; ECS killed the sidecar', [stopped('proxy', 137), stopped('app', 3)], ['crashed', 'app', 3]],
    ['failed; the sidecar succeeded', [stopped('proxy', 0), stopped('app', 3)], ['crashed', 'app', 3]],
    ['failed after its init container', [stopped('init', 0), stopped('app', 1)], ['crashed', 'app', 1]],
    [
      'the sidecar failed; ECS terminated the rest',
      [stopped('app', 143), stopped('proxy', 1)],
      ['crashed', 'proxy', 1],
    ],
    ['both failed', [stopped('proxy', 1), stopped('app', 2)], ['crashed', 'app', 2]],
    ['ran out of memory', [stopped('proxy', 1), stopped('app', 137, outOfMemory)], ['crashed', 'app', 137]],
    [
      'the sidecar ran out of memory',
      [stopped('app', 1), stopped('proxy', 137, outOfMemory)],
      ['crashed', 'proxy', 137],
    ],
    ['killed without a reason', [stopped('proxy', 0), stopped('app', 137)], ['crashed', 'app', 137]],
    ['the first to end, while the others still run', [running('app'), stopped('proxy', 0)], ['finished', 'proxy', 0]],
    [
      'ended without an exit code; another was terminated',
      [stopped('proxy', 143), stopped('app')],
      ['crashed', 'app', undefined],
    ],
    ['all succeeded', [stopped('proxy', 0), stopped('app', 0)], ['finished', 'app', 0]],
  ];

  test.each(table)('%s', (_, containers, expected) => {
    expect(short(endOfTask(ended({ ...essentialExit, containers })))).toEqual(expected);
  });

  test('without launch facts only the exit codes decide', () => {
    const { mainContainer: _, ...unknown } = ended(essentialExit);
    const endOf = (...containers: TaskContainer[]) => short(endOfTask({ ...unknown, containers }));
    expect(endOf(stopped('proxy', 143), stopped('app', 0))).toEqual(['finished', 'app', 0]);
    expect(endOf(stopped('proxy', 137), stopped('app', 3))).toEqual(['crashed', 'app', 3]);
  });
});

describe('known essential containers', () => {
  const table: readonly (readonly [string, readonly TaskContainer[], readonly string[], Short])[] = [
    [
      'a failed init container is not the cause',
      [stopped('init', 1), stopped('app', 0)],
      ['app'],
      ['finished', 'app', 0],
    ],
    [
      'a finished init container is not the cause',
      [stopped('init', 0), stopped('app', 143)],
      ['app'],
      ['crashed', 'app', 143],
    ],
    [
      'a finished essential sidecar is the cause',
      [stopped('proxy', 0), stopped('app', 143)],
      ['app', 'proxy'],
      ['finished', 'proxy', 0],
    ],
    [
      'a killed container may have run out of memory',
      [stopped('proxy', 0), stopped('app', 137)],
      ['app', 'proxy'],
      ['crashed', 'app', 137],
    ],
    ['names of another task definition are ignored', [stopped('app', 0)], ['web'], ['finished', 'app', 0]],
  ];

  test.each(table)('%s', (_, containers, essential, expected) => {
    expect(short(endOfTask(ended({ ...essentialExit, containers }), new Set(essential)))).toEqual(expected);
  });

  test.each([
    ['one container', [stopped('app', 3)], true],
    ['the service finished, the sidecar was terminated', [stopped('app', 0), stopped('proxy', 143)], true],
    ['the service failed, the sidecar succeeded', [stopped('app', 3), stopped('proxy', 0)], true],
    ['the service finished, another container failed', [stopped('init', 1), stopped('app', 0)], false],
    ['the service was terminated, the sidecar finished', [stopped('app', 143), stopped('proxy', 0)], false],
    ['both failed', [stopped('app', 1), stopped('proxy', 1)], false],
  ] as const)('are needed for a certain answer: %s', (_, containers, certain) => {
    const task = ended({ ...essentialExit, containers });
    expect(endOfTask(task).certain).toBe(certain);
    expect(endOfTask(task).sentence.endsWith('ECS does not say which container ended first.')).toBe(!certain);
  });
});

describe('an end without a deciding container', () => {
  const table: readonly (readonly [string, Partial<Task>, Short])[] = [
    ['Spot', { stopCode: 'SpotInterruption', containers: [stopped('app', 0)] }, ['interrupted', undefined, undefined]],
    ['maintenance', { stopCode: 'TerminationNotice' }, ['interrupted', undefined, undefined]],
    [
      'an unknown stop code',
      { stopCode: 'Evicted', containers: [stopped('app', 0)] },
      ['interrupted', undefined, undefined],
    ],
    ['no stop code', { containers: [stopped('app', 0)] }, ['interrupted', undefined, undefined]],
    ['StopTask', { stopCode: 'UserInitiated', containers: [stopped('app', 0)] }, ['stopped', undefined, undefined]],
    ['our own stop before ECS shows its code', { retire: { asked: 1, by: 'stop' } }, ['stopped', undefined, undefined]],
    ['an ECS service', { stopCode: 'ServiceSchedulerInitiated' }, ['stopped', undefined, undefined]],
    [
      'an image that cannot be pulled',
      {
        stopCode: 'TaskFailedToStart',
        containers: [running('proxy'), stopped('app', undefined, 'CannotPullContainerError: x')],
      },
      ['failed-to-start', 'app', undefined],
    ],
    [
      'no network interface',
      { stopCode: 'TaskFailedToStart', containers: [stopped('app')] },
      ['failed-to-start', undefined, undefined],
    ],
    [
      'a container that finished before the others ran',
      { ...essentialExit, stopCode: 'TaskFailedToStart', containers: [stopped('app', 0)] },
      ['finished', 'app', 0],
    ],
  ];

  test.each(table)('%s', (_, changes, expected) => {
    expect(short(endOfTask(ended(changes)))).toEqual(expected);
  });
});

describe('the sentence', () => {
  const table: readonly (readonly [string, Partial<Task>, string])[] = [
    [
      'names container, exit code and reason',
      { ...essentialExit, containers: [stopped('proxy', 143), stopped('app', 3)] },
      'Container "app" exited with exit code 3 (EssentialContainerExited: Essential container in task exited). Other containers: "proxy" exit code 143.',
    ],
    [
      'gives the container’s reason if it differs from the task’s',
      { ...essentialExit, containers: [stopped('app', 137, outOfMemory)] },
      'Container "app" exited with exit code 137: OutOfMemoryError: Container killed due to memory usage (EssentialContainerExited: Essential container in task exited).',
    ],
    [
      'gives a reason once',
      {
        stopCode: 'TaskFailedToStart',
        stoppedReason: 'CannotPullContainerError: x',
        containers: [stopped('app', undefined, 'CannotPullContainerError: x')],
      },
      'TaskFailedToStart: CannotPullContainerError: x.',
    ],
    [
      'says that ECS shows no exit code',
      { ...essentialExit, containers: [stopped('app')] },
      'Container "app" ended without an exit code (EssentialContainerExited: Essential container in task exited).',
    ],
    [
      'lists the exit codes if no container decided',
      {
        stopCode: 'SpotInterruption',
        stoppedReason: 'Your Spot Task was interrupted.',
        containers: [stopped('app', 143)],
      },
      'SpotInterruption: Your Spot Task was interrupted. Containers: "app" exit code 143.',
    ],
    ['says that there is no reason', {}, 'ECS gives no reason.'],
  ];

  test.each(table)('%s', (_, changes, expected) => {
    expect(endOfTask(ended(changes)).sentence).toBe(expected);
  });

  test('stays within 1,000 characters', () => {
    const long = ended({ ...essentialExit, containers: [stopped('app', 1, 'x'.repeat(5_000))] });
    expect(endOfTask(long).sentence).toHaveLength(1_000);
  });
});
