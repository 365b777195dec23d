import type { SandboxClock } from '../clock.ts';
import { type DurationRange, drawDuration } from '../durations.ts';
import type { Random } from '../random.ts';
import { drawUuid, type EventToPublish } from './event.ts';

/** How badly `ECS Task State Change` events reach the bus. ECS promises them at least once and in no order. */
export interface TaskEventSettings {
  /** How likely an event is put on the bus twice, 0 to 1. The copy has the same id and time, and a delay of its own. */
  readonly duplicateChance: number;
  /** How long each is held back before it is put on the bus. The bus's own `eventDeliveryMs` comes on top. */
  readonly delayMs: DurationRange;
  /** True: each waits for its own delay alone, so that later ones overtake it. False: none is put on before an earlier. */
  readonly reorder: boolean;
}

/** What is between the changes of tasks and the bus. */
export interface TaskEvents {
  settings(): TaskEventSettings;
  /**
   * Changes what is given, for the changes of tasks from now on.
   *
   * @throws RangeError for what cannot be
   */
  set(changes: Partial<TaskEventSettings>): TaskEventSettings;
  /** How many events are held back now. */
  held(): number;
}

/** The same, with the end where events come in. */
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
    // Timers that are due together may fire in any order, so each takes whichever event is first.
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

const UNDISTURBED: TaskEventSettings = { duplicateChance: 0, delayMs: [0, 0], reorder: false };

/** @throws RangeError for a member that is unknown or cannot be what it is */
export function readTaskEventSettings(
  changes: Partial<TaskEventSettings> = {},
  current: TaskEventSettings = UNDISTURBED,
): TaskEventSettings {
  // The admin API hands on whatever JSON it was sent.
  if (typeof changes !== 'object' || changes === null) throw new RangeError('taskEvents is an object');
  const unknown = Object.keys(changes).find((name) => !Object.hasOwn(UNDISTURBED, name));
  if (unknown !== undefined) throw new RangeError(`taskEvents has no ${unknown}`);
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
