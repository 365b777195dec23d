import { describeService, reconcileAll, reconcileChange, stopService } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

interface ContainerOfTask {
  readonly name: string;
  readonly essential: boolean;
}

/** A healthy service whose task definition has additional containers. */
async function openWith(...others: readonly ContainerOfTask[]): Promise<EngineRoom> {
  const room = await openEngineRoom({ mapping: { containerName: 'app' } });
  if (others.length > 0) {
    await room.world.client('ecs', 'SET-UP').call('RegisterTaskDefinition', {
      family: 'auth-api-task',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [
        ...others.map((other) => ({ ...other, image: 'engine' })),
        { name: 'app', image: 'engine', essential: true, portMappings: [{ containerPort: 8080 }] },
      ],
    });
  }
  await room.world.finish(room.start({ waitFor: 'healthy' }));
  return room;
}

/** Ends one container after another, a second apart. ECS terminates the remaining ones. */
async function end(room: EngineRoom, ...exits: readonly (readonly [string, number])[]): Promise<void> {
  for (const [name, exitCode] of exits) {
    [...room.world.runtime.running].find(({ container }) => container.containerName === name)?.exit(exitCode);
    await room.world.clock.advance(1_000);
  }
  await room.world.clock.advance(60_000);
}

async function reconcile(room: EngineRoom): Promise<void> {
  await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));
}

/** The events about the end of the task. */
function reported(room: EngineRoom) {
  return room.outcomes.filter(({ type }) => type !== 'Service Started' && type !== 'Service Reconciled');
}

// shared/cases/04 and its kind: the reason that ECS gives names neither the container nor its exit code.
describe('an interruption', () => {
  test('names the container, its exit code and the reason, on the bus and in the log', async () => {
    const room = await openWith();
    await end(room, ['app', 3]);
    await reconcile(room);
    const message =
      'Container "app" exited with exit code 3 (EssentialContainerExited: Essential container in task exited).';
    const facts = {
      stopCode: 'EssentialContainerExited',
      container: 'app',
      exitCode: 3,
      containers: [{ name: 'app', exitCode: 3 }],
    };
    expect(reported(room)).toMatchObject([{ type: 'Service Interrupted', message, ...facts }]);
    expect(room.journal).toContainEqual(expect.objectContaining({ kind: 'interrupted', reason: message, ...facts }));
  });

  test('names the sidecar if its failure ended the task, not the container that ECS terminated', async () => {
    const room = await openWith({ name: 'proxy', essential: true });
    await end(room, ['proxy', 1]);
    await reconcile(room);
    expect(reported(room)).toMatchObject([{ type: 'Service Interrupted', container: 'proxy', exitCode: 1 }]);
  });

  test('names the service’s container, not a terminated container that comes before it in the list', async () => {
    const room = await openWith({ name: 'proxy', essential: true });
    await end(room, ['app', 3]);
    await reconcile(room);
    expect(reported(room)).toMatchObject([
      {
        container: 'app',
        exitCode: 3,
        containers: [
          { name: 'proxy', exitCode: 143 },
          { name: 'app', exitCode: 3 },
        ],
      },
    ]);
  });

  test('names no container after a Spot interruption, even if the containers exited with 0', async () => {
    const room = await openWith();
    room.world.ecs.admin.interruptSpot(room.world.ecs.admin.tasks()[0]?.taskArn ?? '');
    await end(room, ['app', 0]);
    await reconcile(room);
    const [outcome] = reported(room);
    expect(outcome).toMatchObject({ type: 'Service Interrupted', stopCode: 'SpotInterruption' });
    expect(outcome).not.toHaveProperty('container');
  });

  test('says that ECS does not name the container if the task definition cannot be read', async () => {
    const room = await openWith({ name: 'init', essential: false });
    await end(room, ['init', 1], ['app', 0]);
    room.world.faults.plant({ operation: 'DescribeTaskDefinition', fault: { kind: 'access-denied' } });
    await reconcile(room);
    expect(reported(room)).toMatchObject([
      {
        type: 'Service Interrupted',
        message: expect.stringContaining('ECS does not say which container ended first.'),
      },
    ]);
    expect(room.journal).toContainEqual(expect.objectContaining({ kind: 'aws-trouble', code: 'AwsAccessDenied' }));
  });
});

describe('a task that ended with exit code 0', () => {
  test('is reported as finished, and its target is removed', async () => {
    const room = await openWith();
    await end(room, ['app', 0]);
    await reconcile(room);
    expect(reported(room)).toMatchObject([
      {
        type: 'Service Finished',
        message:
          'Container "app" exited with exit code 0 (EssentialContainerExited: Essential container in task exited).',
        container: 'app',
        exitCode: 0,
      },
    ]);
    const { lastStop } = await room.world.finish(describeService(room.ports(), 'auth', room.context()));
    expect(lastStop).toMatchObject({
      kind: 'finished',
      container: 'app',
      exitCode: 0,
      code: 'EssentialContainerExited',
    });
    expect(room.targets().filter((target) => !target.includes('draining'))).toEqual([]);
    const kinds = room.journal.map(({ kind }) => kind);
    expect(kinds).toContain('finished');
    expect(kinds).not.toContain('interrupted');
    expect(kinds).not.toContain('stray-target');
  });

  test.each([
    ['ECS terminated its sidecar', { name: 'proxy', essential: true }, [['app', 0]]],
    [
      'its init container had failed, which did not matter',
      { name: 'init', essential: false },
      [
        ['init', 1],
        ['app', 0],
      ],
    ],
  ] as const)('is reported as finished although %s', async (_what, other, exits) => {
    const room = await openWith(other);
    await end(room, ...exits);
    await reconcile(room);
    expect(reported(room)).toMatchObject([{ type: 'Service Finished', container: 'app', exitCode: 0 }]);
  });

  test('is reported as finished before its registration if its start waited for nothing', async () => {
    const room = await openEngineRoom();
    const { taskArn } = await room.world.finish(room.start({ waitFor: 'none' }));
    while (room.tasks()[0] !== 'RUNNING/RUNNING') await room.world.clock.advance(100);
    await end(room, ['app', 0]);
    const version = room.world.ecs.admin.tasks()[0]?.version ?? 0;
    const change = { taskArn, version, startedBy: 'start-engines/dev/auth', running: false };
    await room.world.finish(reconcileChange(room.ports('LOOK'), change, room.context()));
    expect(room.outcomes).toMatchObject([{ type: 'Service Finished', container: 'app', exitCode: 0 }]);
  });

  test('is reported as finished even if reads still show it as running when a stop marks it', async () => {
    const room = await openWith();
    await end(room, ['app', 0]);
    // Stale reads repeat what the start read last.
    room.world.faults.plant({ operation: 'ListTasks', fault: { kind: 'stale' }, times: 4 });
    const stale = room.world.faults.plant({ operation: 'DescribeTasks', fault: { kind: 'stale' }, times: 3 });
    const asked = room.world.clock.now();
    await room.world.finish(stopService(room.ports('STOPPER'), { service: 'auth', asked }, room.context()));
    expect(stale.consumed).toBe(3);
    expect(reported(room)).toMatchObject([{ type: 'Service Finished', exitCode: 0 }, { type: 'Service Stopped' }]);
  });
});
