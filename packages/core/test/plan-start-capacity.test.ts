import { describe, expect, test } from 'vitest';
import { planStart } from '../src/plan/plan-start.ts';
import type { StartState } from '../src/plan/start-state.ts';
import { at, task, view } from './samples.ts';
import { intent } from './start-samples.ts';

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

describe('after a refusal for lack of capacity', () => {
  // Attack review, finding 2.
  test('a new predecessor begins with the first attempt, because the refusal belongs to the generation before it', () => {
    const ended = task({ desiredStatus: 'STOPPED', lastStatus: 'STOPPED', createdAt: at - 2_000 });
    const refusals = [{ at: at - 6_000, reasons: ['RESOURCE:ENI'] }];
    const step = planStart(view({ tasks: [ended] }), intent({ refusals }));
    expect(step.kind === 'launch' && step.launch).toMatchObject({ predecessor: ended, attempt: 0 });
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
