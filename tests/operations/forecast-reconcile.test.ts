import { forecastReconcile, reconcileAll } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

const forecast = (room: EngineRoom) => room.world.finish(forecastReconcile(room.ports('FORECASTER'), room.context()));
const reconcile = (room: EngineRoom) => room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));

/** A drift: how to cause it, its description, and what reconcile does about it. */
const drifts: readonly {
  readonly name: string;
  readonly open: () => Promise<EngineRoom>;
  readonly drift: readonly RegExp[];
  readonly does: readonly string[];
}[] = [
  {
    name: 'a task that is not registered',
    async open() {
      const room = await openEngineRoom();
      await room.world.finish(room.start({ waitFor: 'none' }));
      await room.world.clock.advance(60_000);
      return room;
    },
    drift: [/^Task [0-9a-f]{32} is running and not registered in auth\.$/],
    does: ['registered'],
  },
  {
    name: 'the target of a crashed task',
    async open() {
      const room = await openEngineRoom();
      const { taskArn } = await room.world.finish(room.start({ waitFor: 'healthy' }));
      room.world.ecs.admin.crashTask(taskArn);
      await room.world.clock.advance(60_000);
      return room;
    },
    drift: [/^Target [0-9.]+:8080 of auth is left over from task [0-9a-f]{32}, which has ended\.$/],
    does: ['deregistered'],
  },
  {
    name: 'a target that belongs to no task',
    async open() {
      const room = await openEngineRoom();
      await room.world.client('elasticloadbalancing', 'SET-UP').call('RegisterTargets', {
        TargetGroupArn: room.targetGroupArn,
        Targets: [{ Id: '10.9.9.9', Port: 8080 }],
      });
      await room.world.clock.advance(5_000);
      return room;
    },
    drift: [/^Target 10\.9\.9\.9:8080 of auth belongs to no task of the service\.$/],
    does: ['deregistered'],
  },
  {
    name: 'a task that is long overdue',
    async open() {
      const room = await openEngineRoom({ durations: { imagePullMs: [900_000, 900_000] } });
      await room.world.finish(room.start({ waitFor: 'none' }));
      await room.world.clock.advance(330_000);
      return room;
    },
    drift: [/^Task [0-9a-f]{32} is past its deadline and still ACTIVATING\.$/],
    does: ['tasksRetired', 'tasksStopped'],
  },
  {
    name: 'a stop whose process died after it marked the task',
    async open() {
      const room = await openEngineRoom();
      const { taskArn } = await room.world.finish(room.start({ waitFor: 'healthy' }));
      await room.ports('DEAD').tasks.markRetiring(taskArn, { asked: room.world.clock.now(), by: 'stop' });
      await room.world.clock.advance(5_000);
      return room;
    },
    drift: [/^Task [0-9a-f]{32} has been retiring since 20[0-9T:.-]+Z and is still live\.$/],
    does: ['deregistered', 'tasksStopped'],
  },
];

describe('a dry run of reconcile', () => {
  test.each(drifts)(
    'reports $name, changes nothing, and forecasts exactly what reconcile does',
    async ({ open, drift, does }) => {
      const room = await open();
      const published = room.outcomes.length;
      const [predicted, ...others] = await forecast(room);

      expect(others).toEqual([]);
      expect(predicted?.drift).toEqual(drift.map((words) => expect.stringMatching(words)));
      expect(room.operations({ mutating: true, caller: 'FORECASTER' })).toEqual([]);
      expect(room.outcomes).toHaveLength(published);

      const [done] = await reconcile(room);
      const { drift: _, ...expected } = predicted ?? { drift: [] };
      expect(done).toEqual(expected);
      const happened = Object.entries(done ?? {}).filter(([, list]) => Array.isArray(list) && list.length > 0);
      expect(happened.map(([what]) => what)).toEqual(does);
    },
  );

  test('finds nothing if there is no drift', async () => {
    const room = await openEngineRoom();
    await room.world.finish(room.start({ waitFor: 'healthy' }));
    await room.world.clock.advance(10_000);
    expect(await forecast(room)).toEqual([]);
  });

  test('R44: a correct target that is not healthy yet is no drift', async () => {
    const room = await openEngineRoom();
    room.world.runtime.statusCodeFor(() => 503);
    await room.world.finish(room.start());
    await room.world.clock.advance(60_000);
    expect(await forecast(room)).toEqual([]);
  });

  test('R46: a mapping whose port was edited under a live task moves nothing, in a dry run and without', async () => {
    const room = await openEngineRoom();
    const { privateIp } = await room.world.finish(room.start({ waitFor: 'healthy' }));
    await room.putMapping({ port: 8081 });
    await room.world.clock.advance(60_000);
    expect([await forecast(room), await reconcile(room)]).toEqual([[], []]);
    expect(room.targets()).toEqual([`${privateIp}:8080 healthy`]);
  });
});
