import type { SandboxClock } from '../clock.ts';
import { type DurationRange, drawDuration } from '../durations.ts';
import type { Random } from '../random.ts';
import { drawUuid, type EventToPublish } from './event.ts';

/** Delivery of `ECS Task State Change` events to the bus. ECS delivers them at least once and in any order. AWS-028. */
export interface TaskEventSettings {
  /** Probability that an event is sent twice, 0 to 1. The copy has the same ID and time, but its own delay. */
  readonly duplicateChance: number;
  /** Delay of each event before it reaches the bus. `eventDeliveryMs` of the bus is added to it. */
  readonly delayMs: DurationRange;
  /** True: later events may overtake earlier ones. False: events stay in order. */
  readonly reorder: boolean;
}

/** Controls the delivery of task changes to the bus. */
export interface TaskEvents {
  settings(): TaskEventSettings;
  /**
   * Changes the given settings for later task changes.
   *
   * @throws RangeError for an invalid setting
   */
  set(changes: Partial<TaskEventSettings>): TaskEventSettings;
  /** The number of delayed events. */
  held(): number;
}

/** The feed with the method that accepts events. */
export interface TaskEventFeed extends TaskEvents {
  accept(event: EventToPublish): void;
}

export interface TaskEventFeedOptions {
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly settings: TaskEventSettings;
  readonly publish: (event: EventToPublish) => void;
}

export function createTaskEventFeed({ clock, random, publish, ...options }: TaskEventFeedOptions): TaskEventFeed {
  let settings = options.settings;
  let held = 0;
  const inOrder: EventToPublish[] = [];
  let lastDue = clock.now();

  function later(delayMs: number, run: () => void): void {
    if (delayMs <= 0) {
      run();
      return;
    }
    held += 1;
    clock.after(delayMs, () => {
      held -= 1;
      run();
    });
  }

  function hold(event: EventToPublish): void {
    const delayMs = drawDuration(settings.delayMs, random);
    if (settings.reorder) {
      later(delayMs, () => publish(event));
      return;
    }
    const now = clock.now();
    lastDue = inOrder.length === 0 ? now + delayMs : Math.max(now + delayMs, lastDue);
    inOrder.push(event);
    // Timers with the same due time may fire in any order, so each takes the first waiting event.
    later(lastDue - now, () => publish(inOrder.shift() ?? event));
  }

  return {
    settings: () => settings,
    set(changes) {
      settings = readTaskEventSettings(changes, settings);
      return settings;
    },
    held: () => held,
    accept(event) {
      const made = { time: new Date(clock.now()), id: drawUuid(random), ...event };
      hold(made);
      if (random.chance(settings.duplicateChance)) hold(made);
    },
  };
}

const undisturbed: TaskEventSettings = { duplicateChance: 0, delayMs: [0, 0], reorder: false };

/** @throws RangeError for an unknown or invalid member */
export function readTaskEventSettings(
  changes: Partial<TaskEventSettings> = {},
  current: TaskEventSettings = undisturbed,
): TaskEventSettings {
  // The admin API passes any JSON that it receives.
  if (typeof changes !== 'object' || changes === null) throw new RangeError('taskEvents must be an object');
  const unknown = Object.keys(changes).find((name) => !Object.hasOwn(undisturbed, name));
  if (unknown !== undefined) throw new RangeError(`taskEvents.${unknown} is unknown`);
  const settings = { ...current, ...changes };
  const { duplicateChance, delayMs, reorder } = settings;
  const [shortest = -1, longest = -1] = Array.isArray(delayMs) ? delayMs : [];
  const checks: [keyof TaskEventSettings, boolean][] = [
    ['duplicateChance', duplicateChance >= 0 && duplicateChance <= 1],
    ['delayMs', Number.isInteger(shortest) && Number.isInteger(longest) && 0 <= shortest && shortest <= longest],
    ['reorder', typeof reorder === 'boolean'],
  ];
  const wrong = checks.find(([, right]) => !right);
  if (wrong === undefined) return settings;
  throw new RangeError(`taskEvents.${wrong[0]} is not valid: ${JSON.stringify(settings[wrong[0]])}`);
}
