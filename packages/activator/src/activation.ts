import { parseRecord } from './is-record.ts';

/**
 * What the engine last published about a service, in the parameter `<path>/activation/<service>`. It is for display only:
 * the engine alone decides whether a service is started.
 */
export interface Activation {
  readonly state: 'asleep' | 'starting' | 'up' | 'failed' | 'paused';
  /** Since when, in milliseconds since the epoch. */
  readonly since?: number;
  /** When the next start may follow a failed one, in milliseconds since the epoch. */
  readonly retryAt?: number;
  readonly usualStartSeconds?: number;
}

const states = ['asleep', 'starting', 'up', 'failed', 'paused'] as const;

/** Reads the parameter's text. What cannot be read counts as starting. */
export function readActivation(text: string | undefined): Activation {
  const document = text === undefined ? undefined : parseRecord(text);
  const { since, retryAt, usualStartSeconds } = document ?? {};
  return {
    state: states.find((state) => state === document?.state) ?? 'starting',
    ...withMoment('since', since),
    ...withMoment('retryAt', retryAt),
    ...(typeof usualStartSeconds === 'number' && usualStartSeconds >= 1 && usualStartSeconds <= 3_600
      ? { usualStartSeconds: Math.round(usualStartSeconds) }
      : {}),
  };
}

function withMoment<Key extends string>(key: Key, text: unknown): Partial<Record<Key, number>> {
  const moment = typeof text === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(moment) ? {} : ({ [key]: moment } as Record<Key, number>);
}

/** What an answer tells of a service that is down. */
export interface Shown {
  readonly state: 'starting' | 'failed' | 'paused';
  readonly retryAfterSeconds: number;
  /** For how long it has been starting; absent when unknown. */
  readonly elapsedSeconds?: number;
  /** Absent when unknown. */
  readonly usualStartSeconds?: number;
}

const unknownStartSeconds = 30;
const pausedRetrySeconds = 300;
/** The longest back-off, in seconds: no client has to wait longer. */
const longestRetrySeconds = 900;

/**
 * @param now milliseconds since the epoch
 * @param wokenAt when this environment last requested a start, or undefined
 */
export function showActivation(activation: Activation, now: number, wokenAt: number | undefined): Shown {
  const { state, since, retryAt, usualStartSeconds } = activation;
  const usual = usualStartSeconds === undefined ? {} : { usualStartSeconds };
  if (state === 'paused') return { state, retryAfterSeconds: pausedRetrySeconds, ...usual };
  // A request after the back-off starts the service again. The engine publishes that a little later.
  const isTriedAgain = retryAt !== undefined && wokenAt !== undefined && wokenAt >= retryAt;
  if (state === 'failed' && !isTriedAgain) {
    const seconds = retryAt === undefined ? unknownStartSeconds : Math.ceil((retryAt - now) / 1000);
    return { state, retryAfterSeconds: clamp(seconds, 0, longestRetrySeconds), ...usual };
  }
  const isSince = state === 'starting' && since !== undefined && since <= now;
  const elapsed = isSince ? Math.floor((now - since) / 1000) : undefined;
  // A start that began so long ago is over, and the engine could not publish its end.
  const isKnown = elapsed !== undefined && elapsed <= longestRetrySeconds;
  const remaining = (usualStartSeconds ?? unknownStartSeconds) - (isKnown ? elapsed : 0);
  return {
    state: 'starting',
    retryAfterSeconds: clamp(remaining, 2, longestRetrySeconds),
    ...(isKnown ? { elapsedSeconds: elapsed } : {}),
    ...usual,
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
