import { reconcileAll, reconcileChange, restartService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { openEngineRoom } from '../operations/engine-room.ts';

test('a restart that cannot read health keeps a healthy service', async () => {
  // Attack review, finding 1: the reconcile after ECS's event saw the new task healthy and retired the old one. The restart could
  // not read health, gave up, and stopped the new one, too.
  const room = await openEngineRoom({ mapping: { containerName: 'app', drainSeconds: 5, healthyTimeoutSeconds: 60 } });
  const { world } = room;
  const old = await world.finish(room.start({ waitFor: 'healthy' }));
  await world.clock.advance(60_000);
  const asked = world.clock.now();
  world.faults.plant({
    operation: 'DescribeTargetHealth',
    caller: 'RESTARTER',
    fault: { kind: 'throttle' },
    times: Number.POSITIVE_INFINITY,
    matches: () => room.targets().length > 1 || world.clock.now() > asked + 30_000,
  });
  const reconciles: Promise<unknown>[] = [];
  world.ecs.onTaskStateChange((detail) => {
    const { taskArn, version, startedBy, lastStatus, desiredStatus } = detail as Record<string, string>;
    if (taskArn === old.taskArn || lastStatus !== 'RUNNING' || desiredStatus !== 'RUNNING') return;
    const change = { taskArn: taskArn ?? '', version: Number(version), startedBy: startedBy ?? '', running: true };
    reconciles.push(reconcileChange(room.ports('EVENT'), change, room.context()));
  });
  const restarting = restartService(room.ports('RESTARTER'), { service: 'auth', asked }, room.context());
  const ended = restarting.catch(() => undefined);
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  let secondsWithoutTarget = 0;
  while (!isOver) {
    await world.clock.advance(1_000);
    if (!room.targets().some((target) => target.endsWith(' healthy'))) secondsWithoutTarget += 1;
  }
  expect(reconciles).toHaveLength(1);
  await world.finish(Promise.all(reconciles));
  await world.finish(reconcileAll(room.ports('SCHEDULE'), room.context()));
  await world.clock.advance(60_000);
  expect(secondsWithoutTarget).toBe(0);
  expect(room.tasks().filter((task) => task === 'RUNNING/RUNNING')).toHaveLength(1);
  expect(room.targets()).toEqual([expect.stringContaining(' healthy')]);
});

test.each(['a later start', 'the same event'])(
  'a start that can no longer read health keeps a task that was reported as up to %s',
  async (who) => {
    // Attack review, finding 5.
    const room = await openEngineRoom({
      mapping: { containerName: 'app', drainSeconds: 1, healthyTimeoutSeconds: 30 },
    });
    const { world } = room;
    world.faults.plant({
      operation: 'DescribeTargetHealth',
      caller: 'LAUNCHER',
      fault: { kind: 'throttle' },
      times: Number.POSITIVE_INFINITY,
      matches: () => room.targets().length > 0,
    });
    const asked = world.clock.now();
    const launching = room
      .start({ asked, waitFor: 'healthy' }, { caller: 'LAUNCHER' })
      .catch((error: { code: string }) => error.code);
    await world.clock.advance(1_000);
    const again = who === 'the same event' ? { asked } : {};
    const adopted = await world.finish(room.start({ ...again, waitFor: 'healthy' }, { caller: 'ADOPTER' }));
    await world.finish(launching);
    await world.clock.advance(120_000);
    expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
    expect(room.targets()).toEqual([`${adopted.privateIp}:8080 healthy`]);
  },
);
