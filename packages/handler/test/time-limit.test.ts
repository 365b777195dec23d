import { expect, test } from 'vitest';
import { startSandboxWorld } from './support/sandbox-world.ts';

// Attack review, finding 10: because of unanswered reads, Lambda killed a start half-way, without an error or an outcome.

test.each(['DescribeTasks', 'ListTasks'])(
  'a start ends before its function times out if %s is not answered',
  async (operation) => {
    await using world = await startSandboxWorld({ timeoutSeconds: 25, drainSeconds: 0 });
    const hasLaunched = () => world.changesAfter(0).includes('RunTask');
    const isFromStart = operation === 'ListTasks';
    const matches = () => isFromStart || hasLaunched();
    world.sandbox.faults.plant({ operation, fault: { kind: 'no-answer' }, times: Number.POSITIVE_INFINITY, matches });
    const { thrown } = await world.invoke({ action: 'start', service: 'auth' });
    expect(thrown?.name).toBe(isFromStart ? 'AwsUnavailable' : 'CompensationFailed');
    expect(world.log().map((line) => line.message)).toContain('failed');
  },
);
