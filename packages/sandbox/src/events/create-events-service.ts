import type { SandboxClock } from '../clock.ts';
import type { DurationRange } from '../durations.ts';
import type { Operations } from '../operation.ts';
import type { Random } from '../random.ts';
import { createDelivery, type UndeliveredEvent } from './deliver-events.ts';
import { type BusEvent, drawUuid, type EventToPublish, toEventTime } from './event.ts';
import { putEvents } from './put-events.ts';
import { createRuleOperations } from './rule-operations.ts';
import { EventBuses } from './rules.ts';
import { createTargetOperations } from './target-operations.ts';

export interface EventsServiceOptions {
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly region: string;
  readonly accountId: string;
  readonly deliveryMs: DurationRange;
  /** Probability that an event is delivered twice, 0 to 1. */
  readonly duplicateChance: number;
  /** Adds a payload to a Lambda function's queue. @throws AwsError if Lambda rejects it */
  readonly invokeAsync: (functionArn: string, payload: string) => unknown;
}

/** EventBridge: buses, rules, and delivery to Lambda functions. */
export interface EventsService {
  readonly operations: Operations;
  /** Puts an event on the default bus, as AWS services do. Returns its ID. */
  publish(event: EventToPublish): string;
  setDuplicateChance(chance: number): void;
  /** Undelivered events, in order. */
  undelivered(): readonly UndeliveredEvent[];
  /** The latest events of all buses, whether or not a rule matched them. */
  recent(): readonly BusEvent[];
}

/** How many recent events are kept. */
const keptEvents = 1000;

export function createEventsService(options: EventsServiceOptions): EventsService {
  const { clock, random, region, accountId } = options;
  let { duplicateChance } = options;
  const buses = new EventBuses(region, accountId, new Date(clock.now()));
  const delivery = createDelivery({ ...options, duplicateChance: () => duplicateChance });
  const recent: BusEvent[] = [];

  function publish(
    busName: string | undefined,
    { source, detailType, detail, resources, time, id }: EventToPublish,
  ): string {
    const event: BusEvent = {
      version: '0',
      id: id ?? drawUuid(random),
      'detail-type': detailType,
      source,
      account: accountId,
      time: toEventTime(time ?? new Date(clock.now())),
      region,
      resources: resources ?? [],
      detail,
    };
    recent.push(event);
    if (recent.length > keptEvents) recent.shift();
    for (const rule of buses.find(busName)?.rules.values() ?? []) {
      if (rule.state !== 'ENABLED' || !rule.matches(event)) continue;
      for (const target of rule.targets.values()) delivery.deliver(rule, target, event);
    }
    return event.id;
  }

  return {
    operations: {
      ...createRuleOperations(buses, clock),
      ...createTargetOperations(buses),
      PutEvents: (input) => putEvents(input.Entries as Parameters<typeof putEvents>[0], publish),
    },
    publish: (event) => publish(undefined, event),
    setDuplicateChance(chance) {
      duplicateChance = chance;
    },
    undelivered: delivery.undelivered,
    recent: () => recent,
  };
}
