import { expect, test } from 'vitest';
import { openEngineRoom } from './engine-room.ts';

// Attack review, case 01.
test.each([
  'Error retrieving security group information for [sg-0aaaaaaaaaaaaaaa1]: An internal error has occurred (ErrorCode: InternalError)',
  'Error retrieving subnet information for [subnet-0aaaaaaaaaaaaaaa1]: The service is unavailable. (ErrorCode: Unavailable)',
])('a transient EC2 fault does not fail a start: %s', async (message) => {
  const room = await openEngineRoom();
  const fault = { kind: 'error', code: 'InvalidParameterException', message } as const;
  room.world.faults.plant({ operation: 'RunTask', times: 2, fault });
  expect((await room.world.finish(room.start())).reused).toBe(false);
});
