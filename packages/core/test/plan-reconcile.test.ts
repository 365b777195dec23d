import { expect, test } from 'vitest';
import { generationOf } from '../src/plan/launch-token.ts';
import { isUnsettled, planReconcile, planUntilSettled } from '../src/plan/plan-reconcile.ts';
import { at, group, target, task, taskArn, view } from './samples.ts';

const inOrder = view({ tasks: [task()], groups: [group(target('healthy'))] });
const older = task({ taskArn: taskArn('older'), privateIp: '10.0.1.11', createdAt: at - 900_000 });
const rivals = view({
  tasks: [task(), older],
  groups: [group(target('initial'), { ip: '10.0.1.11', port: 8080, state: 'healthy' })],
});
const going = task({ retire: { asked: at, by: 'stop' }, lastStatus: 'PENDING' });
const marked = view({ tasks: [going], markedSince: new Map([[going.taskArn, at - 4_000]]) });

test('a reconcile acts while there is something to do', () => {
  expect(planReconcile(view({ tasks: [task()] })).kind).toBe('act');
  expect(planUntilSettled(view({ tasks: [task(), older] })).kind).toBe('act');
});

test('a reconcile of a service without drift is done', () => {
  expect(planReconcile(inOrder)).toEqual({ kind: 'done' });
  expect(planUntilSettled(inOrder)).toEqual({ kind: 'done' });
});

test('a reconcile waits until the mark of a retiring task is visible to all readers', () => {
  expect(planReconcile(marked)).toEqual({ kind: 'wait', delayMs: 8_000 });
  expect(planUntilSettled(marked)).toEqual({ kind: 'wait', delayMs: 8_000 });
});

test('a reconcile looks every second at two tasks of which one must stay, if there is time', () => {
  expect(planReconcile(rivals)).toEqual({ kind: 'done' });
  expect(planUntilSettled(rivals)).toEqual({ kind: 'wait', delayMs: 1_000, optional: true });
});

test('one task has no rival', () => {
  expect([isUnsettled(view()), isUnsettled(inOrder), isUnsettled(rivals)]).toEqual([false, false, true]);
});

test('a first launch has no predecessor', () => {
  expect(generationOf(undefined, 0)).toEqual({ predecessor: 'none', attempt: 0 });
  expect(generationOf(older, '2026-11-23T08:00')).toEqual({
    predecessor: taskArn('older'),
    attempt: '2026-11-23T08:00',
  });
});
