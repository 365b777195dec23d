import { describe, expect, test } from 'vitest';
import type { GroupView } from '../src/model/view.ts';
import { overdueOf } from '../src/plan/overdue.ts';
import { groupsOfUnknownType, planRegistration, planWithdrawal, standsEverywhere } from '../src/plan/plan-targets.ts';
import { strayTargets } from '../src/plan/upkeep/remove-strays.ts';
import { at, facts, group, groupArn, secondGroupArn, target, task, view } from './samples.ts';

// Public bug reports, case 08.

const dual = task({
  privateIpv6: '2001:db8::5',
  facts: facts({
    targets: [
      { targetGroupArn: groupArn, port: 8080 },
      { targetGroupArn: secondGroupArn, port: 8080 },
    ],
  }),
});
const addressTypes = new Map([
  [groupArn, 'ipv4'],
  [secondGroupArn, 'ipv6'],
] as const);
const second = (...targets: readonly ReturnType<typeof target>[]): GroupView => ({
  targetGroupArn: secondGroupArn,
  readAt: at,
  readable: true,
  targets,
});
const inSecond = target('healthy', { ip: '2001:db8::5' });
const addresses = (actions: readonly object[]) =>
  actions.map((action) => {
    const { targetGroupArn, ip } = action as { targetGroupArn: string; ip: string };
    return [targetGroupArn, ip];
  });

describe('a task with two addresses', () => {
  test('is registered in each group with the address that the group accepts', () => {
    const seen = view({ tasks: [dual], groups: [group(), second()], addressTypes });
    expect(addresses(planRegistration(seen, dual))).toEqual([
      [groupArn, '10.0.1.10'],
      [secondGroupArn, '2001:db8::5'],
    ]);
  });

  test('counts as registered with either address', () => {
    const seen = view({ tasks: [dual], groups: [group(target('healthy')), second(inSecond)] });
    expect(standsEverywhere(seen, dual)).toBe(true);
    expect(strayTargets(seen.groups, [dual])).toEqual([]);
  });

  test('needs the type of a group only until it is registered there', () => {
    const half = view({ tasks: [dual], groups: [group(), second(inSecond)] });
    expect(groupsOfUnknownType(half, dual)).toEqual([groupArn]);
    expect(groupsOfUnknownType({ ...half, addressTypes }, dual)).toEqual([]);
    const { privateIpv6: _, ...plain } = dual;
    expect(groupsOfUnknownType(half, plain)).toEqual([]);
  });

  test('is deregistered with the address that shows, and with both where none shows', () => {
    const seen = view({ tasks: [dual], groups: [group(), second(inSecond)] });
    expect(addresses(planWithdrawal(seen, dual))).toEqual([
      [secondGroupArn, '2001:db8::5'],
      [groupArn, '10.0.1.10'],
      [groupArn, '2001:db8::5'],
    ]);
  });

  test('keeps the target if a newer task has got its address', () => {
    const newer = { ...dual, taskArn: `${dual.taskArn}b`, createdAt: at, privateIp: '10.0.1.99' };
    const seen = view({ tasks: [newer, dual], groups: [group(), second(inSecond)], addressTypes });
    expect(addresses(planWithdrawal(seen, dual))).toEqual([[groupArn, '10.0.1.10']]);
  });
});

describe('a task whose addresses no group accepts', () => {
  const late = { at: at + 316_000 };
  const only6 = task({ privateIp: '2001:db8::5', privateIpv6: '2001:db8::5' });

  test('is overdue after its deadline', () => {
    const types = new Map([[groupArn, 'ipv4']] as const);
    expect(overdueOf(view({ ...late, tasks: [only6], addressTypes: types }), only6)).toBe('no-fitting-address');
    expect(overdueOf(view({ tasks: [only6], addressTypes: types }), only6)).toBeUndefined();
  });

  test('is not overdue while a group’s address type is unknown, or if one of several groups accepts it', () => {
    expect(overdueOf(view({ ...late, tasks: [only6] }), only6)).toBeUndefined();
    const { privateIp: _, ...rest } = dual;
    const half = { ...rest, privateIp: '2001:db8::5' };
    expect(overdueOf(view({ ...late, tasks: [half], addressTypes }), half)).toBeUndefined();
  });
});
