import { describe, expect, test } from 'vitest';
import { planStart } from '../src/plan/plan-start.ts';
import type { Followed, StartState } from '../src/plan/start-state.ts';
import { at, facts, group, groupArn, secondGroupArn, target, task, taskArn, view } from './samples.ts';

function intent(changes: Partial<StartState> = {}): StartState {
  return {
    service: 'auth',
    asked: at - 1_000,
    waitFor: 'running',
    launchId: 'launch-2',
    restart: false,
    requested: {},
    giveUpAt: at + 60_000,
    heldUpMs: 0,
    startTimeoutMs: 300_000,
    refusals: [],
    ...changes,
  };
}

/** The same request with the time of the task’s own, so there is nothing to note on the task. */
function waiting(changes: Partial<StartState> = {}): StartState {
  return intent({ asked: at - 10_000, ...changes });
}

function following(changes: Partial<Followed> = {}): Followed {
  return { taskArn: taskArn('a'), since: at - 5_000, looks: 3, seenLive: true, ...changes };
}

describe('with nothing live', () => {
  test('launches the first generation if there has never been a task', () => {
    expect(planStart(view(), intent())).toEqual({
      kind: 'launch',
      launch: { kind: 'launch', predecessor: undefined, attempt: 0 },
      upkeep: [],
    });
  });

  test('launches after the newest ended task, and deregisters its target', () => {
    const older = task({
      taskArn: taskArn('b'),
      createdAt: at - 90_000,
      desiredStatus: 'STOPPED',
      privateIp: '10.0.1.9',
    });
    const newer = task({ desiredStatus: 'STOPPED', lastStatus: 'STOPPED' });
    const step = planStart(view({ tasks: [newer, older], groups: [group(target('unhealthy'))] }), intent());
    expect(step).toEqual({
      kind: 'launch',
      launch: { kind: 'launch', predecessor: newer, attempt: 0 },
      upkeep: [{ kind: 'deregister', targetGroupArn: groupArn, ip: '10.0.1.10', port: 8080, interrupted: newer }],
    });
  });

  test('launches after a retiring task', () => {
    const retiring = task({ retire: { asked: at - 5_000, by: 'stop' } });
    const step = planStart(view({ tasks: [retiring] }), intent({ asked: at - 1_000 }));
    expect(step.kind === 'launch' && step.launch.predecessor).toEqual(retiring);
  });

  test('is superseded by the mark of a stop that was requested later', () => {
    const marked = task({ retire: { asked: at, by: 'stop' } });
    const stopped = task({ desiredStatus: 'STOPPED', lastStatus: 'STOPPED', retire: { asked: at, by: 'stop' } });
    for (const found of [marked, stopped]) {
      const step = planStart(view({ tasks: [found] }), intent({ asked: at - 1 }));
      expect(step.kind === 'fail' && step.error.code).toBe('Superseded');
    }
  });

  test('is not superseded by a stop that was requested earlier or by a restart', () => {
    const stopped = task({ desiredStatus: 'STOPPED', retire: { asked: at - 2_000, by: 'stop' } });
    const restarted = task({ desiredStatus: 'STOPPED', retire: { asked: at, by: 'restart' } });
    expect(planStart(view({ tasks: [stopped] }), intent()).kind).toBe('launch');
    expect(planStart(view({ tasks: [restarted] }), intent()).kind).toBe('launch');
  });

  test('fails before the launch if no time is left', () => {
    const step = planStart(view(), intent({ giveUpAt: at }));
    expect(step.kind === 'fail' && step.error.code).toBe('OutOfTime');
  });

  describe('after ECS had no capacity', () => {
    const first = { at: at - 1_000, reasons: ['RESOURCE:ENI'] };
    const second = { at: at + 4_000, reasons: ['RESOURCE:CPU'] };
    const planAt = (offsetMs: number, changes: Partial<StartState>) =>
      planStart(view({ at: at + offsetMs }), intent({ asked: at + offsetMs, giveUpAt: at + 600_000, ...changes }));

    test('waits five seconds, then a minute each time, with the minute in the token', () => {
      expect(planAt(0, { refusals: [first] })).toEqual({ kind: 'wait', delayMs: 4_000, look: 'service' });
      expect(planAt(4_000, { refusals: [first] })).toMatchObject({ launch: { attempt: '2026-11-23T08:00' } });
      expect(planAt(4_000, { refusals: [first, second] })).toMatchObject({ kind: 'wait', delayMs: 60_000 });
      expect(planAt(64_000, { refusals: [first, second] })).toMatchObject({ launch: { attempt: '2026-11-23T08:01' } });
    });

    test('fails with all reasons as soon as no further attempt fits into startTimeoutSeconds', () => {
      const refusals = [first, second];
      expect(planAt(4_000, { refusals, startTimeoutMs: 65_001 }).kind).toBe('wait');
      const step = planAt(4_000, { refusals, startTimeoutMs: 65_000 });
      expect(step).toMatchObject({
        kind: 'fail',
        error: {
          code: 'CapacityUnavailable',
          message: 'ECS could not place a task for service "auth": RESOURCE:ENI; RESOURCE:CPU',
        },
      });
    });

    test('fails as soon as no further attempt fits into the function’s time', () => {
      const refusals = [first, second];
      expect(planAt(4_000, { refusals, giveUpAt: at + 64_001 }).kind).toBe('wait');
      expect(planAt(4_000, { refusals, giveUpAt: at + 64_000 })).toMatchObject({
        error: { code: 'CapacityUnavailable' },
      });
    });

    test('makes at most two attempts if the caller waits for nothing', () => {
      expect(planAt(4_000, { refusals: [first], waitFor: 'none' }).kind).toBe('launch');
      expect(planAt(4_000, { refusals: [first, second], waitFor: 'none' })).toMatchObject({
        error: { code: 'CapacityUnavailable' },
      });
    });

    test('makes no attempt in the last ten seconds of a minute, so that starts on both sides of its end agree', () => {
      expect(planAt(49_999, { refusals: [first] }).kind).toBe('launch');
      expect(planAt(50_000, { refusals: [first] })).toMatchObject({ kind: 'wait', delayMs: 10_000 });
      expect(planAt(59_999, { refusals: [first] })).toMatchObject({ kind: 'wait', delayMs: 1 });
      expect(planAt(60_000, { refusals: [first] })).toMatchObject({ launch: { attempt: '2026-11-23T08:01' } });
    });

    test('repeats the first token after an error of ECS, until a refusal has used it up', () => {
      const thrown = { ...first, tokenUnused: true } as const;
      expect(planAt(55_000, { refusals: [thrown] })).toMatchObject({ launch: { attempt: 0 } });
      const another = { at: at + 4_000, reasons: [], isAnothers: true } as const;
      expect(planAt(4_000, { refusals: [thrown, another] })).toMatchObject({ launch: { attempt: '2026-11-23T08:00' } });
    });
  });
});

describe('after a refusal for lack of capacity', () => {
  // Attack review, finding 2.
  test('a new predecessor begins with the first attempt, because the refusal belongs to the generation before it', () => {
    const ended = task({ desiredStatus: 'STOPPED', lastStatus: 'STOPPED', createdAt: at - 2_000 });
    const refusals = [{ at: at - 6_000, reasons: ['RESOURCE:ENI'] }];
    const step = planStart(view({ tasks: [ended] }), intent({ refusals }));
    expect(step.kind === 'launch' && step.launch).toMatchObject({ predecessor: ended, attempt: 0 });
  });
});

describe('with a live task', () => {
  test('adopts it, and records the new request on it', () => {
    const live = task();
    expect(planStart(view({ tasks: [live], groups: [group(target('healthy'))] }), intent())).toEqual({
      kind: 'follow',
      task: live,
      actions: [{ kind: 'mark-adopted', task: live, asked: at - 1_000 }],
      upkeep: [],
    });
  });

  test('records nothing if the same start arrives again', () => {
    const live = task({ facts: facts({ asked: at - 1_000 }) });
    const step = planStart(view({ tasks: [live] }), intent());
    expect(step.kind === 'follow' && step.actions).toEqual([]);
  });

  test('fails if it was started with other overrides', () => {
    const live = task({ facts: facts({ fingerprints: { port: 'aaaa', taskDefinition: 'bbbb' } }) });
    const step = planStart(view({ tasks: [live] }), intent({ requested: { port: 'aaaa', taskDefinition: 'cccc' } }));
    expect(step.kind === 'fail' && step.error.code).toBe('OverrideNotApplied');
    expect(step.kind === 'fail' && step.error.context.fields).toEqual(['taskDefinition']);
  });

  test('fails if ECS answered its launch with a task without usable launch facts', () => {
    const { facts: _, ...bare } = task();
    const followed = { taskArn: bare.taskArn, since: at, looks: 0, seenLive: false };
    const step = planStart(view({ foreign: [bare] }), intent({ followed }));
    expect(step.kind === 'fail' && step.error.code).toBe('LaunchFactsUnreadable');
  });

  test('retires it if it is long past its deadline', () => {
    const stuck = task({ lastStatus: 'PENDING', facts: facts({ deadline: at - 15_001 }) });
    const step = planStart(view({ tasks: [stuck] }), intent());
    expect(step).toEqual({
      kind: 'act',
      actions: [{ kind: 'mark-retiring', task: stuck, mark: { asked: at, by: 'reconcile' }, overdue: 'not-running' }],
      look: 'service',
    });
    const inGrace = task({ lastStatus: 'PENDING', facts: facts({ deadline: at - 15_000 }) });
    expect(planStart(view({ tasks: [inGrace] }), intent()).kind).toBe('follow');
  });
});

describe('following a task', () => {
  const followed = following();

  test('records the new request on a task that a conflict has named', () => {
    const named = task({ lastStatus: 'PENDING' });
    const step = planStart(view({ scope: 'task', tasks: [named] }), intent({ followed }));
    expect(step).toEqual({
      kind: 'act',
      actions: [{ kind: 'mark-adopted', task: named, asked: at - 1_000 }],
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

describe('with a task that a conflict or a replayed token named', () => {
  // Attack review, finding 4.
  test.each(['none', 'running', 'healthy'] as const)('refuses other overrides if it waits for %s', (waitFor) => {
    const named = task({ facts: facts({ launchId: 'launch-1', fingerprints: { taskDefinition: 'bbbb' } }) });
    const found = view({ scope: 'task', tasks: [named], groups: [group(target('healthy'))] });
    const step = planStart(found, waiting({ waitFor, followed: following(), requested: { taskDefinition: 'cccc' } }));
    expect(step.kind === 'fail' && step.error.code).toBe('OverrideNotApplied');
    expect(step.kind === 'fail' && step.error.context.fields).toEqual(['taskDefinition']);
  });
});

describe('with nothing to wait for', () => {
  test('a task that ECS has only named counts once it has been seen', () => {
    const named = waiting({ waitFor: 'none', followed: following({ looks: 1, seenLive: false }) });
    expect(planStart(view(), named)).toMatchObject({ kind: 'wait', look: 'task' });
    expect(planStart(view({ tasks: [task({ lastStatus: 'PENDING' })] }), named)).toMatchObject({ kind: 'done' });
  });
});

describe('after a refusal of another start', () => {
  test('a start with a short time-out waits for the next minute and then tries once', () => {
    const late = Date.parse('2026-11-23T08:00:52.000Z');
    const refusals = [{ at: late, reasons: ['RESOURCE:ENI'], isAnothers: true }] as const;
    const short = intent({
      asked: Date.parse('2026-11-23T08:01:00.000Z'),
      refusals,
      startTimeoutMs: 5_000,
      giveUpAt: late + 60_000,
    });
    const waiting = planStart(view({ at: late, groups: [] }), short);
    expect(waiting).toMatchObject({ kind: 'wait', look: 'service' });
    const then = Date.parse('2026-11-23T08:01:00.000Z');
    const step = planStart(view({ at: then, groups: [] }), short);
    expect(step.kind === 'launch' && step.launch.attempt).toBe('2026-11-23T08:01');
  });
});

describe('with a task that finished its work', () => {
  const exited = { stopCode: 'EssentialContainerExited', containers: [{ name: 'app', exitCode: 0 }] } as const;
  const finished = task({ ...exited, desiredStatus: 'STOPPED', lastStatus: 'STOPPED', stoppingAt: at - 500 });

  test('a later start runs the work again', () => {
    const found = view({ scope: 'task', tasks: [finished] });
    const later = intent({ asked: at - 400, followed: following({ seenLive: false }) });
    expect(planStart(found, later).kind).toBe('look-for-another');
  });

  test('the start that requested the work is done', () => {
    const found = view({ scope: 'task', tasks: [finished] });
    const own = waiting({ launchId: 'launch-1', followed: following() });
    expect(planStart(found, own)).toMatchObject({ kind: 'done', task: finished });
  });
});
