import { describe, expect, test } from 'vitest';
import type { RouteState, Routing } from '../src/model/route.ts';
import type { View } from '../src/model/view.ts';
import { planRoutes, routeHoldMs, successorDelayMs } from '../src/plan/plan-route.ts';
import { at, group, groupArn, target, task, taskArn, view } from './samples.ts';

const listenerRuleArn = 'arn:aws:elasticloadbalancing:us-east-2:123456789012:listener-rule/app/shared/1/2/3';

function routing(state: RouteState, changes: Partial<Routing> = {}): Routing {
  const route = { listenerRuleArn, targetGroupArn: groupArn, state };
  return { routes: [route], vacantSince: new Map(), changedByUs: new Map(), settleMs: 20_000, ...changes };
}

const retiring = task({ retire: { asked: at, by: 'stop' } });
const destinations = (seen: View) => planRoutes(seen).map(({ to }) => to);

describe('the destination of requests', () => {
  const cases: readonly [string, RouteState, Partial<View>, readonly string[]][] = [
    [
      'is the service if its task is healthy',
      'activator',
      { tasks: [task()], groups: [group(target('healthy'))] },
      ['service'],
    ],
    [
      'is the service even if neither group got all requests before',
      'mixed',
      { tasks: [task()], groups: [group(target('healthy'))] },
      ['service'],
    ],
    [
      'does not change to a target that is initial',
      'activator',
      { tasks: [task()], groups: [group(target('initial'))] },
      [],
    ],
    [
      'does not stay at a target that is initial',
      'service',
      { tasks: [task()], groups: [group(target('initial'))] },
      ['activator'],
    ],
    ['stays at an unhealthy target', 'service', { tasks: [task()], groups: [group(target('unhealthy'))] }, []],
    [
      'does not change to an unhealthy target',
      'activator',
      { tasks: [task()], groups: [group(target('unhealthy'))] },
      [],
    ],
    ['is the activator without a task', 'service', { groups: [group()] }, ['activator']],
    [
      'is the activator if the task is retiring',
      'service',
      { tasks: [retiring], groups: [group(target('healthy'))] },
      ['activator'],
    ],
    ['stays at a running task that one look does not show', 'service', { tasks: [task()], groups: [group()] }, []],
    ['does not change if the group cannot be read', 'service', { tasks: [task()], groups: [unreadable()] }, []],
    ['does not change after a look at only one task', 'service', { scope: 'task' }, []],
    ['of a foreign rule does not change', 'foreign', { tasks: [task()], groups: [group(target('healthy'))] }, []],
    ['is not written again if it is correct', 'service', { tasks: [task()], groups: [group(target('healthy'))] }, []],
  ];
  test.each(cases)('%s (%s)', (_name, state, seen, expected) => {
    expect(destinations(view({ ...seen, routing: routing(state) }))).toEqual(expected);
  });

  test('is the activator after five seconds in which no look has shown the running task', () => {
    const seen = { tasks: [task()], groups: [group()] };
    const since = (ms: number) => routing('service', { vacantSince: new Map([[listenerRuleArn, at - ms]]) });
    expect(destinations(view({ ...seen, routing: since(4_999) }))).toEqual([]);
    expect(destinations(view({ ...seen, routing: since(5_000) }))).toEqual(['activator']);
  });

  test('is not written again before the last change can show', () => {
    const seen = { tasks: [task()], groups: [group(target('healthy'))] };
    const changed = (ms: number) =>
      routing('activator', { changedByUs: new Map([[listenerRuleArn, { to: 'service', at: at - ms } as const]]) });
    expect(destinations(view({ ...seen, routing: changed(1_999) }))).toEqual([]);
    expect(destinations(view({ ...seen, routing: changed(2_000) }))).toEqual(['service']);
  });
});

describe('how long a retiring task stays registered', () => {
  const hold = (changes: Partial<Routing>, markedMs = 60_000, seen: Partial<View> = {}) =>
    routeHoldMs(
      view({
        tasks: [retiring],
        groups: [group(target('healthy'))],
        markedSince: new Map([[retiring.taskArn, at - markedMs]]),
        routing: routing('activator', changes),
        ...seen,
      }),
      retiring,
    );

  test('is 20 s from the first look that shows another destination, with looks every 4 s', () => {
    expect(hold({})).toBe(4_000);
    expect(hold({ awaySince: at })).toBe(4_000);
    expect(hold({ awaySince: at - 19_000 })).toBe(1_000);
    expect(hold({ awaySince: at - 20_000 })).toBe(0);
  });

  test('is at least 20 s from five seconds after its mark', () => {
    expect(hold({ awaySince: at - 60_000 }, 24_000)).toBe(1_000);
    expect(hold({ awaySince: at - 60_000 }, 25_000)).toBe(0);
  });

  test('is no time if another healthy task gets the requests, or the task is not running', () => {
    const other = task({ taskArn: taskArn('b'), privateIp: '10.0.1.11' });
    const groups = [group(target('healthy'), target('healthy', { ip: '10.0.1.11' }))];
    expect(hold({}, 0, { tasks: [retiring, other], groups })).toBe(0);
    const pending = { ...retiring, lastStatus: 'PENDING' };
    expect(routeHoldMs(view({ tasks: [pending], routing: routing('activator') }), pending)).toBe(0);
  });

  test('is no time for a service without a route', () => {
    expect(routeHoldMs(view({ tasks: [retiring] }), retiring)).toBe(0);
  });
});

describe('how long a start waits for a task that a stop has marked', () => {
  const wait = (writtenMs: number) => {
    const marked = task({ retire: { asked: at, by: 'stop', writtenAt: at - writtenMs } });
    return successorDelayMs(view({ tasks: [marked], routing: routing('activator') }));
  };

  test('is until the mark is 12 s old', () => {
    expect([wait(0), wait(11_000), wait(12_000)]).toEqual([12_000, 1_000, undefined]);
  });

  test('is no time without a route, or for a task that a restart replaces', () => {
    expect(successorDelayMs(view({ tasks: [retiring] }))).toBeUndefined();
    const replaced = task({ retire: { asked: at, by: 'restart' } });
    expect(successorDelayMs(view({ tasks: [replaced], routing: routing('service') }))).toBeUndefined();
  });
});

function unreadable(): View['groups'][number] {
  return { targetGroupArn: groupArn, readAt: at, readable: false, problem: new Error('throttled') };
}
