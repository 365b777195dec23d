import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sleepingService } from '../../scripts/world/services.ts';
import { type FrontDoor, openFrontDoor } from './open-front-door.ts';

/** What a client was answered: the status, and what the activator says about itself. */
interface Answered {
  readonly status: number;
  readonly activator: string | readonly string[] | null;
  readonly body: string;
}

let door: FrontDoor;
let url = '';
beforeAll(async () => {
  door = await openFrontDoor({
    durations: 'quick',
    world: { services: [sleepingService], environment: { ROUTE_SETTLE_SECONDS: '1' } },
  });
  url = `${await door.sandbox.loadBalancerUrl()}/api/wiki/hello`;
}, 60_000);
afterAll(() => door[Symbol.asyncDispose]());

/** Not by fetch, which sends Sec-Fetch-Mode of its own. */
function get(headers: Record<string, string> = { accept: 'application/json' }): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers, agent: false }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      const activator = response.headers['x-start-engines'] ?? null;
      resolve({ status: response.statusCode ?? 0, activator, body: Buffer.concat(chunks).toString() });
    });
    sent.on('error', reject).end();
  });
}

async function until(isDone: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; !(await isDone()); tries += 1) {
    if (tries > 400) throw new Error('it did not happen within 40 s');
    await delay(100);
  }
}

test('a request to a sleeping service is answered, wakes it, and is served when it is up', {
  timeout: 90_000,
}, async () => {
  const first = await get();
  expect(first).toMatchObject({ status: 503, activator: 'starting' });
  expect(JSON.parse(first.body)).toEqual({
    type: 'about:blank',
    title: 'The service is starting',
    status: 503,
    service: 'wiki',
    state: 'starting',
    retryAfterSeconds: expect.any(Number),
    requestId: expect.any(String),
  });
  const page = await get({ accept: 'text/html', 'sec-fetch-mode': 'navigate' });
  expect(page.status).toBe(503);
  expect(page.body).toMatch(/^<!doctype html>/i);

  const seen = new Set<string>();
  await until(async () => {
    const { status, activator } = await get();
    seen.add(`${status} ${activator}`);
    return status === 200;
  });
  expect([...seen]).toEqual(['503 starting', '200 null']);
  expect(door.tasks('wiki')).toHaveLength(1);
  await until(() => door.outcomes().some(([type]) => type === 'Service Started'));
});

test('a stop sends requests to the activator before the task leaves', { timeout: 90_000 }, async () => {
  const answers: string[] = [];
  let isOver = false;
  // A monitor asks all the time, and its requests wake nothing.
  const monitor = (async () => {
    while (!isOver) {
      const { status, activator } = await get({ 'user-agent': 'UptimeRobot/2.0' });
      answers.push(`${status} ${activator}`);
      await delay(20);
    }
  })();
  const { value } = await door.invoke({ action: 'stop', service: 'wiki' });
  await delay(1_000);
  isOver = true;
  await monitor;
  expect(value?.body.results).toMatchObject([{ service: 'wiki', status: 'stopped' }]);
  expect([...new Set(answers)].toSorted()).toEqual(['200 null', '503 starting']);
  expect(door.live('wiki')).toEqual([]);
});

// A wake that does not see the stop's mark yet adopts the task, which then stays.
test('a request during the stop leads to one running task', { timeout: 90_000 }, async () => {
  await door.invoke({ action: 'start', service: 'wiki' });
  const before = door.tasks('wiki').length;
  const stopping = door.invoke({ action: 'stop', service: 'wiki' });
  await until(async () => (await get()).activator !== null);
  await stopping;
  await until(async () => (await get()).status === 200);
  expect([before, before + 1]).toContain(door.tasks('wiki').length);
  expect(door.live('wiki')).toHaveLength(1);
});

test('a body over a megabyte is too large, and a WebSocket is refused', { timeout: 60_000 }, async () => {
  await door.invoke({ action: 'stop', service: 'wiki' });
  const body = 'x'.repeat(1_048_577);
  expect((await fetch(url, { method: 'POST', body })).status).toBe(413);
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
  expect((await get(upgrade)).status).toBe(400);
});
