import { expect, test } from 'vitest';
import { createElbWorld, makeRegisteredTarget } from './elb-world.ts';

test('a new target is registered, checked once and healthy', async () => {
  const world = createElbWorld();
  const { targetGroupArn } = await makeRegisteredTarget(world);

  const seen = [await world.health(targetGroupArn)];
  for (const milliseconds of [1_999, 1, 999, 1]) {
    await world.clock.advance(milliseconds);
    seen.push(await world.health(targetGroupArn));
  }

  expect(seen).toEqual([
    ['10.0.0.5:8080 initial Elb.RegistrationInProgress'],
    ['10.0.0.5:8080 initial Elb.RegistrationInProgress'],
    ['10.0.0.5:8080 initial Elb.InitialHealthChecking'],
    ['10.0.0.5:8080 initial Elb.InitialHealthChecking'],
    ['10.0.0.5:8080 healthy'],
  ]);
  expect(world.checks).toEqual([{ ip: '10.0.0.5', port: 8080, path: '/health', timeoutMs: 5_000 }]);
});
