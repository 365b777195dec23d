import { CreateEventBusCommand, PutRuleCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { worldService } from '../../scripts/world/services.ts';
import { readJson } from './json-schema.ts';
import { type CliWorld, openCliWorld } from './open-cli-world.ts';

let world: CliWorld;
beforeAll(async () => {
  world = await openCliWorld({ speed: 6, world: { services: ['auth', 'reports'].map(worldService) } });
});
afterAll(() => world[Symbol.asyncDispose]());
afterEach(() => world.door.sandbox.faults.clear());

test('start on a terminal puts the event, shows the progress, and reports the result', async () => {
  const sitting = world.sit('send', 'start', 'auth', '--until', 'healthy');
  const { exitCode, text } = await sitting.ended;

  expect(exitCode).toBe(0);
  expect(text).toMatch(/"Start ECS Task" is on the bus default\./);
  expect(text).toMatch(/✔ start auth: done\. Log: engines logs engines-[0-9a-f]{12}/);
  expect(world.door.live('auth')).toHaveLength(1);
  // Terraform review, finding 1: an event that names no workspace may be meant for another workspace.
  const put = world.door.sandbox.calls.list({ operation: 'PutEvents' }).find(({ input }) => {
    const [entry] = input.Entries as { Source: string }[];
    return entry?.Source === 'custom.app';
  });
  const [entry] = (put?.input.Entries ?? []) as { Detail: string }[];
  expect(JSON.parse(entry?.Detail ?? '{}')).toMatchObject({ service: 'auth', workspace: 'dev' });
});

test('restart and stop piped as JSON have the outcome and the IDs to find the log with', async () => {
  const restarted = await world.engines('send', 'restart', 'auth', '--json');
  expect(restarted.exitCode).toBe(0);
  const { correlationId, requestId } = readJson('send', restarted.stdout);
  const { stdout } = await world.engines('logs', correlationId);
  expect(stdout).toMatch(/auth request .*operation=restart/);
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);

  const stopped = await world.engines('send', 'stop', 'auth', 'reports', '--json');
  expect(readJson('send', stopped.stdout)).toMatchObject({ action: 'stop', outcome: 'done', attempts: 1 });
  expect(world.door.live('auth')).toEqual([]);
});

test('R51: an event that the bus refuses is an error, although PutEvents answers 200', async () => {
  const { exitCode, stdout } = await world.engines('send', 'start', 'auth', '--source', 'aws.ecs', '--json');

  expect(world.door.sandbox.calls.list({ operation: 'PutEvents' }).at(-1)).toMatchObject({
    output: { FailedEntryCount: 1 },
  });
  expect(exitCode).not.toBe(0);
  expect(readJson('error', stdout).error.message).toMatch(/EventBridge PutEvents: NotAuthorizedForSource: /);
});

test('a permanent failure is reported at once, with the function’s error name', async () => {
  const { exitCode, stderr } = await world.engines('send', 'start', 'auth', '--set', 'port=9000');

  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^OverrideNotAllowed: .*\nDetails: engines logs engines-[0-9a-f]{12}\n$/s);
});

test('a temporary failure is reported while Lambda retries, up to the last attempt', async () => {
  const { exitCode, stdout, stderr } = await world.engines('send', 'start', 'reports', '--json');

  expect(exitCode).toBe(1);
  expect(stderr.match(/^TaskStopped: .* Lambda will retry\.$/gm)).toHaveLength(2);
  expect(readJson('error', stdout)).toMatchObject({ error: { code: 'TaskStopped', attempts: 3 } });
});

describe('a bus', () => {
  const eventBridge = () => world.door.clients.events;
  const puts = () => world.door.sandbox.calls.list({ operation: 'PutEvents' }).length;
  beforeAll(async () => {
    for (const Name of ['empty', 'asleep', 'elsewhere']) await eventBridge().send(new CreateEventBusCommand({ Name }));
    const EventPattern = '{"source":["another.source"]}';
    await eventBridge().send(
      new PutRuleCommand({ Name: 'off', EventBusName: 'asleep', EventPattern, State: 'DISABLED' }),
    );
    await eventBridge().send(new PutRuleCommand({ Name: 'other', EventBusName: 'elsewhere', EventPattern }));
  });

  test.each([
    ['that does not exist', 'nosuch', 'EventBusNotFound', 'Event bus nosuch does not exist. Nothing was sent.'],
    [
      'without a rule',
      'empty',
      'NoRule',
      'Event bus empty has no enabled rule, so nothing would receive the event. Nothing was sent.',
    ],
    [
      'whose rules are disabled',
      'asleep',
      'NoRule',
      'Event bus asleep has no enabled rule, so nothing would receive the event. Nothing was sent.',
    ],
  ])('%s is refused before the event is lost on it', async (_what, bus, code, message) => {
    const before = puts();
    const { exitCode, stdout } = await world.engines('send', 'start', 'auth', '--bus', bus, '--json');

    expect(exitCode).toBe(1);
    expect(readJson('error', stdout)).toMatchObject({ error: { code, message } });
    expect(puts()).toBe(before);
  });

  test('without a rule that matches the event reports the missing outcome', async () => {
    const { exitCode, stdout } = await world.engines(
      ...['send', 'start', 'auth', '--bus', 'elsewhere', '--timeout', '0.5', '--json'],
    );

    expect(exitCode).toBe(3);
    expect(readJson('error', stdout)).toMatchObject({
      error: {
        code: 'NoOutcome',
        hint: expect.stringMatching(/^Check that a rule of that bus sends it to the function\./),
      },
    });
  });

  test('whose rules may not be listed is accepted, and the length of the wait is shown', async () => {
    world.door.sandbox.faults.plant({ service: 'events', operation: 'ListRules', fault: { kind: 'access-denied' } });
    const running = world.begin('send', 'start', 'auth', '--bus', 'nosuch');
    await running.shows(
      /^"Start ECS Task" is on the bus nosuch\. Waiting up to 60 s for the function to receive it\.$/m,
    );
    running.interrupt();

    expect((await running.ended).exitCode).toBe(130);
  });
});

test('if the log may not be read, the event is still sent, and the command says so', async () => {
  world.door.sandbox.faults.plant({ service: 'logs', operation: 'FilterLogEvents', fault: { kind: 'access-denied' } });
  const { exitCode, stdout } = await world.engines('send', 'stop', 'auth', '--json');

  expect(exitCode).toBe(3);
  expect(readJson('error', stdout)).toMatchObject({ error: { code: 'OutcomeUnseen' } });
});

test('--no-wait only puts the event', async () => {
  const { exitCode, stdout } = await world.engines('send', 'stop', 'auth', '--no-wait', '--json');

  expect(exitCode).toBe(0);
  expect(readJson('send', stdout)).toMatchObject({ outcome: 'sent' });
});
