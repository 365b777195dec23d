import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { receivedEvents } from './call-function.ts';
import type { Probe } from './probe.ts';
import type { ProbeWorld } from './world.ts';

/** Probes of EventBridge and of asynchronous invocations. */
export const eventProbes: readonly Probe[] = [
  {
    fact: 'AWS-028',
    async run(world) {
      const life = await world.taskLife();
      const arn = life.launched.taskArn ?? '';
      const stopped = (events: readonly { readonly event: Readonly<Record<string, unknown>> }[]) =>
        events.some(({ event }) => detailOf(event).lastStatus === 'STOPPED');
      const events = await receivedEvents(world, arn, stopped, 60_000);
      const versions = events.map(({ event }) => Number(detailOf(event).version));
      const statuses = new Set(events.map(({ event }) => detailOf(event).lastStatus));
      const ordered = versions.every((version, index) => index === 0 || version > (versions[index - 1] ?? 0));
      const repeated = versions.length - new Set(versions).size;
      return {
        holds: ['RUNNING', 'STOPPED'].every((status) => statuses.has(status)),
        observed: `${events.length} events, ${repeated} duplicates, ${ordered ? 'in order' : 'not in order'}`,
      };
    },
  },
  {
    fact: 'AWS-048',
    async run(world) {
      const id = world.unique();
      const Payload = JSON.stringify({ id, fail: true });
      await world.clients.lambda.send(
        new InvokeCommand({ FunctionName: world.resources.functionName, InvocationType: 'Event', Payload }),
      );
      const attempts = await receivedEvents(world, id, (events) => events.length >= 3, 330_000);
      const gaps = attempts.slice(1).map(({ at }, index) => at - (attempts[index]?.at ?? at));
      return {
        holds: attempts.length === 3 && (gaps[1] ?? 0) > (gaps[0] ?? 0),
        observed: `${attempts.length} attempts, after ${gaps.join(' and ')} ms`,
        ...(gaps.length === 2 ? { measured: { asynchronousRetryMs: gaps } } : {}),
      };
    },
  },
  {
    fact: 'AWS-050',
    async run(world) {
      const entry = { Source: 'field-test', DetailType: 'Field Test' };
      const reply = await world.clients.events.send(
        new PutEventsCommand({
          Entries: [
            { ...entry, Detail: '{}' },
            { ...entry, Detail: 'not JSON' },
          ],
        }),
      );
      const [good, bad] = reply.Entries ?? [];
      return {
        holds: reply.FailedEntryCount === 1 && good?.EventId !== undefined && bad?.ErrorCode !== undefined,
        observed: `FailedEntryCount ${reply.FailedEntryCount}, ${bad?.ErrorCode}`,
      };
    },
  },
  {
    fact: 'AWS-052',
    async run(world) {
      const delays: number[] = [];
      for (let count = 0; count < 5; count += 1) {
        const delay = await deliver(world);
        if (delay !== undefined) delays.push(delay);
      }
      const middle = delays.toSorted((one, other) => one - other)[2];
      return {
        holds: delays.length === 5 && (middle ?? 0) < 2_000,
        observed: `${delays.length} of 5 delivered, after ${delays.join(', ')} ms`,
        measured: { eventDeliveryMs: delays },
      };
    },
  },
];

function detailOf(event: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return (event.detail ?? {}) as Readonly<Record<string, unknown>>;
}

async function deliver(world: ProbeWorld): Promise<number | undefined> {
  const id = world.unique();
  const from = Date.now();
  const Entries = [{ Source: world.resources.prefix, DetailType: 'Field Test', Detail: JSON.stringify({ id }) }];
  await world.clients.events.send(new PutEventsCommand({ Entries }));
  const [received] = await receivedEvents(world, id, (events) => events.length > 0, 60_000);
  return received === undefined ? undefined : Math.max(0, received.at - from);
}
