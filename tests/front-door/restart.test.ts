import { afterAll, beforeAll, expect, test } from 'vitest';
import { worldService } from '../../scripts/world/services.ts';
import { type FrontDoor, openFrontDoor } from './open-front-door.ts';

const auth = worldService('auth');
const until = { timeout: 30_000, interval: 50 };

let door: FrontDoor;
beforeAll(async () => {
  door = await openFrontDoor({ speed: 4, world: { services: [auth] } });
  await door.invoke({ action: 'start', service: 'auth', wait: 'healthy' });
});
afterAll(() => door[Symbol.asyncDispose]());

async function greeting(): Promise<string | undefined> {
  const response = await fetch(`${await door.sandbox.loadBalancerUrl()}/api/auth/hello`);
  return ((await response.json()) as { environment: Record<string, string> }).environment.GREETING;
}

test('a restart starts a task with the current mapping, and then stops the old one', async () => {
  const [old] = door.live('auth');
  await door.putMapping(auth, { environment: { GREETING: 'edited' } });
  const { value } = await door.invoke({ action: 'restart', service: 'auth' });
  expect(value).toMatchObject({
    statusCode: 200,
    body: { service: 'auth', healthStatus: 'healthy', reused: false, replacedTasks: [old] },
  });
  expect(door.live('auth')).toEqual([value?.body.taskArn]);
  expect(door.registered('auth-lb')).toEqual([`${value?.body.privateIp}:8080`]);
  expect(await greeting()).toBe('edited');
});

test('the same restart, delivered twice by the bus, launches one new task', async () => {
  const before = door.tasks('auth').length;
  const [old] = door.live('auth');
  door.sandbox.events.setDuplicateChance(1);
  await door.put('Restart ECS Task', { service: 'auth' });
  await expect.poll(() => door.live('auth').filter((arn) => arn !== old).length, until).toBe(1);
  await expect.poll(() => door.sandbox.lambda.pendingEvents(), until).toBe(0);
  door.sandbox.events.setDuplicateChance(0);
  await expect.poll(() => door.live('auth').length, until).toBe(1);
  expect(door.live('auth')).not.toEqual([old]);
  expect(door.tasks('auth').length - before).toBe(1);
});

test('if the new task does not become healthy, the old one keeps serving, and the caller gets the error', async () => {
  const [old] = door.live('auth');
  const serving = door.registered('auth-lb');
  await door.putMapping(auth, { environment: { GREETING: 'broken', UNHEALTHY: 'true' }, healthyTimeoutSeconds: 5 });
  const { thrown } = await door.invoke({ action: 'restart', service: 'auth' });
  expect(thrown?.name).toBe('TargetNotHealthy');
  await expect.poll(() => door.live('auth'), until).toEqual([old]);
  expect(door.registered('auth-lb')).toEqual(serving);
  expect(await greeting()).toBe('edited');
});
