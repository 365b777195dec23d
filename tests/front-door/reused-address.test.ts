import { expect, test } from 'vitest';
import { worldService } from '../../scripts/world/services.ts';
import { openFrontDoor, renamed } from './open-front-door.ts';

const until = { timeout: 30_000, interval: 50 };

test('R34: an address that another service’s task reuses gets no traffic for the crashed one', async () => {
  const services = [worldService('auth'), renamed('auth', 'quarry')];
  // Addresses belong to a subnet.
  const defaults = { subnets: ['subnet-0a1b2c3d4e5f60718'] };
  await using door = await openFrontDoor({ world: { services, eventPath: false, defaults } });
  const url = await door.sandbox.loadBalancerUrl();
  door.sandbox.ecs.setIpReuseChance(1);
  await door.invoke({ action: 'start', service: 'quarry', wait: 'healthy' });
  const address = door.registered('quarry-tg');
  door.sandbox.ecs.crashTask(door.live('quarry')[0] ?? '');
  await expect.poll(() => door.tasks('quarry').map((task) => task.lastStatus), until).toEqual(['STOPPED']);
  await door.invoke({ action: 'start', service: 'auth', wait: 'healthy' });
  expect([door.registered('auth-lb'), door.registered('quarry-tg')]).toEqual([address, address]);
  const wrong = (await (await fetch(`${url}/api/quarry/hello`)).json()) as { service: string };
  expect(wrong.service).toBe('auth');

  const { value } = await door.invoke({ action: 'reconcile' });
  expect(value).toMatchObject({ body: { results: [{ service: 'quarry', deregistered: [{ port: 8080 }] }] } });
  expect([door.registered('auth-lb'), door.registered('quarry-tg')]).toEqual([address, []]);
  await expect.poll(async () => (await fetch(`${url}/api/quarry/hello`)).status, until).toBe(503);
  expect((await fetch(`${url}/api/auth/hello`)).status).toBe(200);
});
