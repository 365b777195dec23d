import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { worldService } from '../../scripts/world/services.ts';
import { renamed } from '../front-door/open-front-door.ts';
import { readJson } from './json-schema.ts';
import { type CliWorld, openCliWorld } from './open-cli-world.ts';

let world: CliWorld;
beforeAll(async () => {
  const auth = { ...worldService('auth'), mapping: { ...worldService('auth').mapping, wait: 'healthy' } };
  const leaning = renamed('auth', 'leaning', { dependsOn: ['auth'] });
  world = await openCliWorld({ speed: 8, world: { services: [auth, leaning, worldService('reports')] } });
});
afterAll(() => world[Symbol.asyncDispose]());
afterEach(async () => {
  world.door.sandbox.faults.clear();
  // A stop looks for tasks until no read can be stale. That takes seconds, even when nothing is running.
  const isRunning = ['auth', 'leaning', 'reports'].some((service) => world.door.live(service).length > 0);
  if (isRunning) await world.door.invoke({ action: 'stop', services: 'all' });
});

/** Blocks a start at its task's registration until the fault is removed. */
function holdRegistrations() {
  return world.door.sandbox.faults.plant({
    service: 'elasticloadbalancing',
    operation: 'RegisterTargets',
    times: Number.POSITIVE_INFINITY,
    fault: { kind: 'throttle' },
  });
}

describe('start', () => {
  test('on a terminal, shows the task’s progress, and ends with the function’s answer', async () => {
    const held = holdRegistrations();
    const sitting = world.sit('start', 'auth');
    await sitting.shows(/. start auth \d+ s\n/);
    await sitting.shows(/auth +RUNNING +\d+ s +[0-9a-f]{8} +10\.\d+\.\d+\.\d+ +auth-lb not registered/);
    held.remove();
    const { exitCode, text } = await sitting.ended;

    expect(exitCode).toBe(0);
    expect(text).toMatch(/✔ auth was started, is registered and healthy\. 10\.\d+\.\d+\.\d+:8080, task [0-9a-f]{8}/);
    expect(world.door.live('auth')).toHaveLength(1);
  });

  test('piped, writes a line for each change, then the result', async () => {
    const held = holdRegistrations();
    const running = world.begin('start', 'auth', '--wait', 'running');
    await running.shows(/^auth: [0-9a-f]{8} RUNNING 10\.\d+\.\d+\.\d+ auth-lb not registered$/m);
    held.remove();
    const { exitCode, stdout } = await running.ended;

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^✔ auth was started, is registered and running\./m);
    expect(stdout).not.toContain('\u001b');
  });

  test('shows several services in one view, each after its dependencies', async () => {
    const { exitCode, stdout } = await world.engines('start', 'leaning', 'auth', '--json');

    expect(exitCode).toBe(0);
    expect(readJson('operation', stdout)).toMatchObject({
      action: 'start',
      results: [
        { service: 'leaning', reused: false },
        { service: 'auth', healthStatus: 'healthy' },
      ],
    });
    const [[auth], [leaning]] = [world.door.tasks('auth').slice(-1), world.door.tasks('leaning').slice(-1)];
    expect(Number(leaning?.createdAt)).toBeGreaterThan(Number(auth?.startedAt));
  });

  test('--all starts every service with a mapping; one failure fails the command, and the other results are reported', async () => {
    const { exitCode, stdout, stderr } = await world.engines('start', '--all', '--wait', 'running');

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^✔ auth was started/m);
    expect(stdout).toMatch(/^✔ leaning was started/m);
    expect(stdout).toMatch(/^✖ reports: TaskStopped: .*CannotPullContainerError/m);
    expect(stderr).toMatch(
      /^SeveralFailed: 1 of 3 services failed \(reports: TaskStopped\)\.\nDetails: engines logs engines-/,
    );
  });

  test('a failure in JSON has the function’s error name', async () => {
    const { exitCode, stdout } = await world.engines('start', 'reports', '--json');

    expect(exitCode).toBe(1);
    expect(readJson('error', stdout)).toMatchObject({ error: { code: 'TaskStopped' }, exitCode: 1 });
  });

  test('--set of a value that the mapping does not allow changes nothing', async () => {
    const { exitCode, stderr } = await world.engines('start', 'auth', '--set', 'port=9000');

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^OverrideNotAllowed: /);
    expect(world.door.live('auth')).toEqual([]);
  });

  test.each(['constructor', 'toString', 'spring.url'])(
    '--set environment.%s sets an ordinary variable',
    async (name) => {
      const { exitCode, stderr } = await world.engines('start', 'auth', '--set', `environment.${name}=x`);

      expect(exitCode).toBe(1);
      expect(stderr).toContain(`does not allow this value of: environment.${name}.`);
    },
  );

  test('--set of an allowed value reaches the task', async () => {
    await world.door.putMapping(worldService('auth'), { allowOverrides: { environment: ['GREETING'] } });
    const { exitCode } = await world.engines(
      'start',
      'auth',
      '--set',
      'environment.GREETING=hello=you',
      '--wait',
      'none',
    );
    await world.door.putMapping(worldService('auth'), {});

    expect(exitCode).toBe(0);
    const [override] = world.door.tasks('auth').at(-1)?.overrides?.containerOverrides ?? [];
    expect(override?.environment).toContainEqual({ name: 'GREETING', value: 'hello=you' });
  });

  test('Ctrl-C ends the command at once, and the service still starts', async () => {
    const held = holdRegistrations();
    const sitting = world.sit('start', 'auth');
    await sitting.shows(/auth-lb not registered/);
    sitting.type('\u0003');
    const { exitCode, text } = await sitting.ended;
    held.remove();

    expect(exitCode).toBe(130);
    expect(text).toMatch(/The function continues: see engines status auth, or engines logs engines-/);
    await expect.poll(() => world.door.registered('auth-lb'), { timeout: 30_000 }).toHaveLength(1);
  });

  test('a throttled invocation is retried, because it has not begun', async () => {
    const throttled = world.door.sandbox.faults.plant({
      service: 'lambda',
      operation: 'Invoke',
      times: 4,
      fault: { kind: 'throttle' },
    });
    const { exitCode } = await world.engines('start', 'auth', '--wait', 'none', '--json');

    expect([exitCode, throttled.consumed]).toEqual([0, 4]);
  });

  test('a stop during the throttled invocation of a start supersedes that start', async () => {
    const { sandbox, invoke } = world.door;
    const throttled = sandbox.faults.plant({
      service: 'lambda',
      operation: 'Invoke',
      caller: 'OPERATOR',
      times: 4,
      fault: { kind: 'throttle' },
    });
    const before = sandbox.calls.lastSequence;
    const running = world.begin('start', 'auth', '--wait', 'none', '--json');
    await expect.poll(() => throttled.consumed, { timeout: 30_000 }).toBeGreaterThan(0);
    const refusedBy = sandbox.clock.now();
    await expect.poll(() => sandbox.clock.now(), { timeout: 30_000 }).toBeGreaterThan(refusedBy + 1_000);
    await invoke({ action: 'stop', service: 'auth' });
    const { exitCode } = await running.ended;

    expect(exitCode).toBe(5);
    expect(world.door.tasks('auth').filter(({ desiredStatus }) => desiredStatus === 'RUNNING')).toEqual([]);
    const payloads = sandbox.calls
      .list({ operation: 'Invoke', after: before })
      .filter(({ caller }) => caller === 'OPERATOR')
      .map(({ input }) => JSON.parse(Buffer.from(input.Payload as Uint8Array).toString('utf8')).asked);
    expect(payloads).toHaveLength(5);
    expect(new Set(payloads.slice(1)).size).toBe(1);
    expect(Date.parse(payloads[1])).toBeLessThan(refusedBy + 1_000);
  });

  test('a lost answer is reported as lost, and the start is not requested twice', async () => {
    const before = world.door.sandbox.calls.lastSequence;
    world.door.sandbox.faults.plant({ service: 'lambda', operation: 'Invoke', fault: { kind: 'drop-after' } });
    const { exitCode, stdout } = await world.engines('start', 'auth', '--wait', 'none', '--json');

    expect(exitCode).toBe(3);
    expect(readJson('error', stdout)).toMatchObject({
      error: { code: 'AnswerLost', hint: expect.stringContaining('engines status auth') },
    });
    expect(world.door.sandbox.calls.list({ operation: 'Invoke', after: before })).toHaveLength(1);
    await expect.poll(() => world.door.registered('auth-lb'), { timeout: 30_000 }).toHaveLength(1);
  });

  test('if the function dies, the outcome is unknown', async () => {
    world.door.sandbox.faults.plant({ service: 'ecs', operation: 'RunTask', fault: { kind: 'kill-before' } });
    const { exitCode, stdout } = await world.engines('start', 'auth', '--json');

    expect(exitCode).toBe(3);
    expect(readJson('error', stdout)).toMatchObject({ error: { code: 'FunctionDied' } });
  });
});

describe('stop', () => {
  test('a failed stop is never reported as done', async () => {
    await world.door.invoke({ action: 'start', service: 'auth' });
    const fault = { kind: 'error', code: 'ClientException', message: 'no' } as const;
    world.door.sandbox.faults.plant({ service: 'ecs', operation: 'StopTask', times: Number.POSITIVE_INFINITY, fault });
    const { exitCode, stdout } = await world.engines('stop', 'auth');

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^✖ auth was not stopped: 1 target deregistered, 0 tasks stopped\.$/m);
    expect(stdout).not.toContain('✔');
  });

  test('reports deregistered targets and stopped tasks', async () => {
    await world.door.invoke({ action: 'start', service: 'auth' });
    const { exitCode, stdout } = await world.engines('stop', 'auth', 'reports');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^✔ auth was stopped: 1 target deregistered, 1 task stopped\.$/m);
    expect(stdout).toMatch(/^✔ reports was not running\.$/m);
  });

  test('R48: names together with --all are an error, and nothing is stopped', async () => {
    await world.door.invoke({ action: 'start', service: 'auth' });
    const { exitCode, stderr } = await world.engines('stop', '--all', 'leaning', '--yes');

    expect([exitCode, stderr]).toEqual([2, 'Name services or use --all, not both.\n']);
    expect(world.door.live('auth')).toHaveLength(1);
  });

  test('--all piped stops nothing without --yes, and everything with it', async () => {
    await world.door.invoke({ action: 'start', service: 'auth' });
    const refused = await world.engines('stop', '--all', '--json');
    expect(refused.exitCode).toBe(2);
    expect(readJson('error', refused.stdout)).toMatchObject({ error: { code: 'NotConfirmed' } });
    expect(world.door.live('auth')).toHaveLength(1);

    const { exitCode, stdout } = await world.engines('stop', '--all', '--yes', '--json');
    expect(exitCode).toBe(0);
    expect(readJson('operation', stdout).results).toContainEqual(
      expect.objectContaining({ service: 'auth', status: 'stopped' }),
    );
    expect(world.door.live('auth')).toEqual([]);
  });

  test('--all on a terminal shows the running services, asks for confirmation, and acts on the answer', async () => {
    await world.door.invoke({ action: 'start', service: 'auth' });
    const no = world.sit('stop', '--all');
    await no.shows(/Stop every service of dev\? Running now: auth\./);
    no.type('\r');
    expect(await no.ended).toMatchObject({ exitCode: 2, text: expect.stringContaining('Nothing was done.') });
    expect(world.door.live('auth')).toHaveLength(1);

    const yes = world.sit('stop', '--all');
    await yes.shows(/Stop every service of dev\?/);
    yes.type('y');
    expect(await yes.ended).toMatchObject({ exitCode: 0, text: expect.stringContaining('auth was stopped') });
    expect(world.door.live('auth')).toEqual([]);
  });

  test('without a name and without --all it is an error', async () => {
    const { exitCode, stdout } = await world.engines('stop', '--json');

    expect(exitCode).toBe(2);
    expect(readJson('error', stdout)).toMatchObject({ error: { code: 'Usage' } });
  });
});

describe('restart', () => {
  test('shows both tasks, and the new one serves requests', async () => {
    await world.door.invoke({ action: 'start', service: 'auth', wait: 'healthy' });
    const [before] = world.door.live('auth');
    const held = holdRegistrations();
    const sitting = world.sit('restart', 'auth');
    await sitting.shows(/auth +RUNNING .* auth-lb not registered\n +RUNNING .* auth-lb healthy/);
    held.remove();
    const { exitCode, text } = await sitting.ended;

    expect(exitCode).toBe(0);
    expect(text).toMatch(/✔ auth was restarted and is healthy\./);
    expect(world.door.live('auth')).not.toContain(before);
  });

  test('piped as JSON, names the replaced tasks', async () => {
    await world.door.invoke({ action: 'start', service: 'auth', wait: 'healthy' });
    const before = world.door.live('auth');
    const { exitCode, stdout } = await world.engines('restart', 'auth', '--json');

    expect(exitCode).toBe(0);
    expect(readJson('operation', stdout)).toMatchObject({ action: 'restart', results: [{ replacedTasks: before }] });
  });
});
