import { describe, expect, test } from 'vitest';
import type { LogLine } from '../src/logs/read-log-line.ts';
import { judgeOutcome } from '../src/send/judge-outcome.ts';

const line = (message: string, fields: LogLine['fields'] = {}): LogLine => ({
  timestamp: 1,
  kind: 'ours',
  level: 'INFO',
  message,
  requestId: 'r-1',
  services: ['auth'],
  fields,
});
const failed = (retryable: boolean) =>
  line('failed', { error: { name: 'TaskStopped', message: 'It ended.', retryable } });
const died: LogLine = { ...line('Task timed out after 60.00 seconds'), kind: 'lambda' };

describe('the outcome of an event, from the log', () => {
  test.each([
    ['nothing', [], 'unseen', 0],
    ['that it came', [line('request'), line('launched')], 'running', 0],
    ['that it is done', [line('request'), line('done')], 'done', 0],
    ['that a later stop stands', [line('request'), line('superseded')], 'superseded', 0],
    ['a failure that may pass: Lambda tries again', [line('request'), failed(true)], 'running', 1],
    ['a failure that will not pass', [line('request'), failed(false)], 'failed', 1],
    ['the third failure', [line('request'), failed(true), failed(true), failed(true)], 'failed', 3],
    ['a failure, and then success', [line('request'), failed(true), line('request'), line('done')], 'done', 1],
    ['that the function died', [line('request'), died], 'running', 1],
  ])('%s', (_what, lines, state, failures) => {
    const verdict = judgeOutcome(lines);
    expect([verdict.state, verdict.failures.length]).toEqual([state, failures]);
  });
});
