import { afterAll, beforeAll, expect, test } from 'vitest';
import { worldService } from '../../scripts/world/services.ts';
import { readJson, readJsonLines } from './json-schema.ts';
import { type CliWorld, openCliWorld } from './open-cli-world.ts';

let world: CliWorld;
beforeAll(async () => {
  const services = ['auth', 'reports'].map(worldService);
  world = await openCliWorld({ speed: 8, world: { services, eventPath: false } });
  await world.door.invoke({ action: 'start', service: 'auth', correlationId: 'morning-1' });
  await world.door.invoke({ action: 'start', services: ['reports', 'nosuch'], correlationId: 'morning-2' });
});
afterAll(() => world[Symbol.asyncDispose]());

test('the log of a service shows in readable lines what the function did for it, and no other service', async () => {
  const { exitCode, stdout } = await world.engines('logs', 'auth');

  expect(exitCode).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.map((line) => line.replace(/^\S+ \S+ /, ''))).toEqual([
    expect.stringMatching(/^INFO auth request wayIn=direct operation=start asked=\S+ overrides=\[\]$/),
    expect.stringMatching(/^INFO auth launched task=[0-9a-f]{8} clientToken=[0-9a-f]{64}$/),
    expect.stringMatching(/^INFO auth running task=[0-9a-f]{8} privateIp=10\.\S+ durationMs=\d+$/),
    expect.stringMatching(/^INFO auth registered task=[0-9a-f]{8} group=auth-lb port=8080$/),
    expect.stringMatching(/^INFO auth done task=[0-9a-f]{8} statusCode=200$/),
  ]);
});

test('the log of a correlation ID shows the failure in words', async () => {
  const { stdout } = await world.engines('logs', 'morning-2');

  expect(stdout).toMatch(/ ERROR failed SeveralFailed: 2 of 2 services failed .*CannotPullContainerError/);
  expect(stdout).not.toContain('auth');
});

test('the log of one of several services contains their common failure, which names no service', async () => {
  const { stdout } = await world.engines('logs', 'reports');

  expect(stdout).toMatch(/ INFO reports launched [\s\S]* ERROR failed SeveralFailed: /);
});

test('the log of a request ID in JSON contains Lambda’s own lines', async () => {
  const [first] = readJsonLines('logs', (await world.engines('logs', 'morning-1', '--json')).stdout);
  const lines = readJsonLines('logs', (await world.engines('logs', first.requestId, '--json')).stdout);

  expect(lines.map(({ message }) => message.split(' ')[0])).toEqual([
    'START',
    'request',
    'launched',
    'running',
    'registered',
    'done',
    'END',
    'REPORT',
  ]);
});

test('an empty result is reported and is not an error', async () => {
  expect(await world.engines('logs', 'absent', '--since', '5m')).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: 'No log lines about absent in the last 5 min.\n',
  });
});

test('the workspace, which is on every line, does not match as a service', async () => {
  expect(await world.engines('logs', 'dev')).toMatchObject({
    stdout: '',
    stderr: 'No log lines about dev in the last 3 h.\n',
  });
});

test('a missing log group and an unreadable one are errors', async () => {
  const missing = await world.engines('logs', 'auth', '--function', 'nowhere', '--json');
  expect(missing.exitCode).toBe(3);
  expect(readJson('error', missing.stdout)).toMatchObject({ error: { code: 'LogGroupNotFound' } });

  world.door.sandbox.faults.plant({ service: 'logs', operation: 'FilterLogEvents', fault: { kind: 'access-denied' } });
  const denied = await world.engines('logs', 'auth');
  expect(denied.exitCode).toBe(3);
  expect(denied.stderr).toMatch(/^AwsAccessDenied: CloudWatch Logs FilterLogEvents: /);
});

test('--follow on a terminal shows new lines as they arrive, in colours, until Ctrl-C', async () => {
  const sitting = world.sit('logs', 'auth', '--follow', '--interval', '0.2');
  await sitting.shows(/auth registered/);
  await world.door.invoke({ action: 'stop', service: 'auth' });
  await sitting.shows(/auth retiring[\s\S]*auth deregistered[\s\S]*auth stopped/);
  sitting.type('\u0003');

  const { exitCode, raw, text } = await sitting.ended;
  expect(exitCode).toBe(130);
  expect(raw).toContain('\u001b[36mauth\u001b[39m');
  expect(text.match(/ registered /g)).toHaveLength(1);
});
