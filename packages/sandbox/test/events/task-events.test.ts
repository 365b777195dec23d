import { describe, expect, test } from 'vitest';
import {
  createTaskEventFeed,
  readTaskEventSettings,
  type TaskEventSettings,
} from '../../src/events/task-event-feed.ts';
import { type SandboxOptions, startSandbox } from '../../src/index.ts';
import { createRandom } from '../../src/random.ts';
import { createVirtualClock } from '../../src/virtual-clock.ts';

/** A feed at 2026-01-01T00:00:00Z and its output on the bus, each event as `version@seconds`. */
function openFeed(settings: Partial<TaskEventSettings>, seed = 1) {
  const clock = createVirtualClock();
  const startedAt = clock.now();
  const published: string[] = [];
  const ids: (string | undefined)[] = [];
  const times: (string | undefined)[] = [];
  const feed = createTaskEventFeed({
    clock,
    random: createRandom(seed),
    settings: readTaskEventSettings(settings),
    publish({ detail, id, time }) {
      published.push(`${detail.version}@${(clock.now() - startedAt) / 1_000}`);
      ids.push(id);
      times.push(time?.toISOString());
    },
  });
  /** One change of a task each second. */
  const change = async (from: number, to: number) => {
    for (let version = from; version <= to; version++) {
      feed.accept({ source: 'aws.ecs', detailType: 'ECS Task State Change', detail: { version } });
      await clock.advance(1_000);
    }
  };
  return { clock, feed, published, ids, times, change };
}

const versions = (published: readonly string[]) => published.map((one) => Number(one.split('@')[0]));

describe('events of tasks', () => {
  test('reach the bus once, immediately and in order by default', async () => {
    const { published, change, feed } = openFeed({});
    await change(1, 3);
    expect(published).toEqual(['1@0', '2@1', '3@2']);
    expect(feed.settings()).toEqual({ duplicateChance: 0, delayMs: [0, 0], reorder: false });
  });

  test('keep the time of the change when they are delayed', async () => {
    const { published, times, change, feed, clock } = openFeed({ delayMs: [5_000, 5_000] });
    await change(1, 2);
    expect([published, feed.held()]).toEqual([[], 2]);
    await clock.advance(60_000);
    expect([published, feed.held()]).toEqual([['1@5', '2@6'], 0]);
    expect(times).toEqual(['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:01.000Z']);
  });

  test('are duplicated with the same ID', async () => {
    const { published, ids, change } = openFeed({ duplicateChance: 1 });
    await change(1, 2);
    expect(published).toEqual(['1@0', '1@0', '2@1', '2@1']);
    expect([ids[0] === ids[1], ids[2] === ids[3], ids[1] === ids[2]]).toEqual([true, true, false]);
  });

  test('are duplicated with the configured probability', async () => {
    const { published, change } = openFeed({ duplicateChance: 0.25 }, 5);
    await change(1, 1_000);
    expect(published.length).toBeGreaterThan(1_200);
    expect(published.length).toBeLessThan(1_300);
  });

  test('keep their order with random delays by default', async () => {
    const { published, change, clock } = openFeed({ delayMs: [0, 20_000] });
    await change(1, 50);
    await clock.advance(20_000);
    expect(versions(published)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  });

  test('keep their order even at the moment when a delayed event is due', async () => {
    const { published, change, clock, feed } = openFeed({ delayMs: [5_000, 5_000] });
    clock.after(5_000, () => {
      feed.set({ delayMs: [0, 0] });
      feed.accept({ source: 'aws.ecs', detailType: 'ECS Task State Change', detail: { version: 2 } });
    });
    await change(1, 1);
    await clock.advance(60_000);
    expect(published).toEqual(['1@5', '2@5']);
  });

  test('overtake each other with reorder, within the longest delay', async () => {
    const { published, change, clock } = openFeed({ delayMs: [0, 20_000], reorder: true });
    await change(1, 50);
    await clock.advance(20_000);
    const seen = versions(published);
    expect(seen).toHaveLength(50);
    expect(seen).not.toEqual(seen.toSorted((left, right) => left - right));
    const delays = published.map((one) => Number(one.split('@')[1]) - Number(one.split('@')[0]) + 1);
    expect([Math.min(...delays) >= 0, Math.max(...delays) <= 20]).toEqual([true, true]);
  });

  test('are identical with the same seed', async () => {
    const run = async (seed: number) => {
      const { published, change, clock } = openFeed({ delayMs: [0, 9_000], reorder: true, duplicateChance: 0.5 }, seed);
      await change(1, 20);
      await clock.advance(9_000);
      return published;
    };
    expect(await run(4)).toEqual(await run(4));
    expect(await run(4)).not.toEqual(await run(5));
  });

  test('follow a changed setting, and keep their order', async () => {
    const { published, change, clock, feed } = openFeed({ delayMs: [5_000, 5_000] });
    await change(1, 2);
    feed.set({ delayMs: [0, 0] });
    await change(3, 3);
    feed.set({ reorder: true });
    await change(4, 4);
    await clock.advance(60_000);
    expect(published).toEqual(['4@3', '1@5', '2@6', '3@6']);
  });
});

test.each<[SandboxOptions['taskEvents'], string]>([
  [{ duplicateChance: 2 }, 'taskEvents.duplicateChance is not valid: 2'],
  [{ delayMs: [5, 1] }, 'taskEvents.delayMs is not valid: [5,1]'],
  [{ reorder: 1 as unknown as boolean }, 'taskEvents.reorder is not valid: 1'],
  [{ chance: 1 } as TaskEventSettings & { chance: number }, 'taskEvents.chance is unknown'],
])('%j is rejected', (settings, message) => {
  expect(() => readTaskEventSettings(settings)).toThrow(new RangeError(message));
});

test('the sandbox applies the option, and a change while it runs', async () => {
  await using sandbox = await startSandbox({ durations: 'none', seed: 1, taskEvents: { duplicateChance: 1 } });
  const url = `${sandbox.endpoint}/_sandbox/task-events`;
  const launch = async () => {
    await callEcs(sandbox.endpoint, 'RunTask', {
      cluster: 'dev',
      taskDefinition: 'auth',
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-a'] } },
    });
  };
  await callEcs(sandbox.endpoint, 'CreateCluster', { clusterName: 'dev' });
  await callEcs(sandbox.endpoint, 'RegisterTaskDefinition', {
    family: 'auth',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'auth', image: 'auth:1' }],
  });
  await launch();
  const [first, second] = sandbox.events.recent();
  expect(first).toMatchObject({ 'detail-type': 'ECS Task State Change', detail: { version: 1 } });
  expect(second).toEqual(first);

  const body = JSON.stringify({ delayMs: [3_600_000, 3_600_000], duplicateChance: 0 });
  const changed = await fetch(url, { method: 'PATCH', body });
  expect(await changed.json()).toEqual({ duplicateChance: 0, delayMs: [3_600_000, 3_600_000], reorder: false });
  const held = sandbox.taskEvents.held();
  await launch();
  expect(sandbox.taskEvents.held()).toBeGreaterThan(held);
  expect((await fetch(url, { method: 'PATCH', body: '{"delayMs":5}' })).status).toBe(400);
  expect((await fetch(url, { method: 'PATCH', body: 'null' })).status).toBe(400);
});

async function callEcs(endpoint: string, operation: string, input: object): Promise<void> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      authorization: 'AWS4-HMAC-SHA256 Credential=AKIDTEST/20261123/us-east-2/ecs/aws4_request',
      'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
    },
    body: JSON.stringify(input),
  });
  expect(response.status).toBe(200);
}
