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

/** Longer than a mapping is used before it is read again. */
const ttlMs = 31_000;

/** A room with a second cluster, in which tasks of ours may be as well. */
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
  test('a mapping that has moved to another cluster: the task in the old one is adopted, not doubled', async () => {
    const room = await openTwoClusters();
    const first = await start(room);
    await moveMapping(room);
    expect(await start(room)).toMatchObject({ taskArn: first.taskArn, reused: true });
    expect(live(room)).toEqual([first.taskArn]);
  });

  test('a start that does not ask for the cluster adopts the task that another one put there', async () => {
    const room = await openTwoClusters();
    const first = await start(room, { overrides: { cluster: 'spare-cluster' } });
    expect(await start(room)).toMatchObject({ taskArn: first.taskArn, reused: true });
    expect(live(room)).toEqual([first.taskArn]);
  });

  test('a start that asks for another cluster than the task’s says so, and starts none', async () => {
    const room = await openTwoClusters();
    const first = await start(room);
    const failure = start(room, { overrides: { cluster: 'spare-cluster' } });
    expect(await failure.catch((error: StartEnginesError) => error)).toMatchObject({ name: 'OverrideNotApplied' });
    expect(live(room)).toEqual([first.taskArn]);
  });

  test('a restart moves the service to the cluster that the mapping names now', async () => {
    const room = await openTwoClusters();
    const first = await start(room);
    await moveMapping(room);
    const outcome = await restart(room);
    expect(outcome.taskArn).toContain('task/spare-cluster/');
    expect(outcome.replacedTasks).toEqual([first.taskArn]);
    expect(live(room)).toEqual([outcome.taskArn]);
  });

  test('a change in one cluster does not take out the target of a task in another', async () => {
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
