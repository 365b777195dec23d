import { expect, test } from 'vitest';
import { launchToken, predecessorAmong } from '../src/plan/launch-token.ts';
import { at, task, taskArn } from './samples.ts';

test('the token is 64 characters that depend only on owner, predecessor and attempt', () => {
  const first = launchToken('start-engines/dev/auth', undefined, 0);
  expect(first).toBe('b136ab8ec6eb03e77cc8e13955b5badb1a746023fddb2835a2884edd7ddeb1e6');
  const others = [
    launchToken('start-engines/prod/auth', undefined, 0),
    launchToken('start-engines/dev/pdf', undefined, 0),
    launchToken('start-engines/dev/auth', taskArn('a'), 0),
    launchToken('start-engines/dev/auth', undefined, '2026-11-23T08:00'),
  ];
  expect(new Set([first, ...others]).size).toBe(5);
});

test('the predecessor is the newest ended or retiring task, by time and then by ARN', () => {
  const live = task({ taskArn: taskArn('live'), createdAt: at });
  const ended = task({ taskArn: taskArn('ended'), createdAt: at - 3_000, desiredStatus: 'STOPPED' });
  const going = task({ taskArn: taskArn('going'), createdAt: at - 2_000, retire: { asked: at, by: 'stop' } });
  const twin = task({ taskArn: taskArn('goinga'), createdAt: at - 2_000, lastStatus: 'DEACTIVATING' });
  expect(predecessorAmong([live])).toBeUndefined();
  expect(predecessorAmong([live, ended])).toBe(ended);
  expect(predecessorAmong([ended, going, live])).toBe(going);
  expect(predecessorAmong([going, twin, ended])).toBe(twin);
});
