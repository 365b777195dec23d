// A task can have 50 tags, and any principal that may tag it can use them up. Then there is no room for the mark.
import { reconcileAll, restartService, stopService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

async function fillTags(room: EngineRoom, taskArn: string): Promise<void> {
  const tags = Array.from({ length: 49 }, (_, index) => ({ key: `owner-${index}`, value: 'x' }));
  await room.world.client('ecs', 'OWNER').call('TagResource', { resourceArn: taskArn, tags });
}

const refused = (room: EngineRoom) =>
  room.journal.flatMap((entry) => (entry.kind === 'aws-trouble' ? [entry.message] : []));

test('a stop drains and stops a task that has no room for a mark, and logs that', async () => {
  const room = await openEngineRoom();
  const { taskArn, privateIp } = await room.world.finish(room.start({ waitFor: 'healthy' }));
  await fillTags(room, taskArn);
  const request = { service: 'auth', asked: room.world.clock.now() };
  const outcome = await room.world.finish(stopService(room.ports('STOPPER'), request, room.context()));

  expect(outcome).toEqual({
    service: 'auth',
    tasksStopped: [taskArn],
    targetsDeregistered: [{ targetGroupArn: room.targetGroupArn, ip: privateIp, port: 8080 }],
    status: 'stopped',
  });
  const [deregistered] = room.world.calls.list({ operation: 'DeregisterTargets' });
  const [stopped] = room.world.calls.list({ operation: 'StopTask' });
  expect((stopped?.startedAt ?? 0) - (deregistered?.startedAt ?? 0)).toBeGreaterThanOrEqual(15_000);
  expect(refused(room)).toEqual([`Task ${taskArn} has no room for another tag, so it is stopped without a mark.`]);
  await room.world.clock.advance(60_000);
  expect(room.tasks()).toEqual(['STOPPED/STOPPED']);
});

test('a restart replaces a task that has no room for a mark, and reconcile finds nothing left to do', async () => {
  const room = await openEngineRoom();
  const { taskArn } = await room.world.finish(room.start({ waitFor: 'healthy' }));
  await fillTags(room, taskArn);
  const request = { service: 'auth', asked: room.world.clock.now() };
  const outcome = await room.world.finish(restartService(room.ports('RESTARTER'), request, room.context()));

  expect(outcome).toMatchObject({ replacedTasks: [taskArn] });
  await room.world.clock.advance(60_000);
  expect(room.tasks()).toEqual(['STOPPED/STOPPED', 'RUNNING/RUNNING']);
  expect(await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()))).toEqual([]);
});
