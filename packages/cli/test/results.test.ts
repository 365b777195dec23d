import { createColors } from 'picocolors';
import { describe, expect, test } from 'vitest';
import { CliError } from '../src/cli-error.ts';
import { exitCodeForResults, formatResults, resultsOf, withResults } from '../src/operate/results.ts';

const style = createColors(false);

describe('the exit code for the function’s answer', () => {
  test.each([
    ['everything was done', [{ service: 'auth', status: 'stopped' }], 0],
    ['there was nothing to stop', [{ service: 'auth', status: 'not-running' }], 0],
    ['a later start keeps a service up', [{ service: 'auth', status: 'kept' }, { service: 'pdf' }], 5],
    ['a later stop superseded a start', [{ service: 'auth', superseded: true, message: 'A stop was later.' }], 5],
  ] as const)('%s', (_what, results, exitCode) => {
    expect(exitCodeForResults(results)).toBe(exitCode);
  });
});

describe('the results of services', () => {
  test('have the same form for one and for several services', () => {
    const body = { service: 'auth', taskId: 't', reused: true };
    expect(resultsOf({ statusCode: 200, body }, ['auth'])).toEqual([body]);
    expect(resultsOf({ statusCode: 200, body: { results: [body] } }, ['auth'])).toEqual([body]);
    expect(resultsOf({ statusCode: 409, body: { message: 'Late.', superseded: true } }, ['auth'])).toEqual([
      { service: 'auth', message: 'Late.', superseded: true },
    ]);
  });

  test('are printed on one line each', () => {
    const results = [
      {
        service: 'auth',
        message: 'auth was started, is registered and healthy.',
        taskId: '0123456789',
        privateIp: '10.0.0.1',
        port: 8080,
      },
      {
        service: 'tape',
        message: 'tape was started, is registered and running but unreachable: unused (Target.NotInUse).',
        unreachable: 'unused (Target.NotInUse)',
        taskId: '0123456789',
        privateIp: '10.0.0.2',
        port: 8080,
      },
      { service: 'pdf', message: 'pdf was started; nothing was waited for.', taskId: '9876543210' },
      { service: 'fa', error: 'TaskStopped', message: 'It ended.' },
      { service: 'users', superseded: true, message: 'A stop was later.' },
      {
        service: 'batch',
        status: 'stopped',
        tasksStopped: ['a', 'b'],
        targetsDeregistered: [
          {
            targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-2:111122223333:targetgroup/batch/1',
            ip: '10.0.0.2',
            port: 80,
          },
        ],
      },
      { service: 'mail', status: 'kept' },
      {
        service: 'list',
        status: 'not-running',
        targetsDeregistered: [
          {
            targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-2:111122223333:targetgroup/batch/1',
            ip: '10.0.0.2',
            port: 80,
          },
        ],
      },
    ] as const;
    expect(formatResults(results, style).split('\n')).toEqual([
      '✔ auth was started, is registered and healthy. 10.0.0.1:8080, task 01234567',
      '! tape was started, is registered and running but unreachable: unused (Target.NotInUse). 10.0.0.2:8080, task 01234567',
      '  engines doctor tape',
      '✔ pdf was started; nothing was waited for. task 98765432',
      '✖ fa: TaskStopped: It ended.',
      '! users: A stop was later.',
      '✔ batch was stopped: 1 target deregistered, 2 tasks stopped.',
      '! mail stays up: a start was requested later than this stop.',
      '✔ list was not running; 1 target deregistered.',
    ]);
  });

  test('are read from the function’s error message', () => {
    const thrown = new CliError(
      'SeveralFailed',
      '1 of 2 services failed (pdf: TaskStopped). Results: [{"service":"auth"}]',
      {
        exitCode: 1,
      },
    );
    expect(withResults(thrown, 'Look there.')).toMatchObject({
      code: 'SeveralFailed',
      message: '1 of 2 services failed (pdf: TaskStopped).',
      hint: 'Look there.',
      details: { results: [{ service: 'auth' }] },
    });
  });

  test('that are unreadable leave the message unchanged', () => {
    const thrown = new CliError('SeveralFailed', 'Failed. Results: [{"service":…]', { exitCode: 1 });
    expect(withResults(thrown, 'Look there.')).toMatchObject({
      message: 'Failed. Results: [{"service":…]',
      details: {},
    });
  });
});
