import { expect } from 'vitest';
import type { Behaviour } from './suite.ts';

const started = { source: 'start-engines', detailType: 'Service Started', detail: { service: 'auth' } };

export function describeOutcomes(behaviour: Behaviour): void {
  behaviour('outcomes are put on the bus', async (world) => {
    const putting = world.outcomes.putEvents(Array.from({ length: 11 }, () => started));
    await expect(putting).resolves.toBeUndefined();
  });

  behaviour('R51: an outcome that the bus refuses is an error', async (world) => {
    await expect(world.outcomes.putEvents([started, { ...started, detailType: '' }])).rejects.toMatchObject({
      name: 'AwsRejected',
      context: {
        service: 'EventBridge',
        operation: 'PutEvents',
        refused: [{ index: 1, awsCode: 'InvalidArgument', message: expect.any(String) }],
      },
    });
  });
}
