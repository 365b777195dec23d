import { reconcileAll, restartService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

/** Longer than a restart's new task may take to become healthy, plus the launcher's time to stop it. */
const pastHealthyMs = 440_000;

const registered = (room: EngineRoom) => room.targets().filter((target) => !target.includes('draining'));
const reconcile = (room: EngineRoom, ports = room.ports('RECONCILER')) =>
  room.world.finish(reconcileAll(ports, room.context()));

/** A restart launched a healthy task but could not mark the old one, which now fails its health checks. */
async function openHalfRestartedRoom(): Promise<{ room: EngineRoom; healthy: string }> {
  const room = await openEngineRoom();
  await room.world.finish(room.start({ waitFor: 'healthy' }));
  const [old] = room.world.runtime.running;
  const fault = { kind: 'access-denied' } as const;
  const denied = room.world.faults.plant({ operation: 'TagResource', fault, times: Number.POSITIVE_INFINITY });
  const request = { service: 'auth', asked: room.world.clock.now() };
  const restart = restartService(room.ports('RESTARTER'), request, room.context());
  await expect(room.world.finish(restart)).rejects.toMatchObject({ code: 'AwsAccessDenied' });
  denied.remove();
  if (old !== undefined) old.statusCode = 503;
  await room.world.clock.advance(pastHealthyMs);
  const [, newer] = room.world.ecs.admin.tasks();
  expect(registered(room)).toEqual([expect.stringMatching(/ unhealthy$/), expect.stringMatching(/ healthy$/)]);
  return { room, healthy: newer?.taskArn ?? '' };
}

const live = (room: EngineRoom) =>
  room.world.ecs.admin
    .tasks()
    .filter((task) => task.desiredStatus === 'RUNNING')
    .map((task) => task.taskArn);

test('the newer of two tasks is not stopped while its health cannot be read', async () => {
  const { room, healthy } = await openHalfRestartedRoom();
  const throttled = room.world.faults.plant({ operation: 'DescribeTargetHealth', fault: { kind: 'throttle' } });
  await reconcile(room);
  expect(throttled.consumed).toBe(1);
  expect(live(room)).toEqual([healthy]);
  expect(registered(room)).toEqual([expect.stringMatching(/ healthy$/)]);
});

test('the newer of two tasks is not stopped because of an old health reading after a slow read of the tasks', async () => {
  const { room, healthy } = await openHalfRestartedRoom();
  const slow = { operation: 'DescribeTasks', fault: { kind: 'latency', delayMs: 20_000 } } as const;
  const held = room.world.faults.plant(slow);
  await reconcile(room);
  expect(held.consumed).toBe(1);
  expect(live(room)).toEqual([healthy]);
});
