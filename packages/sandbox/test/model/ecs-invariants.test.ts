import { expect, test } from 'vitest';
import { createRandom } from '../../src/random.ts';
import { createEcsWorld, type EcsWorld, runInput } from './ecs-world.ts';

const order = [
  'PROVISIONING',
  'PENDING',
  'ACTIVATING',
  'RUNNING',
  'DEACTIVATING',
  'STOPPING',
  'DEPROVISIONING',
  'STOPPED',
];

/** A random event in the world. */
async function act(world: EcsWorld, random: ReturnType<typeof createRandom>): Promise<void> {
  const live = world.model.admin.tasks().filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  const victim = live.length === 0 ? undefined : random.pick(live).taskArn;
  switch (random.integer(0, 5)) {
    case 0:
    case 1:
      await world.call('RunTask', { ...runInput, clientToken: `token-${random.integer(1, 30)}` });
      break;
    case 2:
      if (victim !== undefined) await world.call('StopTask', { cluster: 'main', task: victim });
      break;
    case 3:
      if (victim !== undefined) world.model.admin.crashTask(victim);
      break;
    case 4:
      if (victim !== undefined) world.model.admin.interruptSpot(victim);
      break;
    default:
      await world.clock.advance(random.integer(1, 3_000));
  }
}

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('hold in a random run with seed %d', async (seed) => {
  const world = await createEcsWorld({ seed });
  world.model.admin.setIpReuseChance(0.5);
  const random = createRandom(seed);
  for (let step = 0; step < 200; step++) {
    await act(world, random);
    const ips = world.model.admin
      .tasks()
      .flatMap(({ containers, lastStatus }) => (lastStatus === 'STOPPED' ? [] : containers))
      .flatMap(({ networkInterfaces }) => networkInterfaces.map(({ privateIpv4Address }) => privateIpv4Address));
    expect(new Set(ips).size, 'live tasks share an address').toBe(ips.length);
  }
  for (const { taskArn } of world.model.admin.tasks()) {
    await world.call('StopTask', { cluster: 'main', task: taskArn });
  }
  await world.clock.advance(200_000);

  expect(world.model.admin.tasks().every(({ lastStatus }) => lastStatus === 'STOPPED')).toBe(true);
  expect(world.clock.pending, 'timers are left').toBe(0);
  for (const { taskArn } of world.model.admin.tasks()) {
    const events = world.events.filter((event) => event.taskArn === taskArn);
    expect(events.map(({ version }) => version)).toEqual(events.map((_, index) => index + 1));
    const statuses = events.map(({ lastStatus }) => order.indexOf(String(lastStatus)));
    expect(statuses).toEqual(statuses.toSorted((left, right) => left - right));
    const desired = events.map(({ desiredStatus }) => desiredStatus);
    expect(desired.lastIndexOf('RUNNING')).toBeLessThan(desired.indexOf('STOPPED'));
  }
});
