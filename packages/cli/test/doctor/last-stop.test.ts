import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/doctor/diagnose.ts';
import type { Evidence } from '../../src/doctor/evidence.ts';
import { afterChange, commands, endTask, type Loose } from './changed-evidence.ts';
import { soundEvidence } from './sound-evidence.ts';

describe('the last task', () => {
  test.each<[what: string, change: (evidence: Loose) => void, summary: RegExp]>([
    [
      'a container that ran out of memory',
      (evidence) =>
        endTask(evidence, { stopCode: 'EssentialContainerExited', containers: [{ name: 'auth', exitCode: 137 }] }),
      /^the last task ended on its own: auth exited with 137$/,
    ],
    [
      'a container that failed, after which ECS terminated the one before it in the list',
      (evidence) =>
        endTask(evidence, {
          stopCode: 'EssentialContainerExited',
          containers: [
            { name: 'proxy', exitCode: 143 },
            { name: 'auth', exitCode: 3 },
          ],
        }),
      /^the last task ended on its own: auth exited with 3$/,
    ],
    [
      'a failed container that is essential in the task definition',
      (evidence) => {
        evidence.definition.value.found.containers.push({ name: 'proxy', image: 'p', essential: true, ports: [] });
        endTask(evidence, {
          stopCode: 'EssentialContainerExited',
          containers: [
            { name: 'auth', exitCode: 143 },
            { name: 'proxy', exitCode: 2 },
          ],
        });
      },
      /^the last task ended on its own: proxy exited with 2$/,
    ],
    [
      'a task stopped by an operator',
      (evidence) => endTask(evidence, { stopCode: 'UserInitiated', containers: [{ name: 'auth', exitCode: 143 }] }),
      /^the last task was stopped outside start-engines: UserInitiated$/,
    ],
    [
      'a Spot interruption',
      (evidence) =>
        endTask(evidence, { stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' }),
      /^the last task ended on its own: SpotInterruption$/,
    ],
  ])('%s', (_what, change, summary) => {
    const diagnosis = afterChange(change);
    expect(diagnosis.first).toBe('last-stop');
    expect(diagnosis.summary).toMatch(summary);
  });
});

// Public bug reports, case 04: a task that has done its work is diagnosed as finished, not as crashed.
describe('a task that finished with exit code 0', () => {
  const finish = (evidence: Loose, ...others: object[]) =>
    endTask(evidence, {
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [...others, { name: 'auth', exitCode: 0 }],
    });

  test.each([
    ['alone', []],
    ['before its sidecar was terminated', [{ name: 'proxy', exitCode: 143 }]],
    ['although an init container that is not essential failed', [{ name: 'init', exitCode: 1 }]],
  ])('%s: the last stop is not a fault, and the service is not running', (_, others) => {
    const evidence = structuredClone(soundEvidence()) as Evidence;
    finish(evidence, ...others);
    const { links, first } = diagnose(evidence, commands);
    expect(links.find(({ id }) => id === 'last-stop')).toMatchObject({
      status: 'ok',
      summary: '0123456789abcdef0123456789abcdef finished its work: auth exited with exit code 0',
    });
    expect(first).toMatchObject({
      id: 'task',
      summary: 'no task of the service runs',
      evidence: ['the last one, 0123456789abcdef0123456789abcdef, finished its work with exit code 0'],
      mend: ['engines start auth'],
    });
  });

  test('a failed container may be the cause if the mapping now has another task definition', () => {
    const diagnosis = afterChange((evidence) => {
      evidence.definition.value.found.arn = evidence.definition.value.found.arn.replace(':7', ':8');
      finish(evidence, { name: 'init', exitCode: 1 });
    });
    expect(diagnosis).toMatchObject({
      first: 'last-stop',
      summary: 'the last task ended on its own: init exited with 1',
    });
  });
});
