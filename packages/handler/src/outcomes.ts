import { createOutcomeBus } from '@start-engines/aws';
import { type OutcomeBus, outcomeSource } from '@start-engines/core';

type Client = Parameters<typeof createOutcomeBus>[0]['client'];

/**
 * Outcomes as events of source `start-engines`, whose detail is the outcome; told to nobody where no bus is named.
 *
 * @param client makes the client, which a process that tells nothing does not need
 */
export function createOutcomes(eventBusName: string | undefined, client: () => Client): OutcomeBus {
  if (eventBusName === undefined) return { publish: async () => {} };
  return {
    publish({ type, ...detail }) {
      const bus = createOutcomeBus({ client: client(), eventBusName });
      return bus.putEvents([{ source: outcomeSource, detailType: type, detail }]);
    },
  };
}
