import { expect, test } from 'vitest';
import { runDeadlineOf } from '../src/model/task.ts';
import { at, facts, task } from './samples.ts';

// Attack review, finding 14.
test('the start time-out begins when ECS creates the task, however long the launch was throttled', () => {
  const late = task({ createdAt: at, facts: facts({ deadline: at + 11_000, startTimeoutSeconds: 60 }) });
  expect(runDeadlineOf(late)).toBe(at + 60_000);
});

test('a task of an earlier version has the deadline of its facts', () => {
  expect(runDeadlineOf(task({ createdAt: at, facts: facts({ deadline: at + 11_000 }) }))).toBe(at + 11_000);
});

test('a reply without the task’s creation time keeps the deadline of the facts', () => {
  const bare = task({ createdAt: 0, facts: facts({ deadline: at + 11_000, startTimeoutSeconds: 60 }) });
  expect(runDeadlineOf(bare)).toBe(at + 11_000);
});
