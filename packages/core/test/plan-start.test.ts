import { describe, expect, test } from 'vitest';
import { planStart } from '../src/plan/plan-start.ts';
import { at, facts, group, groupArn, target, task, taskArn, view } from './samples.ts';
import { following, intent, waiting } from './start-samples.ts';

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
});

describe('with a live task', () => {
  test('adopts it, and records the new request on it', () => {
    const live = task();
    expect(planStart(view({ tasks: [live], groups: [group(target('healthy'))] }), intent())).toEqual({
      kind: 'follow',
      task: live,
      actions: [{ kind: 'mark-adopted', task: live, adoption: { asked: at - 1_000 } }],
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
