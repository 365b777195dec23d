import { reconcileChange, type TaskChange, wakeService } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

const now = (room: EngineRoom) => room.world.clock.now();

function wake(room: EngineRoom, { askedAgoMs = 0, caller = 'WAKE' } = {}) {
  const request = { service: 'auth', asked: now(room) - askedAgoMs };
  return wakeService(room.ports(caller), request, room.context());
}

/** Why the wake was refused. */
async function refusalOf(room: EngineRoom, options = {}): Promise<string> {
  const ended = wake(room, options).then(
    () => 'not refused',
    (error) => `${error.code}: ${error.message}`,
  );
  return room.world.finish(ended);
}

/** The state that the activator shows. */
async function activation(room: EngineRoom): Promise<unknown> {
  const Names = ['/start-engines/dev/activation/auth'];
  const { Parameters } = await room.world.client('ssm', 'SET-UP').call('GetParameters', { Names });
  const [parameter] = Parameters as { Value: string }[];
  return parameter === undefined ? undefined : JSON.parse(parameter.Value);
}

/** ECS reports the task's next state, and the function handles the event. */
async function follow(room: EngineRoom, taskArn: string, lastStatus: string): Promise<void> {
  const taskNow = () => room.world.ecs.admin.tasks().find((task) => task.taskArn === taskArn);
  while (taskNow()?.lastStatus !== lastStatus) await room.world.clock.advance(1_000);
  const { version = 0 } = taskNow() ?? {};
  const change: TaskChange = {
    taskArn,
    version,
    startedBy: 'start-engines/dev/auth',
    running: lastStatus === 'RUNNING',
  };
  await room.world.finish(reconcileChange(room.ports('CHANGE'), change, room.context()));
}

describe('a request to a service that is down', () => {
  test('starts it, and returns as soon as the task is launched', async () => {
    const room = await openEngineRoom({ wakes: true });
    const from = now(room);
    const outcome = await room.world.finish(wake(room));
    expect(outcome).toMatchObject({ reused: false, waitedFor: 'none' });
    expect(room.tasks()).toEqual(['PROVISIONING/RUNNING']);
    expect(await activation(room)).toEqual({ state: 'starting', since: new Date(from).toISOString() });

    await follow(room, outcome.taskArn, 'RUNNING');
    expect(await room.route()).toBe('1:0');
    expect(room.outcomes.map(({ type }) => type)).toEqual(['Service Started']);
    expect(await activation(room)).toEqual({
      state: 'up',
      since: expect.any(String),
      usualStartSeconds: expect.any(Number),
    });
  });

  test('starts one task even if many requests arrive at the same moment', async () => {
    const room = await openEngineRoom({ wakes: true });
    const wakes = Array.from({ length: 20 }, (_, index) => wake(room, { caller: `WAKE-${index}` }));
    await room.world.finish(Promise.all(wakes));
    expect(room.tasks()).toEqual(['PROVISIONING/RUNNING']);
  });

  test('is refused after five minutes', async () => {
    const room = await openEngineRoom({ wakes: true });
    expect(await refusalOf(room, { askedAgoMs: 300_001 })).toBe(
      'WakeRefused: A request does not start service "auth": the request was made more than five minutes ago.',
    );
    expect(room.tasks()).toEqual([]);
  });

  test('starts no service whose mapping has no wake', async () => {
    const room = await openEngineRoom();
    expect(await refusalOf(room)).toBe(
      'WakeRefused: A request does not start service "auth": its mapping has no "wake".',
    );
    expect(room.operations({ mutating: true })).toEqual([]);
  });
});

describe('a service that fails to start', () => {
  /** Wakes it, and lets its task fail. */
  async function failOnce(room: EngineRoom): Promise<void> {
    const { taskArn } = await room.world.finish(wake(room));
    await follow(room, taskArn, 'STOPPED');
  }

  async function brokenRoom(): Promise<EngineRoom> {
    return openEngineRoom({ wakes: true, image: 'public.ecr.aws/start-engines/missing:1' });
  }

  test('is started three times, then requests wait for 30 s', async () => {
    const room = await brokenRoom();
    for (const _ of [1, 2, 3]) await failOnce(room);
    expect(await refusalOf(room)).toMatch(/^WakeRefused: .* its last starts failed, and requests wait until /);
    expect(await activation(room)).toMatchObject({ state: 'failed', retryAt: expect.any(String) });

    await room.world.clock.advance(30_000);
    await failOnce(room);
    expect(room.tasks()).toHaveLength(4);
  });

  test('is started at once on an operator’s request, and the count begins again', async () => {
    const room = await brokenRoom();
    for (const _ of [1, 2, 3]) await failOnce(room);
    const { taskArn } = await room.world.finish(room.start({ waitFor: 'none' }));
    await follow(room, taskArn, 'STOPPED');
    await failOnce(room);
    expect(room.tasks()).toHaveLength(5);
  });
});
