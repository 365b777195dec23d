import { ECSClient, RunTaskCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { worldService } from '../../scripts/world/services.ts';
import { readJson, readJsonLines } from './json-schema.ts';
import { type CliWorld, openCliWorld } from './open-cli-world.ts';

let world: CliWorld;
beforeAll(async () => {
  const services = ['auth', 'fa', 'reports'].map(worldService);
  world = await openCliWorld({ speed: 6, world: { services } });
  await world.door.invoke({ action: 'start', services: ['auth', 'fa'], wait: 'healthy' });
});
afterAll(() => world[Symbol.asyncDispose]());
afterEach(() => world.door.sandbox.faults.clear());

test('piped, it is a table without colours that shows each target group’s health, and services that are not running', async () => {
  const { exitCode, stdout, stderr } = await world.engines('status');

  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^SERVICE {2,}STATE {2,}AGE {2,}TASK {2,}IP {2,}HEALTH$/m);
  expect(stdout).toMatch(/^auth {2,}RUNNING {2,}\d+ s {2,}[0-9a-f]{8} {2,}10\.\d+\.\d+\.\d+ {2,}auth-lb healthy$/m);
  expect(stdout).toMatch(/^fa {2,}RUNNING .* {2}fa-tg healthy\n {20,}fa2-tg healthy$/m);
  expect(stdout).toMatch(/^reports {2,}not running$/m);
  expect(stdout).not.toContain('\u001b');
});

test('on a terminal, the table has colours, but none with NO_COLOR', async () => {
  const { exitCode, text, raw } = await world.sit('status', 'auth').ended;
  expect(exitCode).toBe(0);
  expect(text).toMatch(/. reading the status\n/);
  expect(text).toMatch(/auth +RUNNING .* auth-lb healthy/);
  expect(raw).toContain('\u001b[32mRUNNING\u001b[39m');

  const plain = await world.sitWith({ NO_COLOR: '1' }, 'status', 'auth').ended;
  expect(plain.raw).toMatch(/auth +RUNNING /);
  expect(plain.raw).not.toContain('\u001b[32m');
});

test('--json writes one document that conforms to its schema', async () => {
  const { exitCode, stdout } = await world.engines('status', '--json');

  expect(exitCode).toBe(0);
  expect(readJson('status', stdout)).toMatchObject({
    workspace: 'dev',
    services: [
      { service: 'auth', tasks: [{ lastStatus: 'RUNNING' }], targetGroups: [{ targets: [{ state: 'healthy' }] }] },
      { service: 'fa', mapping: { versions: { service: 1, defaults: 1 }, problems: [] } },
      { service: 'reports', tasks: [] },
    ],
  });
});

// Attack review, finding 7: any principal that may run a task can give it the service's name.
test('status and doctor name a task without launch facts, with its problem and the command that stops it', async () => {
  const { ecs } = world.door.clients;
  const [own] = world.door.tasks('auth');
  const { tasks = [] } = await ecs.send(
    new RunTaskCommand({
      cluster: own?.clusterArn,
      taskDefinition: own?.taskDefinitionArn,
      launchType: 'FARGATE',
      startedBy: 'start-engines/dev/auth',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0aaaaaaaaaaaaaaa1'] } },
    }),
  );
  const taskArn = tasks[0]?.taskArn ?? '';
  const taskId = taskArn.split('/').at(-1) ?? '';
  const table = await world.engines('status', 'auth');
  const json = await world.engines('status', 'auth', '--json');
  const doctor = await world.engines('doctor', 'auth');
  await ecs.send(new StopTaskCommand({ cluster: own?.clusterArn, task: taskArn }));

  const message = `Task ${taskId} carries no launch facts, so it is neither registered nor adopted. Stop it with the other tasks of the service ("engines stop auth"), or alone ("aws ecs stop-task --cluster ${own?.clusterArn.split('/').at(-1)} --task ${taskId}").`;
  expect(table.stdout).toMatch(/^auth {2,}[A-Z]+, foreign {2,}/m);
  expect(table.stdout).toContain(`\nauth: ${message}\n`);
  const { tasks: shown } = readJson('status', json.stdout).services[0];
  expect(shown[0]).toMatchObject({ taskId, factsProblem: { kind: 'missing', message } });
  expect(doctor.stdout).toContain(`task ${taskId} carries no launch facts`);
  expect(doctor.stdout).toMatch(new RegExp(`aws ecs stop-task --cluster \\S+ --task \\S+${taskId}`));
});

test('R47: an API error is an error, and never shown as "not running"', async () => {
  world.door.sandbox.faults.plant({
    service: 'ecs',
    operation: 'ListTasks',
    times: Number.POSITIVE_INFINITY,
    fault: { kind: 'access-denied' },
  });
  const { exitCode, stdout, stderr } = await world.engines('status', 'auth');

  expect(exitCode).toBe(3);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^AwsAccessDenied: ECS ListTasks: .*not authorized/);
});

// house review, section 8
test('one cluster that cannot be read leaves a gap for its services, and the others are shown', async () => {
  const fault = { kind: 'access-denied' } as const;
  const input = { cluster: 'batch-cluster' };
  world.door.sandbox.faults.plant({ operation: 'ListTasks', input, fault, times: Number.POSITIVE_INFINITY });
  const { exitCode, stdout } = await world.engines('status');

  expect(exitCode).toBe(3);
  expect(stdout).toMatch(/^auth +RUNNING .* auth-lb healthy$/m);
  expect(stdout).toMatch(/^reports +unknown$/m);
  expect(stdout).toMatch(/^reports: AwsAccessDenied: Cluster "batch-cluster" could not be read: /m);
  readJson('status', (await world.engines('status', '--json')).stdout);
});

test('a name without a service does not hide the others', async () => {
  const { exitCode, stdout } = await world.engines('status', 'auth', 'nosuch');

  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^auth +RUNNING .* auth-lb healthy$/m);
  expect(stdout).toMatch(/^nosuch: UnknownService: There is no service "nosuch"\.$/m);
  expect(stdout).not.toContain('no mapping');
});

test('R47: a target group that cannot be read is unknown, with the reason, and changes the exit code', async () => {
  world.door.sandbox.faults.plant({
    service: 'elasticloadbalancing',
    operation: 'DescribeTargetHealth',
    times: Number.POSITIVE_INFINITY,
    fault: { kind: 'access-denied' },
  });
  const { exitCode, stdout } = await world.engines('status', 'auth');

  expect(exitCode).toBe(3);
  expect(stdout).toMatch(/^auth +RUNNING .* auth-lb unknown$/m);
  expect(stdout).toMatch(/^auth: auth-lb could not be read: AwsAccessDenied: /m);
});

test('an invalid edit of a mapping is reported, with the version that is used', async () => {
  await world.door.putMapping(worldService('reports'), { port: '8095' });
  const { exitCode, stdout } = await world.engines('status', 'reports');
  await world.door.putMapping(worldService('reports'), {});

  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /^reports: mapping invalid \(version 1 is used\): \/start-engines\/dev\/services\/reports version 2, port: /m,
  );
});

// a new user's first steps
test('a task with an outdated mapping is shown with the newest version and the command that updates it', async () => {
  const versionOf = async (...names: string[]) =>
    (await world.engines('status', ...names)).stdout.split('\n').filter((line) => line.includes('mapping version'));
  expect([await versionOf('auth'), await versionOf()]).toEqual([['auth: mapping version 1 (the newest)'], []]);
  await world.door.putMapping(worldService('auth'), { drainSeconds: 2 });
  const outdated = 'auth: mapping version 1 (newest: 2): engines restart auth';
  expect([await versionOf('auth'), await versionOf()]).toEqual([[outdated], [outdated]]);
  const { body } = await world.door.request('GET', '/services/auth');
  expect(body).toMatchObject({
    tasks: [{ launch: { mappingVersions: { service: 1, defaults: 1 } } }],
    mapping: { versions: { service: 2, defaults: 1 } },
  });
  readJson('status', (await world.engines('status', 'auth', '--json')).stdout);

  await world.door.invoke({ action: 'restart', service: 'auth' });
  expect(await versionOf('auth')).toEqual(['auth: mapping version 2 (the newest)']);
});

test('the end of the last task is shown with exit codes', async () => {
  await world.door.invoke({ action: 'start', service: 'reports' });
  await world.door.invoke({ action: 'start', service: 'fa' });
  const [fa = ''] = world.door.live('fa');
  world.door.sandbox.ecs.crashTask(fa);
  await expect
    .poll(async () => (await world.engines('status', 'fa', 'reports')).stdout, { timeout: 40_000 })
    .toMatch(/^fa: last task [0-9a-f]{8}: EssentialContainerExited: .* \(fa exited with \d+\)$/m);
  const { stdout } = await world.engines('status', 'reports');

  expect(stdout).toMatch(/^reports: last task [0-9a-f]{8}: TaskFailedToStart: CannotPullContainerError/m);
});

test('an unknown service has its own error', async () => {
  const { exitCode, stdout } = await world.engines('status', 'nosuch', '--json');

  expect(exitCode).toBe(1);
  expect(readJson('error', stdout)).toMatchObject({ error: { code: 'UnknownService' } });
});

test('a missing function is named, with the options to check', async () => {
  const { exitCode, stderr } = await world.engines('status', '--workspace', 'prod', '--function', 'nowhere');

  expect(exitCode).toBe(3);
  expect(stderr).toBe(
    'FunctionNotFound: Function nowhere does not exist.\nCheck --workspace, --region and --function.\n',
  );
});

test('--watch on a terminal shows changes as they happen, and ends on Ctrl-C', async () => {
  const sitting = world.sit('status', 'auth', '--watch', '--interval', '0.2');
  await sitting.shows(/auth-lb healthy[\s\S]*Ctrl-C to stop/);
  await world.door.invoke({ action: 'stop', service: 'auth' });
  await sitting.shows(/auth +not running/);
  sitting.type('\u0003');

  expect((await sitting.ended).exitCode).toBe(130);
});

test('--watch piped as JSON writes a line for each change', async () => {
  const running = world.begin('status', 'auth', '--watch', '--interval', '0.2', '--json');
  await running.shows(/"tasks":\[\]/);
  await world.door.invoke({ action: 'start', service: 'auth', wait: 'healthy' });
  await running.shows(/"healthy"/);
  running.interrupt();
  const { stdout } = await running.ended;

  const lines = readJsonLines('status', stdout);
  expect(lines.length).toBeGreaterThanOrEqual(2);
  expect(lines[0]).toMatchObject({ services: [{ service: 'auth', tasks: [] }] });
});

// Attack review, finding 17: anyone who may stop a task could write to the operator's terminal.
test('escape sequences of a stop reason reach no terminal, and JSON contains them escaped', async () => {
  const { sandbox } = world.door;
  const credentials = { accessKeyId: 'MALLORY', secretAccessKey: 'secret' };
  const ecs = new ECSClient({ endpoint: sandbox.endpoint, region: sandbox.region, credentials });
  await world.door.invoke({ action: 'start', service: 'fa', wait: 'running' });
  const { stdout: before } = await world.engines('status', 'fa', '--json');
  const task: string = JSON.parse(before).services[0].tasks[0].taskArn;
  const reason = '\u001b]0;owned\u0007\u001b[2J\u001b[31mgone\u009b1A\u202e';
  await ecs.send(new StopTaskCommand({ cluster: task.split('/').at(-2), task, reason }));
  await expect
    .poll(async () => (await world.engines('status', 'fa')).stdout, { timeout: 30_000, interval: 500 })
    .toMatch(/^fa: last task .*: UserInitiated: gone/m);
  const { raw } = await world.sit('status', 'fa').ended;
  expect(raw).not.toMatch(/owned|\u009b|\u202e/);
  const { stdout } = await world.engines('status', 'fa', '--json');
  for (const control of ['\u001b', '\u0007', '\u009b', '\u202e']) expect(stdout).not.toContain(control);
  expect(JSON.parse(stdout).services[0].lastStop.reason).toBe(reason);
  ecs.destroy();
});
