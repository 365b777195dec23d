import { ListTargetsByRuleCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { worldService } from '../../scripts/world/services.ts';
import { type FrontDoor, openFrontDoor } from './open-front-door.ts';

const auth = worldService('auth');
const reports = worldService('reports');
const until = { timeout: 30_000, interval: 50 };

let door: FrontDoor;
beforeAll(async () => {
  door = await openFrontDoor({ speed: 4, world: { services: [auth, reports] } });
});
afterAll(() => door[Symbol.asyncDispose]());

let before = 0;
beforeEach(() => {
  before = door.outcomes().length;
});

/** The outcomes since the start of the test. */
const published = () => door.outcomes().slice(before);

const about = (service: string, correlationId: string) => ({
  service,
  workspace: 'dev',
  correlationId,
  durationMs: expect.any(Number),
});

test('a start is published with its task, its duration and its correlation ID', async () => {
  await door.put('Start ECS Task', { service: 'auth', wait: 'healthy', correlationId: 'order-1' });
  await expect.poll(published, until).toHaveLength(1);
  expect(published()).toEqual([
    [
      'Service Started',
      { ...about('auth', 'order-1'), operation: 'start', taskArns: door.live('auth'), reused: false },
    ],
  ]);
  expect(Number(published()[0]?.[1].durationMs)).toBeGreaterThan(500);
});

test('a start of a live service is published as such', async () => {
  await door.invoke({ action: 'start', service: 'auth', correlationId: 'order-2' });
  expect(published()).toEqual([
    ['Service Started', { ...about('auth', 'order-2'), operation: 'start', taskArns: door.live('auth'), reused: true }],
  ]);
});

test('a start with wait none is published at once if the service is running', async () => {
  await door.invoke({ action: 'start', service: 'auth', wait: 'none', correlationId: 'order-2b' });
  expect(published()).toEqual([
    [
      'Service Started',
      { ...about('auth', 'order-2b'), operation: 'start', taskArns: door.live('auth'), reused: true },
    ],
  ]);
});

test('a start that a later stop supersedes is not published as a failure', async () => {
  await door.invoke({ action: 'stop', service: 'auth' });
  const time = new Date(door.sandbox.clock.now() - 60_000).toISOString();
  const event = { source: 'custom.app', 'detail-type': 'Start ECS Task', detail: { service: 'auth' }, time };
  await door.invoke(event);
  expect(published().map(([type, { errorCode }]) => [type, errorCode])).toEqual([
    ['Service Stopped', undefined],
    ['Service Start Superseded', 'Superseded'],
  ]);
  await door.invoke({ action: 'start', service: 'auth', wait: 'healthy' });
});

test('a restart is published with the new task and the old one', async () => {
  const old = door.live('auth');
  await door.invoke({ action: 'restart', service: 'auth', correlationId: 'order-3' });
  expect(published()).toEqual([
    [
      'Service Restarted',
      { ...about('auth', 'order-3'), operation: 'restart', taskArns: [...door.live('auth'), ...old] },
    ],
  ]);
});

test('a stop is published with the stopped tasks', async () => {
  const taskArns = door.live('auth');
  await door.invoke({ action: 'stop', service: 'auth', correlationId: 'order-4' });
  expect(published()).toEqual([['Service Stopped', { ...about('auth', 'order-4'), operation: 'stop', taskArns }]]);
});

test('a failed start is published with its error code', async () => {
  await door.invoke({ action: 'start', service: 'reports', correlationId: 'order-5' });
  expect(published()).toEqual([
    [
      'Service Start Failed',
      {
        ...about('reports', 'order-5'),
        operation: 'start',
        taskArns: [door.tasks('reports').at(-1)?.taskArn],
        errorCode: 'TaskStopped',
        message: expect.stringContaining('CannotPullContainerError'),
      },
    ],
  ]);
});

test('a failed stop is published with its error code', async () => {
  const fault = { kind: 'access-denied' } as const;
  const planted = door.sandbox.faults.plant({ operation: 'ListTasks', fault, times: Number.POSITIVE_INFINITY });
  await door.invoke({ action: 'stop', service: 'auth', correlationId: 'order-6' });
  planted.remove();
  expect(published()).toMatchObject([
    ['Service Stop Failed', { service: 'auth', correlationId: 'order-6', errorCode: 'AwsAccessDenied' }],
  ]);
});

test('nothing is published for an unknown service or a rejected request', async () => {
  await door.invoke({ action: 'start', service: 'nosuch' });
  await door.invoke({ action: 'start', service: 'auth', port: 'x' });
  await door.request('POST', '/services/auth/stop', { 'x-correlation-id': 'a b' });
  expect(published()).toEqual([]);
});

test('a bus that rejects an outcome changes nothing, and shows in log and metrics', async () => {
  const fault = { kind: 'access-denied' } as const;
  const planted = door.sandbox.faults.plant({ operation: 'PutEvents', fault, times: Number.POSITIVE_INFINITY });
  const { value } = await door.invoke({ action: 'start', service: 'auth', wait: 'healthy' });
  planted.remove();
  expect([value?.statusCode, published()]).toEqual([200, []]);
  expect(door.log().find((line) => line.message === 'outcome-not-told')).toMatchObject({
    level: 'WARN',
    serviceName: 'auth',
    type: 'Service Started',
    code: 'AwsAccessDenied',
    trouble: expect.stringContaining('PutEvents'),
  });
  expect(door.log().filter((line) => line.OutcomeNotTold === 1)).toHaveLength(1);
});

test('a rule that sends outcomes back to the function starts nothing and publishes nothing', async () => {
  const [functionArn] = await functionArns();
  const EventPattern = JSON.stringify({ source: ['start-engines'] });
  await door.clients.events.send(new PutRuleCommand({ Name: 'loop', EventPattern }));
  await door.clients.events.send(new PutTargetsCommand({ Rule: 'loop', Targets: [{ Id: 'loop', Arn: functionArn }] }));
  await door.invoke({ action: 'start', service: 'auth', correlationId: 'order-7' });
  const records = () =>
    door.sandbox.lambda
      .onFailureRecords()
      .map(({ record }) => (record.responsePayload as { errorType: string }).errorType);
  await expect.poll(records, until).toEqual(['InvalidRequest']);
  expect(published().map(([type]) => type)).toEqual(['Service Started']);
});

async function functionArns(): Promise<readonly string[]> {
  const { Targets = [] } = await door.clients.events.send(
    new ListTargetsByRuleCommand({ Rule: 'start-engines-start-dev' }),
  );
  return Targets.map((target) => target.Arn ?? '');
}
