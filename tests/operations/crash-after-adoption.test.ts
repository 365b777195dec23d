import { reconcileAll, stopService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { openEngineRoom } from './engine-room.ts';

test('a crash is published even if a stop marked the task before a later start adopted it', async () => {
  const room = await openEngineRoom();
  const { taskArn } = await room.world.finish(room.start({ waitFor: 'healthy' }));
  await room.world.clock.advance(5_000);
  const stopAsked = room.world.clock.now();
  // The stop's process dies after its mark, and a start that does not see the mark yet adopts the task.
  await room.ports('STOPPER').tasks.markRetiring(taskArn, { asked: stopAsked, by: 'stop' });
  await room.ports('LAMBDA-2').tasks.markAdopted(taskArn, { asked: stopAsked + 500 });
  await room.world.clock.advance(10_000);
  await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));
  expect(room.targets()).toHaveLength(1);

  room.world.ecs.admin.crashTask(taskArn);
  await room.world.clock.advance(60_000);
  await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));
  expect(room.outcomes.map(({ type }) => type)).toContain('Service Interrupted');
});

test('a stop whose task crashes before StopTask still supersedes earlier starts', async () => {
  const room = await openEngineRoom();
  const asked = room.world.clock.now();
  const { taskArn } = await room.world.finish(room.start({ asked, waitFor: 'healthy' }));
  await room.world.clock.advance(5_000);
  const ports = room.ports('STOPPER');
  const tasks: typeof ports.tasks = {
    ...ports.tasks,
    stop: async (arn, reason) => {
      // Reads may be two seconds old, so the stop does not see the crash.
      room.world.ecs.admin.crashTask(arn);
      await room.world.clock.sleep(100);
      return ports.tasks.stop(arn, reason);
    },
  };
  const request = { service: 'auth', asked: room.world.clock.now() };
  await room.world.finish(stopService({ ...ports, tasks }, request, room.context()));
  expect(room.world.ecs.admin.tasks()[0]).toMatchObject({ taskArn, stopCode: 'EssentialContainerExited' });
  await room.world.clock.advance(60_000);
  await expect(room.world.finish(room.start({ asked }, { caller: 'RETRY' }))).rejects.toMatchObject({
    code: 'Superseded',
  });
});
