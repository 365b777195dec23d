import { afterAll, beforeAll, expect, test } from 'vitest';
import { sleepingService } from '../../scripts/world/services.ts';
import { type CliWorld, openCliWorld } from './open-cli-world.ts';

const afterSeconds = 300;
const mapping = { ...sleepingService.mapping, idle: { afterSeconds } };
let world: CliWorld;
beforeAll(async () => {
  world = await openCliWorld({
    durations: 'quick',
    world: { services: [{ ...sleepingService, mapping }], environment: { ROUTE_SETTLE_SECONDS: '1' } },
  });
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

/** What a client's request meets: the status code, and the state that the activator names. */
async function visit(): Promise<string> {
  const { status, headers } = await fetch(`${await world.door.sandbox.loadBalancerUrl()}/api/wiki/hello`);
  return `${status} ${headers.get('x-start-engines') ?? 'by the service'}`;
}

const moment = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;

test('a service can be paused, is not woken then, and can be woken after engines resume', {
  timeout: 90_000,
}, async () => {
  expect((await world.engines('status')).stdout).toMatch(/^wiki {2,}asleep$/m);

  const started = await world.engines('start', 'wiki', '--for', '2h');
  expect([started.exitCode, started.stderr]).toEqual([0, expect.any(String)]);
  expect(await visit()).toBe('200 by the service');
  const { stdout: up } = await world.engines('status');
  expect(up).toMatch(/^wiki {2,}RUNNING .* wiki-tg healthy$/m);
  expect(up).toMatch(
    new RegExp(
      `^wiki: last used at ${moment}; idle from ${moment}, unless it is used until then; lease until ${moment}$`,
      'm',
    ),
  );

  const stopped = await world.engines('stop', 'wiki', '--pause');
  expect(stopped.stdout).toContain(
    '✔ wiki was stopped: 1 target deregistered, 1 task stopped. Requests do not wake it.\n',
  );
  expect((await world.engines('status')).stdout).toMatch(new RegExp(`^wiki {2,}paused since ${moment}$`, 'm'));
  expect(await visit()).toBe('503 paused');

  const resumed = await world.engines('resume', 'wiki');
  expect([resumed.exitCode, resumed.stdout]).toEqual([0, '✔ wiki: requests wake it again.\n']);
  expect((await world.engines('status')).stdout).toMatch(/^wiki {2,}asleep$/m);
});

test('engines keep starts the service, or counts as use of it, and dry-run says why it is not stopped', {
  timeout: 60_000,
}, async () => {
  const kept = await world.engines('keep', 'wiki', '--for', '45m');
  expect(kept.exitCode).toBe(0);
  expect(world.door.tasks('wiki').filter(({ lastStatus }) => lastStatus === 'RUNNING')).toHaveLength(1);

  const dry = await world.engines('reconcile', '--dry-run');
  expect([dry.exitCode, dry.stdout]).toEqual([0, 'wiki\n  not stopped for being idle: lease\n']);
});

test('a duration that no lease can have is refused before the function is invoked', async () => {
  const { exitCode, stderr } = await world.engines('start', 'wiki', '--for', '2 hours');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('Expected a duration from 60s to 7d, such as 45m, 2h or 1d.');
});
