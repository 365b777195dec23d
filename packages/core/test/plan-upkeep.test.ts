import { describe, expect, test } from 'vitest';
import { planRetirement } from '../src/plan/plan-targets.ts';
import { planUpkeep } from '../src/plan/plan-upkeep.ts';
import { at, facts, group, groupArn, target, task, taskArn, view } from './samples.ts';

const deregisterIt = { kind: 'deregister', targetGroupArn: groupArn, ip: '10.0.1.10', port: 8080 };

describe('upkeep in every operation', () => {
  test('does nothing if a running task is registered in its target group, healthy or not (R44)', () => {
    for (const state of ['initial', 'healthy', 'unhealthy'] as const) {
      expect(planUpkeep(view({ tasks: [task()], groups: [group(target(state))] }))).toEqual([]);
    }
  });

  test('registers a running task that is not registered', () => {
    const orphan = task();
    expect(planUpkeep(view({ tasks: [orphan] }))).toEqual([
      { kind: 'register', task: orphan, targetGroupArn: groupArn, ip: '10.0.1.10', port: 8080 },
    ]);
  });

  test('registers a task whose address is still draining from the previous task', () => {
    const reborn = task();
    const actions = planUpkeep(view({ tasks: [reborn], groups: [group(target('draining'))] }));
    expect(actions.map((action) => action.kind)).toEqual(['register']);
  });

  test('deregisters the target of a crashed task (R34)', () => {
    const crashed = task({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED' });
    expect(planUpkeep(view({ tasks: [crashed], groups: [group(target('unhealthy'))] }))).toEqual([
      { ...deregisterIt, interrupted: crashed },
    ]);
  });

  test('keeps other ports at the task’s address, in exclusive and shared groups', () => {
    for (const exclusiveTargetGroup of [true, false]) {
      const crashed = task({ desiredStatus: 'STOPPED', facts: facts({ exclusiveTargetGroup }) });
      const groups = [group(target('unhealthy', { port: 9999 }), target('unhealthy'))];
      expect(planUpkeep(view({ tasks: [crashed], groups }))).toEqual([{ ...deregisterIt, interrupted: crashed }]);
    }
  });

  test('deregisters every port of a task without readable launch facts until it has stopped', () => {
    const { facts: _, ...unreadable } = task({ desiredStatus: 'STOPPED' });
    const groups = [group(target('healthy', { port: 9999 }))];
    const seen = (lastStatus: string) =>
      planUpkeep(view({ tasks: [{ ...unreadable, lastStatus }], groups, exclusiveGroupArns: new Set() }));
    expect(seen('DEACTIVATING')).toMatchObject([{ ...deregisterIt, port: 9999 }]);
    expect(seen('STOPPED')).toEqual([]);
  });

  test('keeps the target of an ended task if a live task now has its address', () => {
    const ended = task({ desiredStatus: 'STOPPED' });
    const successor = task({ taskArn: taskArn('b'), createdAt: at - 1_000 });
    expect(planUpkeep(view({ tasks: [successor, ended], groups: [group(target('healthy'))] }))).toEqual([]);
  });

  test('R45: keeps the targets of two running tasks while the newer may still become healthy', () => {
    const newer = task({ taskArn: taskArn('b'), createdAt: at - 5_000, privateIp: '10.0.1.11' });
    const groups = [group(target('healthy'), target('initial', { ip: '10.0.1.11' }))];
    const strayingSince = new Map(['10.0.1.10', '10.0.1.11'].map((ip) => [`${groupArn} ${ip}:8080`, at - 60_000]));
    expect(planUpkeep(view({ tasks: [newer, task()], groups, strayingSince }))).toEqual([]);
  });

  test('deregisters a target without a task only after two looks, five seconds apart', () => {
    const stray = target('unhealthy', { ip: '10.0.1.99' });
    const key = `${groupArn} 10.0.1.99:8080`;
    const seen = (since: number) => view({ groups: [group(stray)], strayingSince: new Map([[key, since]]) });
    expect(planUpkeep(seen(at))).toEqual([]);
    expect(planUpkeep(seen(at - 4_999))).toEqual([]);
    expect(planUpkeep(seen(at - 5_000))).toEqual([{ ...deregisterIt, ip: '10.0.1.99', stray: true }]);
  });

  test('leaves an unhealthy newer task to its launcher until fifteen seconds after its deadline', () => {
    const newer = task({ taskArn: taskArn('b'), createdAt: at - 1_000, privateIp: '10.0.1.11' });
    const groups = [group(target('healthy'), target('unhealthy', { ip: '10.0.1.11' }))];
    const deadline = at + 300_000 + 120_000;
    const seen = (moment: number) =>
      view({ tasks: [newer, task()], groups: groups.map((one) => ({ ...one, readAt: moment })), at: moment });
    expect(planUpkeep(seen(deadline + 15_000))).toEqual([]);
    expect(planUpkeep(seen(deadline + 15_001)).map((action) => action.kind)).toEqual(['mark-retiring']);
  });

  test('does not register a task that a healthy one has replaced', () => {
    const older = task();
    const newer = task({ taskArn: taskArn('b'), createdAt: at - 1_000, privateIp: '10.0.1.11' });
    const groups = [group(target('healthy', { ip: '10.0.1.11' }))];
    expect(planUpkeep(view({ tasks: [newer, older], groups })).map((action) => action.kind)).toEqual(['mark-retiring']);
  });

  test('keeps the newest live task that is healthy in all its groups', () => {
    const older = task();
    const newer = task({ taskArn: taskArn('b'), createdAt: at - 1_000, privateIp: '10.0.1.11' });
    const tasks = [newer, older];
    const newerHealthy = [group(target('healthy'), target('healthy', { ip: '10.0.1.11' }))];
    expect(planUpkeep(view({ tasks, groups: newerHealthy }))).toEqual([
      { kind: 'mark-retiring', task: older, mark: { asked: at - 10_000, by: 'restart' } },
    ]);
    const newerNotYet = [group(target('healthy'), target('initial', { ip: '10.0.1.11' }))];
    expect(planUpkeep(view({ tasks, groups: newerNotYet }))).toEqual([]);
  });

  test('records on the newest task the later request for the previous one', () => {
    const older = task({ adoptedAsked: at - 500 });
    const newer = task({ taskArn: taskArn('b'), createdAt: at - 1_000, privateIp: '10.0.1.11' });
    const groups = [group(target('healthy'), target('healthy', { ip: '10.0.1.11' }))];
    expect(planUpkeep(view({ tasks: [newer, older], groups }))).toEqual([
      { kind: 'mark-adopted', task: newer, adoption: { asked: at - 500 } },
      { kind: 'mark-retiring', task: older, mark: { asked: at - 10_000, by: 'restart' } },
    ]);
  });

  test('retires the newer of two tasks if it is not healthy by its deadline', () => {
    const older = task();
    const late = facts({ deadline: at - 135_001 });
    const newer = task({ taskArn: taskArn('b'), createdAt: at - 1_000, privateIp: '10.0.1.11', facts: late });
    const groups = [group(target('healthy'), target('unhealthy', { ip: '10.0.1.11' }))];
    expect(planUpkeep(view({ tasks: [newer, older], groups }))).toEqual([
      { kind: 'mark-retiring', task: newer, mark: { asked: at, by: 'reconcile' } },
    ]);
  });

  test('retires the newer of two unhealthy tasks at its deadline, so that one is left', () => {
    const older = task();
    const late = facts({ deadline: at - 135_001 });
    const newer = task({ taskArn: taskArn('b'), createdAt: at - 1_000, privateIp: '10.0.1.11', facts: late });
    const groups = [group(target('unhealthy'), target('unhealthy', { ip: '10.0.1.11' }))];
    const bothLate = [newer, task({ facts: late })];
    expect(planUpkeep(view({ tasks: [newer, older], groups }))).toEqual([
      { kind: 'mark-retiring', task: newer, mark: { asked: at, by: 'reconcile' } },
    ]);
    expect(planUpkeep(view({ tasks: bothLate, groups })).map((action) => action.kind)).toEqual(['mark-retiring']);
  });
});

describe('a task that has to be stopped', () => {
  const mark = { asked: at, by: 'stop' } as const;
  const marked = task({ retire: mark });

  test('is marked first', () => {
    const step = planRetirement(view({ tasks: [task()], groups: [group(target('healthy'))] }), task(), mark);
    expect(step).toEqual({ kind: 'act', actions: [{ kind: 'mark-retiring', task: task(), mark }] });
  });

  test('is then deregistered from its target groups (R28)', () => {
    const step = planRetirement(view({ tasks: [marked], groups: [group(target('healthy'))] }), marked, mark);
    expect(step).toEqual({ kind: 'act', actions: [deregisterIt] });
  });

  test('is deregistered even if an older task had the same address', () => {
    const older = task({ taskArn: taskArn('old'), createdAt: at - 90_000 });
    const step = planRetirement(view({ tasks: [marked, older], groups: [group(target('healthy'))] }), marked, mark);
    expect(step).toEqual({ kind: 'act', actions: [deregisterIt] });
  });

  test('then drains for the time in its launch facts', () => {
    const draining = view({
      tasks: [marked],
      groups: [group(target('draining'))],
      drainingSince: new Map([[marked.taskArn, at - 14_000]]),
      deregisteredByUs: new Set([`${groupArn} 10.0.1.10:8080`]),
      markedSince: new Map([[marked.taskArn, at - 14_000]]),
    });
    expect(planRetirement(draining, marked, mark)).toEqual({ kind: 'drain', remainingMs: 1_000 });
    expect(planRetirement({ ...draining, at: at + 1_000 }, marked, mark)).toEqual({
      kind: 'act',
      actions: [{ kind: 'stop', task: marked, mark }],
    });
  });

  test('is deregistered even if it does not show as registered, because its registration may be recent', () => {
    const seen = view({ tasks: [marked] });
    const asPrecaution = { ...deregisterIt, precaution: true };
    expect(planRetirement(seen, marked, mark)).toEqual({ kind: 'act', actions: [asPrecaution] });
    const registeredByUs = new Map([[`${groupArn} 10.0.1.10:8080`, at - 1_000]]);
    const registering = planRetirement({ ...seen, registeredByUs }, marked, mark);
    expect(registering).toEqual({ kind: 'act', actions: [deregisterIt] });
  });

  test('is stopped as soon as its mark is visible to all readers if it was never registered', () => {
    const pending = task({ retire: mark, lastStatus: 'PENDING' });
    const since = (moment: number) => view({ tasks: [pending], markedSince: new Map([[pending.taskArn, moment]]) });
    expect(planRetirement(since(at - 4_000), pending, mark)).toEqual({ kind: 'drain', remainingMs: 8_000 });
    expect(planRetirement(since(at - 12_000), pending, mark)).toEqual({
      kind: 'act',
      actions: [{ kind: 'stop', task: pending, mark }],
    });
  });

  test('is gone once it has ended and no target is left', () => {
    const ended = task({ desiredStatus: 'STOPPED', retire: mark });
    expect(planRetirement(view({ tasks: [ended] }), ended, mark)).toEqual({ kind: 'gone' });
    const leftover = view({ tasks: [ended], groups: [group(target('unhealthy'))] });
    expect(planRetirement(leftover, ended, mark)).toEqual({ kind: 'act', actions: [deregisterIt] });
  });

  test('is deregistered once from a group that cannot be read, and then drains', () => {
    const unreadable = { targetGroupArn: groupArn, readAt: at, readable: false, problem: new Error('denied') } as const;
    const first = view({ tasks: [marked], groups: [unreadable] });
    expect(planRetirement(first, marked, mark)).toEqual({ kind: 'act', actions: [deregisterIt] });
    const deregisteredByUs = new Set([`${groupArn} 10.0.1.10:8080`]);
    const then = { ...first, deregisteredByUs, drainingSince: new Map([[marked.taskArn, at]]) };
    expect(planRetirement(then, marked, mark)).toEqual({ kind: 'drain', remainingMs: 15_000 });
  });
});
