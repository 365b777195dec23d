import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { WorldClients } from '../world/clients.ts';

type Detail = Readonly<Record<string, unknown>>;

/** Puts a `Start ECS Task` event for each service. @throws Error if the bus rejects one */
export function putStartEvents(
  clients: WorldClients,
  services: readonly string[],
  detail: Detail = { waitForHealthy: true },
): Promise<void> {
  const details = services.map((service) => ({ service, ...detail }));
  return putEvents(clients, 'Start ECS Task', details);
}

/** Puts one event for each detail. @throws Error if the bus rejects one, although PutEvents returns 200 */
export async function putEvents(
  { events }: WorldClients,
  detailType: string,
  details: readonly Detail[],
): Promise<void> {
  const reply = await events.send(
    new PutEventsCommand({
      Entries: details.map((detail) => ({
        Source: 'custom.app',
        DetailType: detailType,
        Detail: JSON.stringify(detail),
      })),
    }),
  );
  const refused = reply.Entries?.filter((entry) => entry.ErrorCode !== undefined) ?? [];
  if (reply.FailedEntryCount !== 0) {
    throw new Error(
      `the bus rejected ${reply.FailedEntryCount} events: ${refused.map(({ ErrorMessage }) => ErrorMessage).join('; ')}`,
    );
  }
}
