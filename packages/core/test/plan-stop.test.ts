import { describe, expect, test } from 'vitest';
import { planStop } from '../src/plan/plan-stop.ts';
import { at, facts, group, target, task, taskArn, view } from './samples.ts';

/** Long ago. */
const stopNotedAt = at - 60_000;
const intent = { asked: at, firstLookAt: at - 20_000, drainMs: 15_000 };

describe('a stop', () => {
  test('marks the tasks of earlier requests', () => {
    const asked = task({ facts: facts({ asked: at }) });
    const later = task({ taskArn: taskArn('b'), privateIp: '10.0.1.11', facts: facts({ asked: at + 1 }) });
    const groups = [group(target('healthy'), target('healthy', { ip: '10.0.1.11' }))];
    expect(planStop(view({ tasks: [asked], groups }), intent)).toEqual({
      kind: 'act',
      actions: [{ kind: 'mark-retiring', task: asked, mark: { asked: at, by: 'stop' } }],
    });
    const onlyLater = view({ tasks: [later], groups: [group(target('healthy', { ip: '10.0.1.11' }))], stopNotedAt });
    expect(planStop(onlyLater, intent)).toEqual({ kind: 'done' });
  });

  test('keeps a task that a later start has adopted', () => {
    const adopted = task({ adoptedAsked: at + 1 });
    const seen = view({ tasks: [adopted], groups: [group(target('healthy'))], stopNotedAt });
    expect(planStop(seen, intent)).toEqual({ kind: 'done' });
  });

  test('adds its own mark to an earlier stop’s and a restart’s', () => {
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

  test('writes a note before it looks again if there is no task to mark', () => {
    const note = { kind: 'act', actions: [{ kind: 'note-stop', asked: at }] };
    expect(planStop(view(), intent)).toEqual(note);
    const crashed = task({ desiredStatus: 'STOPPED', lastStatus: 'STOPPED', stopCode: 'EssentialContainerExited' });
    expect(planStop(view({ tasks: [crashed] }), intent)).toEqual(note);
    const stoppedBefore = { ...crashed, retire: { asked: at - 1, by: 'stop' } } as const;
    expect(planStop(view({ tasks: [stoppedBefore] }), intent)).toEqual(note);
    const endedUnderOurMark = { ...crashed, retire: { asked: at, by: 'stop' } } as const;
    expect(planStop(view({ tasks: [endedUnderOurMark] }), intent)).toEqual(note);
    const stopped = { ...crashed, stopCode: 'UserInitiated', stoppedReason: 'stop@2026-11-23T08:00:00.000Z' };
    expect(planStop(view({ tasks: [stopped] }), intent)).toEqual({ kind: 'done' });
  });

  test('writes a note if its mark was deleted when an earlier stop stopped the task', () => {
    const stoppedForAnother = task({
      desiredStatus: 'STOPPED',
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'stop@2026-11-23T07:59:59.000Z',
      retire: { asked: at, by: 'stop' },
    });
    const note = { kind: 'act', actions: [{ kind: 'note-stop', asked: at }] };
    expect(planStop(view({ tasks: [stoppedForAnother] }), intent)).toEqual(note);
  });

  test('looks again one drain time after its note, and not before tasks launched without it are visible', () => {
    expect(planStop(view({ stopNotedAt: at - 5_000 }), intent)).toEqual({ kind: 'wait', delayMs: 10_000 });
    expect(planStop(view({ stopNotedAt: at - 15_000 }), intent)).toEqual({ kind: 'done' });
    expect(planStop(view({ stopNotedAt: at - 5_000 }), { ...intent, drainMs: 0 })).toEqual({
      kind: 'wait',
      delayMs: 10_000,
    });
  });

  // Found by the interleavings of old services: both tasks were retired.
  test('does not replace a task that a later start has adopted by the newer one that it stops', () => {
    const adopted = task({ adoptedAsked: at + 1 });
    const newer = task({
      taskArn: taskArn('b'),
      createdAt: at,
      privateIp: '10.0.1.11',
      facts: facts({ asked: at - 1 }),
    });
    const groups = [group(target('healthy'), target('healthy', { ip: '10.0.1.11' }))];
    expect(planStop(view({ tasks: [newer, adopted], groups }), intent)).toEqual({
      kind: 'act',
      actions: [{ kind: 'mark-retiring', task: newer, mark: { asked: at, by: 'stop' } }],
    });
  });
});
