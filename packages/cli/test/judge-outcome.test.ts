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
    ['that the event arrived', [line('request'), line('launched')], 'running', 0],
    ['that the event is handled', [line('request'), line('done')], 'done', 0],
    ['that a later stop supersedes it', [line('request'), line('superseded')], 'superseded', 0],
    ['a transient failure, which Lambda retries', [line('request'), failed(true)], 'running', 1],
    ['a permanent failure', [line('request'), failed(false)], 'failed', 1],
    ['the third failure', [line('request'), failed(true), failed(true), failed(true)], 'failed', 3],
    ['a failure, then a success', [line('request'), failed(true), line('request'), line('done')], 'done', 1],
    ['that the function died', [line('request'), died], 'running', 1],
  ])('%s', (_what, lines, state, failures) => {
    const verdict = judgeOutcome(lines);
    expect([verdict.state, verdict.failures.length]).toEqual([state, failures]);
  });
});
