import { RegisterTargetsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { worldService } from '../../scripts/world/services.ts';
import { readJson } from './json-schema.ts';
import { type CliWorld, openCliWorld } from './open-cli-world.ts';

let world: CliWorld;
beforeAll(async () => {
  // The function gets no events, so drift stays until the command repairs it.
  world = await openCliWorld({
    speed: 10,
    world: { services: [worldService('auth'), worldService('pdf')], eventPath: false },
  });
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  await world.door.invoke({ action: 'stop', services: 'all' });
  // Every other operation leaves a target without a task to the schedule.
  await world.door.invoke({ action: 'reconcile' });
  await world.door.invoke({ action: 'start', service: 'auth' });
});

async function registerStray(group = 'auth-lb'): Promise<void> {
  const TargetGroupArn = world.door.targetGroupArn(group);
  const Targets = [{ Id: '10.9.9.9', Port: 8080 }];
  await world.door.clients.elasticLoadBalancing.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }));
}

test('a dry run reports the drift and what it would do, changes nothing, and exits with 4', async () => {
  await registerStray();
  const before = world.door.sandbox.calls.lastSequence;
  const { exitCode, stdout } = await world.engines('reconcile', '--dry-run');

  expect(exitCode).toBe(4);
  expect(stdout).toBe(
    [
      'auth',
      '  Target 10.9.9.9:8080 of auth-lb belongs to no task of the service.',
      '  would deregister 10.9.9.9:8080 of auth-lb',
      '',
    ].join('\n'),
  );
  expect(world.door.changesAfter(before)).toEqual([]);
});

test('R44, R45, R46: the dry run and the real one agree, and repair the drift and nothing else', async () => {
  const [own] = world.door.registered('auth-lb');
  await registerStray();
  const forecast = readJson('reconcile', (await world.engines('reconcile', '--dry-run', '--json')).stdout);
  const { exitCode, stdout } = await world.engines('reconcile', '--json');

  expect(exitCode).toBe(0);
  const done = readJson('reconcile', stdout);
  expect(done.results[0].deregistered).toEqual(forecast.results[0].deregistered);
  expect(done.results[0].deregistered).toMatchObject([{ ip: '10.9.9.9', port: 8080 }]);
  expect(world.door.registered('auth-lb')).toEqual([own]);
});

test('on a terminal, shows the services while it runs, and reports what it did', async () => {
  await registerStray();
  const sitting = world.sit('reconcile');
  await sitting.shows(/. reconcile \d+ s\n/);
  const { exitCode, text } = await sitting.ended;

  expect(exitCode).toBe(0);
  expect(text).toMatch(/auth\n {2}deregistered 10\.9\.9\.9:8080 of auth-lb\n$/);
});

test('without drift it says so and exits with 0', async () => {
  expect(await world.engines('reconcile', '--dry-run')).toMatchObject({
    exitCode: 0,
    stdout: 'No drift.\n',
  });
  expect(await world.engines('reconcile')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('No drift; nothing was changed.'),
  });
});

test('a reconcile in which one service fails reports the failure and what was done for the others', async () => {
  const { door } = world;
  await door.invoke({ action: 'start', service: 'pdf' });
  for (const group of ['auth-lb', 'pdf-lb']) await registerStray(group);
  const input = { TargetGroupArn: door.targetGroupArn('pdf-lb') };
  const fault = { kind: 'access-denied' } as const;
  door.sandbox.faults.plant({ operation: 'DeregisterTargets', input, fault, times: Number.POSITIVE_INFINITY });
  const piped = await world.engines('reconcile');
  await registerStray('auth-lb');
  const asJson = await world.engines('reconcile', '--json');
  door.sandbox.faults.clear();

  expect([piped.exitCode, asJson.exitCode]).toEqual([3, 3]);
  expect(piped.stdout).toContain('auth\n  deregistered 10.9.9.9:8080 of auth-lb\n');
  expect(piped.stderr).toContain('AwsAccessDenied: ELBv2 DeregisterTargets');
  expect(piped.stderr).not.toContain('Results:');
  expect(readJson('error', asJson.stdout)).toMatchObject({
    error: { code: 'AwsAccessDenied', results: [{ service: 'auth', deregistered: [{ ip: '10.9.9.9', port: 8080 }] }] },
  });
});
