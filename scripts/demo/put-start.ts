import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { WorldClients } from '../world/clients.ts';

/** Puts `Start ECS Task` on the bus for each service. @throws Error when the bus refuses any: PutEvents answers 200. */
export async function putStartEvents(
  { events }: WorldClients,
  services: readonly string[],
  detail: Readonly<Record<string, unknown>> = { waitForHealthy: true },
): Promise<void> {
  const reply = await events.send(
    new PutEventsCommand({
      Entries: services.map((service) => ({
        Source: 'custom.app',
        DetailType: 'Start ECS Task',
        Detail: JSON.stringify({ service, ...detail }),
      })),
    }),
  );
  const refused = reply.Entries?.filter((entry) => entry.ErrorCode !== undefined) ?? [];
  if (reply.FailedEntryCount !== 0) {
    throw new Error(
      `the bus refused ${reply.FailedEntryCount} events: ${refused.map(({ ErrorMessage }) => ErrorMessage).join('; ')}`,
    );
  }
}
