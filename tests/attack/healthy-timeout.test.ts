import { expect, test } from 'vitest';
import { openEngineRoom } from '../operations/engine-room.ts';

// Attack review, finding 9: each look restarted the time-out of a start that had adopted its task, until Lambda's time was up.

test('a start that adopts an unhealthy task gives up when the healthy time-out is over', async () => {
  const room = await openEngineRoom({ mapping: { containerName: 'app', healthyTimeoutSeconds: 30 } });
  const { world } = room;
  world.runtime.statusCodeFor(() => 503);
  await world.finish(room.start({ waitFor: 'running' }));
  for (const caller of ['ADOPTER-1', 'ADOPTER-2']) {
    const begunAt = world.clock.now();
    const adopting = room.start({ waitFor: 'healthy' }, { caller, timeoutMs: 900_000 });
    const code = await world.finish(adopting.catch((error: { code: string }) => error.code));
    expect(code).toBe('TargetNotHealthy');
    // By the virtual clock: the timeout, and a few calls.
    expect(world.clock.now() - begunAt).toBeLessThan(35_000);
  }
  expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
});
