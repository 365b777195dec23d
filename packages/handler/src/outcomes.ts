import { createEventBus } from '@start-engines/aws';
import { type OutcomeBus, outcomeSource } from '@start-engines/core';

type Client = Parameters<typeof createEventBus>[0]['client'];

/**
 * Publishes outcomes as events whose detail is the outcome. Without a bus, nothing is published.
 *
 * @param client creates the client, which a process that publishes nothing does not need
 */
export function createOutcomes(eventBusName: string | undefined, client: () => Client): OutcomeBus {
  if (eventBusName === undefined) return { publish: async () => {} };
  return {
    publish({ type, ...detail }) {
      const bus = createEventBus({ client: client(), eventBusName });
      return bus.put({ source: outcomeSource, detailType: type, detail });
    },
  };
}
