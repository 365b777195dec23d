import { createOutcomeBus } from '@start-engines/aws';
import type { OutcomeBus } from '@start-engines/core';

type EventBridgeOptions = Parameters<typeof createOutcomeBus>[0];

/** Outcomes as events of source `start-engines`; told to nobody where no bus is named. */
export function createOutcomes(
  eventBusName: string | undefined,
  client: () => EventBridgeOptions['client'],
): OutcomeBus {
  if (eventBusName === undefined) return { publish: async () => {} };
  return {
    async publish({ type, ...detail }) {
      const bus = createOutcomeBus({ client: client(), eventBusName });
      await bus.putEvents([{ source: 'start-engines', detailType: type, detail: { ...detail } }]);
    },
  };
}
