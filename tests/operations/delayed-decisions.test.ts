import { reconcileChange, restartService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

// A throttled mark is retried for a while. The facts behind the decision may have changed by then.

const live = (room: EngineRoom) =>
  room.world.ecs.admin
    .tasks()
    .filter((task) => task.desiredStatus === 'RUNNING')
    .map((task) => task.taskArn);

test('a launcher whose clean-up is delayed keeps its task if another start has reported it as up meanwhile', async () => {
  // The task runs 33 s after its launch. Its launcher has 30 s to wait and 25 s to clean up.
  const room = await openEngineRoom({
    durations: {
      interfaceCreationMs: [4_000, 4_000],
      interfaceAttachmentMs: [3_000, 3_000],
      pendingMs: [1_000, 1_000],
      imagePullMs: [25_000, 25_000],
    },
  });
  const launcher = room.start({ waitFor: 'running' }, { timeoutMs: 55_000 }).then(
    () => 'done',
    (error: { code: string }) => error.code,
  );
  const throttle = { operation: 'TagResource', caller: 'LAMBDA-1', fault: { kind: 'throttle' } } as const;
  const held = room.world.faults.plant({ ...throttle, times: 4 });
  await room.world.clock.advance(30_500);
  const adopter = await room.world.finish(room.start({ waitFor: 'running' }, { caller: 'LAMBDA-2' }));
  expect(await room.world.finish(launcher)).toBe('StartTimedOut');
  expect(held.consumed).toBe(2);
  expect(live(room)).toEqual([adopter.taskArn]);
  expect(room.targets().filter((target) => !target.includes('draining'))).toHaveLength(1);
  expect(room.journal.filter((entry) => entry.kind === 'retiring')).toEqual([]);
});

test('a start whose adoption is delayed does not replace another task if the adopted one has ended meanwhile', async () => {
  const room = await openEngineRoom();
  const first = await room.world.finish(room.start({ waitFor: 'healthy' }));
  const fault = { kind: 'access-denied' } as const;
  const denied = room.world.faults.plant({ operation: 'TagResource', fault, times: Number.POSITIVE_INFINITY });
  const request = { service: 'auth', asked: room.world.clock.now() };
  const restart = restartService(room.ports('RESTARTER'), request, room.context());
  await expect(room.world.finish(restart)).rejects.toMatchObject({ code: 'AwsAccessDenied' });
  denied.remove();
  await room.world.clock.advance(5_000);
  const held = room.world.faults.plant({ operation: 'TagResource', fault: { kind: 'throttle' }, times: 4 });
  const start = room.start({}, { caller: 'LAMBDA-2' });
  await room.world.clock.advance(500);
  const [, newer] = room.world.ecs.admin.tasks();
  room.world.ecs.admin.crashTask(newer?.taskArn ?? '');
  const outcome = await room.world.finish(start);
  expect(held.consumed).toBe(4);
  expect(outcome.taskArn).toBe(first.taskArn);
  expect(live(room)).toEqual([first.taskArn]);
});

// Found by the interleavings with outages of Parameter Store.
test('an operation with a delayed look does not register a task that was marked as retiring after it was read', async () => {
  const room = await openEngineRoom();
  const { taskArn } = await room.world.finish(room.start({ waitFor: 'none' }));
  while (room.tasks()[0] !== 'RUNNING/RUNNING') await room.world.clock.advance(100);
  await room.world.clock.advance(5_000);
  const ports = room.ports('LOOK');
  let heldUp = false;
  const list: typeof ports.tasks.list = async (cluster, startedBy, desiredStatus) => {
    if (desiredStatus === 'STOPPED' && !heldUp) {
      heldUp = true;
      await room.world.clock.sleep(11_000);
    }
    return ports.tasks.list(cluster, startedBy, desiredStatus);
  };
  const slow = { ...ports, tasks: { ...ports.tasks, list } };
  const version = room.world.ecs.admin.tasks()[0]?.version ?? 0;
  const change = { taskArn, version, startedBy: 'start-engines/dev/auth', running: false };
  const look = reconcileChange(slow, change, room.context());
  await room.world.clock.advance(2_000);
  const mark = { asked: room.world.clock.now(), by: 'stop' } as const;
  await room.world.finish(room.ports('STOPPER').tasks.markRetiring(taskArn, mark));
  await room.world.finish(look);
  expect(heldUp).toBe(true);
  expect(room.operations({ caller: 'LOOK' })).not.toContain('RegisterTargets');
  expect(live(room)).toEqual([]);
});

// Found by the interleavings with outages of ECS and of Parameter Store.
test('an operation with a delayed look does not retire a task that has come up since it was read', async () => {
  const room = await openEngineRoom({ mapping: { startTimeoutSeconds: 60 } });
  const start = room.start({ waitFor: 'healthy' });
  while (!room.tasks()[0]?.startsWith('PENDING')) await room.world.clock.advance(100);
  const ports = room.ports('LOOK');
  let heldUp = false;
  const list: typeof ports.tasks.list = async (cluster, startedBy, desiredStatus) => {
    if (desiredStatus === 'STOPPED' && !heldUp) {
      heldUp = true;
      await room.world.clock.sleep(120_000);
    }
    return ports.tasks.list(cluster, startedBy, desiredStatus);
  };
  const [task] = room.world.ecs.admin.tasks();
  const change = { taskArn: task?.taskArn ?? '', version: 1, startedBy: 'start-engines/dev/auth', running: false };
  const look = reconcileChange({ ...ports, tasks: { ...ports.tasks, list } }, change, room.context());
  const outcome = await room.world.finish(start);
  await room.world.finish(look);
  expect(heldUp).toBe(true);
  expect(live(room)).toEqual([outcome.taskArn]);
  expect(room.journal.filter((entry) => entry.kind === 'retiring')).toEqual([]);
});
