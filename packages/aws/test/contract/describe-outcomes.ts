import { expect } from 'vitest';
import type { Behaviour } from './suite.ts';

const started = { source: 'start-engines', detailType: 'Service Started', detail: { service: 'auth' } };

export function describeOutcomes(behaviour: Behaviour): void {
  behaviour('an outcome is put on the bus', async (world) => {
    await expect(world.eventBus.put(started)).resolves.toBeUndefined();
  });

  behaviour('R51: an outcome that the bus refuses is an error', async (world) => {
    await expect(world.eventBus.put({ ...started, detailType: '' })).rejects.toMatchObject({
      name: 'AwsRejected',
      context: { service: 'EventBridge', operation: 'PutEvents', awsCode: 'InvalidArgument' },
    });
  });
}
