import { describe, expect, test } from 'vitest';
import type { Review } from '../src/model/idle.ts';
import type { GroupUse } from '../src/model/request-meter.ts';
import type { RouteState } from '../src/model/route.ts';
import type { Task } from '../src/model/task.ts';
import type { View } from '../src/model/view.ts';
import { decideIdle } from '../src/plan/plan-idle.ts';
import { planUpkeep } from '../src/plan/plan-upkeep.ts';
import { at, facts, group, groupArn, target, task, taskArn, view } from './samples.ts';

const minuteMs = 60_000;
const ago = (minutes: number) => at - minutes * minuteMs;
const listenerRuleArn = 'arn:aws:elasticloadbalancing:us-east-2:123456789012:listener-rule/app/shared/1/2/3';
const idle = { afterSeconds: 600, minUpSeconds: 600, ignoreRequests: 0, longConnections: false };

/** A service that has been up for two hours, was last requested then, and whose targets were seen in every minute. */
const old = task({ createdAt: ago(120), upAt: ago(119), facts: facts({ asked: ago(120) }) });

function useOf(requests: readonly (readonly [minutesAgo: number, count: number])[], changes: Partial<GroupUse> = {}) {
  const minutes = Array.from({ length: 40 }, (_, index) => [ago(index + 3), 1] as const);
  return {
    requests: new Map(requests.map(([minutesAgo, count]) => [ago(minutesAgo), count])),
    healthyHosts: new Map(minutes),
    isComplete: true,
    ...changes,
  };
}

interface Scene {
  readonly tasks?: readonly Task[];
  readonly state?: RouteState;
  readonly health?: 'healthy' | 'unhealthy';
  readonly idle?: Partial<typeof idle>;
  readonly use?: readonly GroupUse[];
}

function seen({ tasks = [old], state = 'service', health = 'healthy', use = [useOf([])], ...scene }: Scene): View {
  const review: Review = { idle: { ...idle, ...scene.idle }, use };
  const routes = [{ listenerRuleArn, targetGroupArn: groupArn, state }] as const;
  const routing = { routes, vacantSince: new Map(), changedByUs: new Map(), settleMs: 20_000 };
  return view({ tasks, groups: [group(target(health))], review, routing } as Partial<View>);
}

/** What is decided, in one word or two. */
function decision(scene: Scene): string {
  const decided = decideIdle(seen(scene));
  if (decided?.kind !== 'keep') return decided?.kind ?? 'nothing';
  return decided.endsCordon ? `${decided.reason}, cordon off` : decided.reason;
}

const cordoned = (minutes: number, changes: Partial<Task> = {}) => ({
  ...old,
  cordon: { at: ago(minutes), lastAsked: ago(120) },
  ...changes,
});

describe('an idle stop', () => {
  const cases: readonly [string, string, Scene][] = [
    ['begins with a cordon', 'cordon', {}],
    ['stops the task after the second look', 'stop', { tasks: [cordoned(5)], state: 'activator' }],
    ['waits four minutes for the second look', 'operation-under-way', { tasks: [cordoned(3)], state: 'activator' }],
    ['begins again when the route was not turned in time', 'cordon', { tasks: [cordoned(5)], state: 'service' }],
    [
      'does not count a cordon that has expired: the route has to turn back first',
      'operation-under-way',
      { tasks: [cordoned(16)], state: 'activator' },
    ],
    ['begins again after a cordon has expired', 'cordon', { tasks: [cordoned(16)], state: 'service' }],
    [
      'is ended by a request that was counted since',
      'recent-use, cordon off',
      { tasks: [cordoned(5)], state: 'activator', use: [useOf([[2, 1]])] },
    ],
    [
      'is ended by metrics that cannot be read',
      'not-observed, cordon off',
      { tasks: [cordoned(5)], state: 'activator', use: [] },
    ],
    [
      'is ended by a lease',
      'lease, cordon off',
      {
        tasks: [cordoned(5, { facts: facts({ asked: ago(120), leaseUntil: ago(60) }), leaseUntil: at + 1 })],
        state: 'activator',
      },
    ],
    [
      'does not count a cordon that a later request has made void',
      'operation-under-way',
      { tasks: [cordoned(5, { wokenAsked: ago(4) })], state: 'activator' },
    ],
    ['is not for a service without a task', 'nothing', { tasks: [] }],
  ];
  test.each(cases)('%s', (_what, expected, scene) => {
    expect(decision(scene)).toBe(expected);
  });
});

describe('a service stays up', () => {
  const noHosts = new Map(useOf([]).healthyHosts);
  noHosts.delete(ago(7));
  const cases: readonly [string, string, Scene][] = [
    ['after a request within afterSeconds', 'recent-use', { use: [useOf([[9, 1]])] }],
    ['after a request of the last three minutes, which may be incomplete', 'recent-use', { use: [useOf([[1, 1]])] }],
    ['after a start within afterSeconds', 'recent-use', { tasks: [{ ...old, adoptedAsked: ago(9) }] }],
    ['after a wake within afterSeconds', 'recent-use', { tasks: [{ ...old, wokenAsked: ago(9) }] }],
    [
      'with more requests than ignoreRequests',
      'recent-use',
      {
        use: [
          useOf([
            [5, 2],
            [6, 2],
          ]),
        ],
        idle: { ignoreRequests: 3 },
      },
    ],
    ['until it has been up for minUpSeconds', 'too-young', { idle: { minUpSeconds: 7_200 } }],
    [
      'before it was reported as up',
      'too-young',
      { tasks: [task({ createdAt: ago(120), facts: facts({ asked: ago(120) }) })] },
    ],
    ['until its lease ends', 'lease', { tasks: [{ ...old, facts: facts({ asked: ago(120), leaseUntil: at + 1 }) }] }],
    ['if its requests last for hours', 'long-connections', { idle: { longConnections: true } }],
    ['if a minute of the window was not observed', 'not-observed', { use: [useOf([], { healthyHosts: noHosts })] }],
    ['if AWS answered in part', 'not-observed', { use: [useOf([], { isComplete: false })] }],
    [
      'if one of its two groups was not observed',
      'not-observed',
      { use: [useOf([]), useOf([], { healthyHosts: new Map() })] },
    ],
    ['if its rule was changed by hand', 'not-observed', { state: 'foreign' }],
    ['while it is not healthy', 'operation-under-way', { health: 'unhealthy' }],
    [
      'while a restart replaces its task',
      'operation-under-way',
      { tasks: [{ ...old, taskArn: taskArn('b'), createdAt: at }, old] },
    ],
  ];
  test.each(cases)('%s', (_what, expected, scene) => {
    expect(decision(scene)).toBe(expected);
  });

  test('with requests up to ignoreRequests, it does not', () => {
    expect(
      decision({
        use: [
          useOf([
            [5, 2],
            [6, 1],
          ]),
        ],
        idle: { ignoreRequests: 3 },
      }),
    ).toBe('cordon');
  });
});

// Scale to zero, invariant 10.
describe('the precedence of what ends a task', () => {
  const leased = { ...old, facts: facts({ asked: ago(120), leaseUntil: ago(1) }) };
  const kindsOf = (scene: Scene, changes: Partial<View> = {}) =>
    planUpkeep({ ...seen(scene), ...changes }).flatMap((action) =>
      action.kind === 'mark-retiring'
        ? [`${action.mark.kind ?? action.mark.by} ${(at - action.mark.asked) / minuteMs}`]
        : [],
    );

  test('a pause beats a lease and a wake, and not a person’s later start', () => {
    expect(kindsOf({ tasks: [{ ...leased, wokenAsked: ago(1) }] }, { pausedAt: ago(2) })).toEqual(['pause 2']);
    expect(kindsOf({ tasks: [{ ...old, adoptedAsked: ago(1) }] }, { pausedAt: ago(2) })).toEqual([]);
  });

  test('a lease that has ended stops a task in use, unless idle decides', () => {
    const use = [useOf([[1, 9]])];
    expect(kindsOf({ tasks: [leased], use })).toEqual([]);
    expect(kindsOf({ tasks: [leased], use, idle: { longConnections: true } })).toEqual(['lease 120']);
  });

  test('the mark of an idle stop carries the task’s last request, so a later one overrules it', () => {
    expect(kindsOf({ tasks: [cordoned(5)], state: 'activator' })).toEqual(['idle 120']);
  });
});
