import {
  describeServices,
  reconcileAll,
  type StartEnginesError,
  type StartRequest,
  type StartResult,
  startServices,
} from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

/** A room with `auth`, and with `pdf` in the second target group. */
async function openTwoServices(dependencies: { auth?: string[]; pdf?: string[] }) {
  const mapping = dependencies.auth === undefined ? {} : { dependsOn: dependencies.auth };
  const room = await openEngineRoom({ mapping });
  const putService = async (service: string, keys: Record<string, unknown>): Promise<void> => {
    const document = {
      cluster: 'auth-cluster',
      taskDefinition: 'auth-api-task',
      port: 8080,
      targetGroupArn: room.secondGroupArn,
      subnets: ['subnet-0aaaaaaaaaaaaaaa1'],
      ...keys,
    };
    const Name = `/start-engines/dev/services/${service}`;
    await room.world
      .client('ssm', 'SET-UP')
      .call('PutParameter', { Name, Type: 'String', Value: JSON.stringify(document) });
  };
  await putService('pdf', dependencies.pdf === undefined ? {} : { dependsOn: dependencies.pdf });
  return { ...room, putService };
}

/** Uses the wait of each mapping by default. */
function startAll(
  room: EngineRoom,
  services: readonly string[],
  wait: Pick<StartRequest, 'waitFor'> = {},
): Promise<readonly StartResult[]> {
  const asked = room.world.clock.now();
  const requests = services.map((service) => ({ service, asked, overrides: {}, ...wait }));
  return room.world.finish(startServices(room.ports(), requests, room.context()));
}

function startBoth(room: EngineRoom, waitFor: 'running' | 'none' = 'running'): Promise<readonly StartResult[]> {
  return startAll(room, ['pdf', 'auth'], { waitFor });
}

/** The order in which tasks were launched and registered, by service. */
function order(room: EngineRoom): string[] {
  return room.journal
    .filter((entry) => entry.kind === 'launched' || entry.kind === 'registered')
    .map((entry) => `${entry.service} ${entry.kind}`);
}

const errorOf = (result: StartResult | undefined) =>
  result?.ok === false ? (result.error as StartEnginesError) : undefined;

describe('a start of several services', () => {
  test('starts them at the same time if none depends on another, and answers in the order of the request', async () => {
    const room = await openTwoServices({});
    const results = await startBoth(room);
    expect(results.map((result) => result.ok && result.outcome.service)).toEqual(['pdf', 'auth']);
    expect(order(room).slice(0, 2).toSorted()).toEqual(['auth launched', 'pdf launched']);
  });

  test.each(['running', 'none'] as const)('starts a dependency first, waiting for %s', async (waitFor) => {
    const room = await openTwoServices({ pdf: ['auth'] });
    const results = await startBoth(room, waitFor);
    expect(results.every((result) => result.ok)).toBe(true);
    expect(order(room).slice(0, 3)).toEqual(['auth launched', 'auth registered', 'pdf launched']);
  });

  test('does not start a service whose dependency failed', async () => {
    const room = await openTwoServices({ pdf: ['auth'] });
    await room.putMapping({ taskDefinition: 'nowhere' });
    const [pdf, auth] = await startBoth(room);
    expect(errorOf(auth)?.code).toBe('AwsRejected');
    expect(errorOf(pdf)?.code).toBe('DependencyFailed');
    expect(errorOf(pdf)?.context).toEqual({ service: 'pdf', dependency: 'auth' });
    expect(room.outcomes.map(({ type, service, errorCode }) => [type, service, errorCode])).toEqual([
      ['Service Start Failed', 'auth', 'AwsRejected'],
      ['Service Start Failed', 'pdf', 'DependencyFailed'],
    ]);
    expect(room.world.ecs.admin.tasks()).toEqual([]);
  });

  test('reports services that depend on each other, and starts none of them', async () => {
    const room = await openTwoServices({ pdf: ['auth'], auth: ['pdf'] });
    const results = await startBoth(room);
    expect(results.map((result) => errorOf(result)?.code)).toEqual(['MappingInvalid', 'MappingInvalid']);
    expect(errorOf(results[0])?.message).toBe('These services depend on each other: pdf → auth.');
    expect(room.world.ecs.admin.tasks()).toEqual([]);
  });

  test('finds every dependency cycle, and does not start services that depend on one', async () => {
    const room = await openTwoServices({ pdf: ['users'], auth: ['fa'] });
    await room.putService('fa', { dependsOn: ['auth'] });
    await room.putService('users', { dependsOn: ['batch'] });
    await room.putService('batch', { dependsOn: ['users'] });
    const results = await startAll(room, ['auth', 'fa', 'batch', 'users', 'pdf']);
    expect(results.map((result) => errorOf(result)?.message)).toEqual([
      'These services depend on each other: auth → fa.',
      'These services depend on each other: fa → auth.',
      'These services depend on each other: batch → users.',
      'These services depend on each other: users → batch.',
      'Service "pdf" was not started because it depends on "users", which could not be started.',
    ]);
    expect(room.world.ecs.admin.tasks()).toEqual([]);
  });

  test('starts a dependency first even if its mapping waits for nothing', async () => {
    const room = await openTwoServices({ pdf: ['auth'] });
    await room.putMapping({ wait: 'none' });
    const results = await startAll(room, ['pdf', 'auth']);
    expect(results.every((result) => result.ok)).toBe(true);
    expect(order(room).slice(0, 3)).toEqual(['auth launched', 'auth registered', 'pdf launched']);
  });

  test('a dependency that the request does not name is not started', async () => {
    const room = await openTwoServices({ pdf: ['auth'] });
    const asked = room.world.clock.now();
    const requests = [{ service: 'pdf', asked, overrides: {} }];
    const [pdf] = await room.world.finish(startServices(room.ports(), requests, room.context()));
    expect(pdf?.ok).toBe(true);
    expect(order(room)).toEqual(['pdf launched', 'pdf registered']);
  });
});

test('a reconcile in which one service fails is an error with the results of the other', async () => {
  const room = await openTwoServices({});
  await startBoth(room, 'none');
  await room.world.clock.advance(60_000);
  const operation = 'RegisterTargets';
  const input = { TargetGroupArn: room.secondGroupArn };
  room.world.faults.plant({ operation, input, fault: { kind: 'access-denied' } });
  const reconcile = reconcileAll(room.ports('RECONCILER'), room.context());
  const error = await room.world.finish(reconcile).catch((caught: StartEnginesError) => caught);
  expect(error).toMatchObject({
    name: 'AwsAccessDenied',
    context: { operation },
    results: [{ service: 'auth', registered: [{ targetGroupArn: room.targetGroupArn }] }],
  });
});

test('the status of all shows live tasks, and how the last one ended', async () => {
  const room = await openTwoServices({});
  const [pdf, auth] = await startBoth(room);
  const authArn = auth?.ok ? auth.outcome.taskArn : '';
  room.world.ecs.admin.crashTask(authArn);
  await room.world.clock.advance(60_000);
  const statuses = await room.world.finish(describeServices(room.ports(), room.context()));
  expect(statuses.map((status) => [status.service, status.tasks.map((task) => task.taskArn)])).toEqual([
    ['auth', []],
    ['pdf', [pdf?.ok ? pdf.outcome.taskArn : '']],
  ]);
  expect(statuses[0]?.lastStop).toMatchObject({
    taskArn: authArn,
    code: 'EssentialContainerExited',
    containers: [{ exitCode: 137 }],
  });
  expect(statuses[1]?.targetGroups[0]?.targets).toMatchObject([{ port: 8080, state: 'healthy' }]);
});
