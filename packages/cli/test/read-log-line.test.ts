import { describe, expect, test } from 'vitest';
import { logGroupOf } from '../src/logs/function-log.ts';
import { isAbout, readLogLine } from '../src/logs/read-log-line.ts';

const id = 'e3dc1211-9d8f-45d7-948e-b68b77f261f8';

describe('a line of the log', () => {
  test('of the function has its own fields, without those of every line', () => {
    const record = {
      level: 'INFO',
      message: 'running',
      timestamp: '2026-11-26T12:53:14.012Z',
      service: 'start-engines',
      function_request_id: id,
      correlation_id: 'my-id',
      serviceName: 'auth',
      durationMs: 3256,
    };
    expect(readLogLine(5, JSON.stringify(record))).toEqual({
      timestamp: Date.parse('2026-11-26T12:53:14.012Z'),
      kind: 'ours',
      level: 'INFO',
      message: 'running',
      requestId: id,
      correlationId: 'my-id',
      services: ['auth'],
      fields: { durationMs: 3256 },
    });
  });

  test.each([
    [`START RequestId: ${id} Version: 1`, 'START Version: 1'],
    [`END RequestId: ${id}`, 'END'],
    [
      `REPORT RequestId: ${id}\tDuration: 5550.00 ms\tBilled Duration: 6579 ms\t`,
      'REPORT Duration: 5550.00 ms  Billed Duration: 6579 ms',
    ],
  ])('of Lambda: %s', (text, message) => {
    expect(readLogLine(5, text)).toMatchObject({ timestamp: 5, kind: 'lambda', level: '', message, requestId: id });
  });

  test('of Lambda reports a function that ran out of time', () => {
    expect(readLogLine(5, `2026-11-26T12:53:14.012Z ${id} Task timed out after 60.00 seconds`)).toMatchObject({
      kind: 'lambda',
      level: 'ERROR',
      message: 'Task timed out after 60.00 seconds',
      requestId: id,
    });
  });

  test.each([
    ['metrics', '{"_aws":{"Timestamp":5},"service":"start-engines"}'],
    ['the failure that the function has logged already', `2026-11-26T12:53:14.012Z\t${id}\tERROR\tInvoke Error \t{}`],
  ])('that is %s is noise', (_what, text) => {
    expect(readLogLine(5, text).kind).toBe('noise');
  });

  test('in an unknown form is still shown', () => {
    expect(readLogLine(5, '{"half')).toMatchObject({ kind: 'lambda', message: '{"half' });
  });

  test('is about a service only if it names it, not if it contains the letters', () => {
    const line = readLogLine(5, '{"level":"INFO","message":"request","services":["pdf"],"note":"auth"}');
    expect([isAbout(line, 'pdf'), isAbout(line, 'auth')]).toEqual([true, false]);
  });
});

test.each([
  ['start-engines-lambda-dev:live'],
  ['start-engines-lambda-dev'],
  ['arn:aws:lambda:us-east-2:123456789012:function:start-engines-lambda-dev:live'],
])('%s logs to the group of its name', (functionName) => {
  expect(logGroupOf(functionName)).toBe('/aws/lambda/start-engines-lambda-dev');
});
