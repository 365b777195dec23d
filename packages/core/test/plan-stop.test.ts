import { describe, expect, test } from 'vitest';
import { planStop } from '../src/plan-stop.ts';
import { at, facts, group, target, task, taskArn, view } from './samples.ts';

const intent = { asked: at, firstLookAt: at - 20_000, drainMs: 15_000 };

describe('a stop', () => {
  test('marks the tasks that were asked for no later than itself', () => {
    const asked = task({ facts: facts({ asked: at }) });
    const later = task({ taskArn: taskArn('b'), privateIp: '10.0.1.11', facts: facts({ asked: at + 1 }) });
    const groups = [group(target('healthy'), target('healthy', { ip: '10.0.1.11' }))];
    expect(planStop(view({ tasks: [asked], groups }), intent)).toEqual({
      kind: 'act',
      actions: [{ kind: 'mark-retiring', task: asked, mark: { asked: at, by: 'stop' } }],
    });
    expect(planStop(view({ tasks: [later], groups: [group(target('healthy', { ip: '10.0.1.11' }))] }), intent)).toEqual(
      {
        kind: 'done',
      },
    );
  });

  test('leaves a task that a later start has adopted', () => {
    const adopted = task({ adoptedAsked: at + 1 });
    expect(planStop(view({ tasks: [adopted], groups: [group(target('healthy'))] }), intent)).toEqual({ kind: 'done' });
  });

  test('makes an earlier stop’s mark, and a restart’s, its own', () => {
    for (const retire of [
      { asked: at - 1, by: 'stop' },
      { asked: at + 9, by: 'restart' },
    ] as const) {
      const turn = planStop(view({ tasks: [task({ retire })] }), intent);
      expect(turn.kind === 'act' && turn.actions.map((action) => action.kind)).toEqual(['mark-retiring']);
    }
    const turn = planStop(view({ tasks: [task({ retire: { asked: at + 1, by: 'stop' } })] }), intent);
    expect(turn.kind === 'act' && turn.actions.map((action) => action.kind)).toEqual(['deregister']);
  });

  test('looks again after the drain even when the first look found nothing', () => {
    expect(planStop(view(), { ...intent, firstLookAt: at - 5_000 })).toEqual({ kind: 'wait', delayMs: 10_000 });
    expect(planStop(view(), intent)).toEqual({ kind: 'done' });
  });
});
