import { StartEnginesError } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { planStart } from '../src/plan/plan-start.ts';
import { at, facts, group, groupArn, secondGroupArn, target, task, taskArn, view } from './samples.ts';
import { following, intent, waiting } from './start-samples.ts';

describe('following a task', () => {
  const followed = following();

  test('records the new request on a task that a conflict has named', () => {
    const named = task({ lastStatus: 'PENDING' });
    const step = planStart(view({ scope: 'task', tasks: [named] }), intent({ followed }));
    expect(step).toEqual({
      kind: 'act',
      actions: [{ kind: 'mark-adopted', task: named, adoption: { asked: at - 1_000 } }],
      look: 'task',
    });
  });

  test('waits while ECS does not show it (R5)', () => {
    const step = planStart(view({ scope: 'task' }), waiting({ followed: following({ looks: 9, seenLive: false }) }));
    expect(step).toEqual({ kind: 'wait', delayMs: 2_000, look: 'task' });
  });

  test.each([
    ['PROVISIONING', 2_000],
    ['PENDING', 1_000],
    ['ACTIVATING', 650],
  ])('looks again at a task in %s after %d ms', (lastStatus, delayMs) => {
    const starting = task({ lastStatus });
    const step = planStart(view({ scope: 'task', tasks: [starting] }), waiting({ followed }));
    expect(step).toEqual({ kind: 'wait', delayMs, look: 'task' });
  });

  test('does not treat a RUNNING task without an address as up', () => {
    const { privateIp: _, ...withoutIp } = task();
    expect(planStart(view({ scope: 'task', tasks: [withoutIp] }), waiting({ followed })).kind).toBe('wait');
  });

  test('never sleeps past its time limit', () => {
    const starting = task({ lastStatus: 'PENDING', facts: facts({ deadline: at + 300 }) });
    expect(planStart(view({ scope: 'task', tasks: [starting] }), waiting({ followed }))).toEqual({
      kind: 'wait',
      delayMs: 300,
      look: 'task',
    });
    const step = planStart(view({ at: at + 300, scope: 'task', tasks: [starting] }), waiting({ followed }));
    expect(step.kind === 'fail' && step.error.code).toBe('StartTimedOut');
  });

  test('registers a running task in every target group where it is missing', () => {
    const twoGroups = task({
      facts: facts({
        targets: [
          { targetGroupArn: groupArn, port: 8080 },
          { targetGroupArn: secondGroupArn, port: 8081 },
        ],
      }),
    });
    const step = planStart(
      view({ scope: 'task', tasks: [twoGroups], groups: [group(target('initial'))] }),
      waiting({ followed }),
    );
    expect(step).toEqual({
      kind: 'act',
      actions: [{ kind: 'register', task: twoGroups, targetGroupArn: secondGroupArn, ip: '10.0.1.10', port: 8081 }],
      look: 'task',
    });
  });

  test('never registers a running task whose desired status is STOPPED (R8)', () => {
    const going = task({
      desiredStatus: 'STOPPED',
      stopCode: 'SpotInterruption',
      stoppedReason: 'Your Spot Task was interrupted.',
    });
    const step = planStart(view({ scope: 'task', tasks: [going] }), waiting({ followed }));
    expect(step.kind === 'fail' && step.error.code).toBe('TaskStopped');
  });

  test('reports why a task ended: stop code, reason, and each container with its exit code (R21)', () => {
    const ended = task({
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'app', exitCode: 137, reason: 'OutOfMemoryError' }, { name: 'proxy' }],
    });
    const step = planStart(
      view({ scope: 'task', tasks: [ended], groups: [group(target('unhealthy'))] }),
      waiting({ followed }),
    );
    expect(step.kind === 'fail' && step.error.message).toBe(
      `Task ${taskArn('a')} ended before the start was done: EssentialContainerExited – Essential container in task exited – container "app", exit code 137, OutOfMemoryError`,
    );
    expect(step.kind === 'fail' && step.upkeep).toEqual([
      { kind: 'deregister', targetGroupArn: groupArn, ip: '10.0.1.10', port: 8080 },
    ]);
  });

  test('looks for another if a conflict named an ended task', () => {
    const ended = task({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED', stopCode: 'EssentialContainerExited' });
    const step = planStart(
      view({ scope: 'task', tasks: [ended] }),
      waiting({ followed: following({ seenLive: false }) }),
    );
    expect(step).toEqual({ kind: 'look-for-another', upkeep: [] });
  });

  test('looks for another if its task has failed while another is healthy, unless it launched the failed one', () => {
    const failed = task({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED', stopCode: 'EssentialContainerExited' });
    const serving = task({ taskArn: taskArn('b'), createdAt: at - 90_000, privateIp: '10.0.1.9' });
    const seen = view({ scope: 'task', tasks: [failed, serving] });
    expect(planStart(seen, waiting({ followed }))).toEqual({ kind: 'look-for-another', upkeep: [] });
    const own = planStart(seen, waiting({ followed, launchId: 'launch-1' }));
    expect(own.kind === 'fail' && own.error.code).toBe('TaskStopped');
  });

  test('looks for another if a restart replaces the task or an earlier stop stops it', () => {
    const replaced = task({ retire: { asked: at, by: 'restart' } });
    const stoppedEarlier = task({ retire: { asked: at - 2_000, by: 'stop' } });
    for (const lost of [replaced, stoppedEarlier]) {
      expect(planStart(view({ scope: 'task', tasks: [lost] }), intent({ followed }))).toEqual({
        kind: 'look-for-another',
        upkeep: [],
      });
    }
  });

  test('is superseded if a later stop stops the task', () => {
    const lost = task({ retire: { asked: at, by: 'stop' } });
    const step = planStart(view({ scope: 'task', tasks: [lost] }), intent({ followed }));
    expect(step.kind === 'fail' && step.error.code).toBe('Superseded');
  });
});

describe('with the task registered', () => {
  const followed = following({ registeredSince: at - 1_000, standingSince: at - 1_000, looks: 0 });
  const tasks = [task()];

  test('is done without waiting for health by default', () => {
    const found = view({ scope: 'task', tasks, groups: [group(target('initial'))] });
    expect(planStart(found, waiting({ followed }))).toEqual({ kind: 'done', task: tasks[0] });
  });

  test('is done even if the health cannot be read (R4)', () => {
    const unreadable = { targetGroupArn: groupArn, readAt: at, readable: false, problem: new Error('denied') } as const;
    const registeredByUs = new Map([[`${groupArn} 10.0.1.10:8080`, at - 1_000]]);
    const found = view({ scope: 'task', tasks, groups: [unreadable], registeredByUs });
    expect(planStart(found, waiting({ followed }))).toEqual({ kind: 'done', task: tasks[0] });
    const waitingForHealth = planStart(found, waiting({ followed, waitFor: 'healthy' }));
    expect(waitingForHealth.kind).toBe('fail');
  });

  test('does not give up at the healthy timeout while AWS throttles the reads of its health', () => {
    const problem = new StartEnginesError('AwsThrottled', 'Rate exceeded');
    const throttled = { targetGroupArn: groupArn, readAt: at, readable: false, problem } as const;
    const registeredByUs = new Map([[`${groupArn} 10.0.1.10:8080`, at - 200_000]]);
    const found = view({ scope: 'task', tasks, groups: [throttled], registeredByUs });
    const since = { ...followed, standingSince: at - 200_000 };
    const state = waiting({ followed: since, waitFor: 'healthy' });
    expect(planStart(found, state)).toMatchObject({ kind: 'wait', look: 'task' });
    const late = planStart(found, { ...state, giveUpAt: at });
    expect(late.kind === 'fail' && late.error.code).toBe('AwsThrottled');
  });

  test('waits for healthy in every group', () => {
    const forHealth = waiting({ followed, waitFor: 'healthy' });
    const second = { targetGroupArn: secondGroupArn, port: 8080 };
    const inBoth = [task({ facts: facts({ targets: [{ targetGroupArn: groupArn, port: 8080 }, second] }) })];
    const whereSecondIs = (state: 'initial' | 'healthy', reason?: string) => {
      const shown = group(target(state, reason === undefined ? {} : { reason }));
      const groups = [group(target('healthy')), { ...shown, targetGroupArn: secondGroupArn }];
      return view({ scope: 'task', tasks: inBoth, groups });
    };
    const wait = { kind: 'wait', delayMs: 500, look: 'task' };
    expect(planStart(whereSecondIs('initial'), forHealth)).toEqual(wait);
    expect(planStart(whereSecondIs('initial', 'Elb.RegistrationInProgress'), forHealth)).toEqual(wait);
    expect(planStart(whereSecondIs('healthy'), forHealth).kind).toBe('done');
  });

  test.each(['Target.NotInUse', 'Target.IpUnusable'])('gives up at once on %s (R14)', (reason) => {
    const found = view({ scope: 'task', tasks, groups: [group(target('unused', { reason }))] });
    const step = planStart(found, waiting({ followed, waitFor: 'healthy' }));
    expect(step.kind === 'fail' && step.error.code).toBe('TargetUnusable');
    expect(step.kind === 'fail' && step.error.context.reason).toBe(reason);
  });

  test('fails if the task is unhealthy at the time-out (R12)', () => {
    const found = view({
      at: at + 119_000,
      scope: 'task',
      tasks,
      groups: [group(target('unhealthy', { reason: 'Target.FailedHealthChecks' }))],
    });
    const step = planStart(found, waiting({ followed, waitFor: 'healthy', giveUpAt: at + 600_000 }));
    expect(step.kind === 'fail' && step.error.code).toBe('TargetNotHealthy');
    expect(step.kind === 'fail' && step.error.message).toContain('unhealthy Target.FailedHealthChecks');
  });

  // Attack review, finding 9.
  test('gives up on an adopted unhealthy task when the healthy time-out has passed since its registration', () => {
    const adopted = following({ looks: 9, standingSince: at - 120_000 });
    const found = view({ scope: 'task', tasks, groups: [group(target('unhealthy'))] });
    const step = planStart(found, waiting({ followed: adopted, waitFor: 'healthy', giveUpAt: at + 600_000 }));
    expect(step.kind === 'fail' && step.error.code).toBe('TargetNotHealthy');
  });

  // Attack review, finding 5.
  test('counts a task as up that another start reported as up', () => {
    const launchedForHealth = task({ facts: facts({ waitFor: 'healthy' }), upAt: at - 1_000 });
    const found = view({ scope: 'task', tasks: [launchedForHealth], groups: [group(target('unhealthy'))] });
    expect(planStart(found, waiting({ followed })).kind).toBe('done');
  });

  test('does not report a task as up while its launcher may still stop it', () => {
    const launchedForHealth = task({ facts: facts({ waitFor: 'healthy' }) });
    const found = view({ scope: 'task', tasks: [launchedForHealth], groups: [group(target('initial'))] });
    expect(planStart(found, waiting({ followed })).kind).toBe('wait');
    const longAgo = task({ facts: facts({ waitFor: 'healthy', deadline: at - 120_000 }) });
    expect(planStart({ ...found, tasks: [longAgo] }, waiting({ followed })).kind).toBe('done');
  });
});
