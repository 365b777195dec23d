import { describe, expect, test } from 'vitest';
import type { GroupView } from '../src/model/view.ts';
import { planStart } from '../src/plan/plan-start.ts';
import { planUpkeep } from '../src/plan/plan-upkeep.ts';
import type { StartState } from '../src/plan/start-state.ts';
import { at, facts, group, groupArn, secondGroupArn, target, task, taskArn, view } from './samples.ts';

const intent: StartState = {
  service: 'auth',
  asked: at - 10_000,
  waitFor: 'running',
  launchId: 'launch-1',
  restart: false,
  requested: {},
  giveUpAt: at + 60_000,
  heldUpMs: 0,
  followed: { taskArn: taskArn('a'), since: at - 5_000, looks: 3, seenLive: true },
  startTimeoutMs: 300_000,
  refusals: [],
};

describe('a task is registered in a group', () => {
  const register = { kind: 'register', task: task(), targetGroupArn: groupArn, ip: '10.0.1.10', port: 8080 };
  const registrations = { kind: 'act', actions: [register], look: 'task' };

  test.each([
    ['that is draining', target('draining')],
    ['that is unhealthy and draining', target('unhealthy.draining')],
    ['on another port', target('healthy', { port: 8081 })],
    ['at another address', target('healthy', { ip: '10.0.1.11' })],
  ])('but not through a target %s', (_what, other) => {
    const found = view({ scope: 'task', tasks: [task()], groups: [group(other)] });
    expect(planStart(found, intent)).toEqual(registrations);
  });

  test('through a target with its own address and port', () => {
    const found = view({ scope: 'task', tasks: [task()], groups: [group(target('initial'))] });
    expect(planStart(found, intent).kind).toBe('done');
  });
});

describe('the older of two tasks is replaced', () => {
  const targets = [
    { targetGroupArn: groupArn, port: 8080 },
    { targetGroupArn: secondGroupArn, port: 8080 },
  ] as const;
  const newer = task({
    taskArn: taskArn('b'),
    createdAt: at - 1_000,
    privateIp: '10.0.1.11',
    facts: facts({ targets }),
  });
  const older = task({ facts: facts({ targets }) });
  const both = (state: 'initial' | 'healthy', changes: Partial<GroupView> = {}) => {
    const group1 = group(target('healthy'), target('healthy', { ip: '10.0.1.11' }));
    const group2 = group(target('healthy'), target(state, { ip: '10.0.1.11' }));
    const groups = [group1, { ...group2, targetGroupArn: secondGroupArn, ...changes } as GroupView];
    return view({ tasks: [newer, older], groups });
  };
  const retired = (found: ReturnType<typeof both>) =>
    planUpkeep(found).flatMap((action) => (action.kind === 'mark-retiring' ? [action.task.taskArn] : []));

  test('if the newer was healthy in all its groups within the last fifteen seconds', () => {
    expect(retired(both('healthy'))).toEqual([older.taskArn]);
    expect(retired(both('healthy', { readAt: at - 15_000 }))).toEqual([older.taskArn]);
  });

  test('but not if the newer is healthy in only some of its groups', () => {
    expect(retired(both('initial'))).toEqual([]);
  });

  test('but not if the health was read longer ago', () => {
    expect(retired(both('healthy', { readAt: at - 15_001 }))).toEqual([]);
  });
});
