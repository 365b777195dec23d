import {
  type Ports,
  type RestartOutcome,
  reconcileChange,
  restartService,
  type StartEnginesError,
  type StartOutcome,
  type StartRequest,
  startService,
} from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

/** Longer than a mapping is cached. */
const ttlMs = 31_000;

/** A room with a second cluster, which may contain the service's tasks, too. */
async function openTwoClusters(): Promise<EngineRoom> {
  const room = await openEngineRoom({ mapping: { allowOverrides: { cluster: ['spare-cluster'] } } });
  await room.world.client('ecs', 'SET-UP').call('CreateCluster', { clusterName: 'spare-cluster' });
  return room;
}

function ports(room: EngineRoom, caller: string): Ports {
  return { ...room.ports(caller), clusters: ['auth-cluster', 'spare-cluster'] };
}

function start(room: EngineRoom, request: Partial<StartRequest> = {}): Promise<StartOutcome> {
  const asked = room.world.clock.now();
  const whole = { service: 'auth', asked, overrides: {}, waitFor: 'healthy' as const, ...request };
  return room.world.finish(startService(ports(room, 'STARTER'), whole, room.context()));
}

function restart(room: EngineRoom): Promise<RestartOutcome> {
  const request = { service: 'auth', asked: room.world.clock.now() };
  return room.world.finish(restartService(ports(room, 'RESTARTER'), request, room.context()));
}

async function moveMapping(room: EngineRoom): Promise<void> {
  await room.putMapping({ cluster: 'spare-cluster' });
  await room.world.clock.advance(ttlMs);
}

const live = (room: EngineRoom) =>
  room.world.ecs.admin
    .tasks()
    .filter((task) => task.desiredStatus === 'RUNNING')
    .map((task) => task.taskArn);

describe('tasks of a service in several clusters', () => {
  test('a task in the old cluster is adopted after the mapping has moved to another cluster', async () => {
    const room = await openTwoClusters();
    const first = await start(room);
    await moveMapping(room);
    expect(await start(room)).toMatchObject({ taskArn: first.taskArn, reused: true });
    expect(live(room)).toEqual([first.taskArn]);
  });

  test('a start without a cluster override adopts a task that another start launched in another cluster', async () => {
    const room = await openTwoClusters();
    const first = await start(room, { overrides: { cluster: 'spare-cluster' } });
    expect(await start(room)).toMatchObject({ taskArn: first.taskArn, reused: true });
    expect(live(room)).toEqual([first.taskArn]);
  });

  test('a start that requests another cluster than the live task’s fails with the reason, and launches nothing', async () => {
    const room = await openTwoClusters();
    const first = await start(room);
    const failure = start(room, { overrides: { cluster: 'spare-cluster' } });
    expect(await failure.catch((error: StartEnginesError) => error)).toMatchObject({ name: 'OverrideNotApplied' });
    expect(live(room)).toEqual([first.taskArn]);
  });

  test('a restart moves the service to the cluster of the current mapping', async () => {
    const room = await openTwoClusters();
    const first = await start(room);
    await moveMapping(room);
    const outcome = await restart(room);
    expect(outcome.taskArn).toContain('task/spare-cluster/');
    expect(outcome.replacedTasks).toEqual([first.taskArn]);
    expect(live(room)).toEqual([outcome.taskArn]);
  });

  test('a change in one cluster does not deregister the target of a task in another', async () => {
    const room = await openTwoClusters();
    const first = await start(room);
    await moveMapping(room);
    const change = {
      taskArn: 'arn:aws:ecs:us-east-2:123456789012:task/spare-cluster/0123456789abcdef0123456789abcdef',
      version: 0,
      startedBy: 'start-engines/dev/auth',
      running: false,
    };
    await room.world.finish(reconcileChange(ports(room, 'LOOKER'), change, room.context()));
    expect(room.targets()).toEqual([`${first.privateIp}:8080 healthy`]);
  });
});
