import { expect, test } from 'vitest';
import { openEngineRoom } from './engine-room.ts';

// Attack review, finding 17: invented names were published while Parameter Store did not answer.

const codeOf = (start: Promise<unknown>) =>
  start.then(
    () => 'started',
    (error: { code: string }) => error.code,
  );

test('a name that may not exist is not published while Parameter Store does not answer', async () => {
  const room = await openEngineRoom();
  const fault = { kind: 'server-error' } as const;
  room.world.faults.plant({ operation: 'GetParameters', fault, times: Number.POSITIVE_INFINITY });
  const start = codeOf(room.start({ service: 'invented' }, { timeoutMs: 60_000 }));
  expect(await room.world.finish(start)).toBe('MappingUnavailable');
  expect(room.outcomes).toEqual([]);
});
