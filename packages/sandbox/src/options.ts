import type { Authorise } from './authorisation/authoriser.ts';
import { noDelays, quickDurations, realisticDurations, type SandboxDurations } from './durations.ts';
import { readTaskEventSettings, type TaskEventSettings } from './events/task-event-feed.ts';
import type { Throttling } from './throttle.ts';

/** How a sandbox is set up. All of it may be left out. */
export interface SandboxOptions {
  /** The port of the API on 127.0.0.1; 0, the default, takes a free one. */
  readonly apiPort?: number;
  /** The port of the first load-balancer listener on 127.0.0.1; a free one unless said. */
  readonly loadBalancerPort?: number;
  /** `us-east-2` unless said. */
  readonly region?: string;
  /** `123456789012` unless said. */
  readonly accountId?: string;
  /** Milliseconds of the sandbox's time in one of real time; 1 unless said. */
  readonly speed?: number;
  /** What all chance is drawn from; drawn itself unless said. A run is repeated with the seed that it printed. */
  readonly seed?: number;
  /** How long things take: a whole start in 2 to 3 s (`quick`, the default), as on AWS, no time at all, or your own. */
  readonly durations?: 'quick' | 'realistic' | 'none' | SandboxDurations;
  /** `strong`: every read shows the present. `eventual`, the default: reads are stale for a random while. */
  readonly consistency?: 'eventual' | 'strong';
  /** `documented`: ECS and Parameter Store throttle calls that exceed the rates that AWS documents. Default `off`. */
  readonly throttling?: Throttling;
  /** Access key ids of callers that are never throttled. Default none. */
  readonly unthrottledCallers?: readonly string[];
  /** How likely GetParametersByPath answers an empty page that carries a NextToken, 0 to 1; 0 unless said. */
  readonly emptyPageChance?: number;
  /** How `ECS Task State Change` events reach the bus: once, at once and in order unless said. */
  readonly taskEvents?: Partial<TaskEventSettings>;
  /** How likely EventBridge delivers an event twice, 0 to 1; 0 unless said. */
  readonly duplicateDeliveryChance?: number;
  /** How likely Lambda runs an asynchronous event twice although nothing failed, 0 to 1; 0 unless said. */
  readonly duplicateInvocationChance?: number;
  /** Gives each invocation a process of its own. */
  readonly coldStart?: boolean;
  /**
   * Decides what functions do, by the policies of their roles: each call that a function's process makes, and what
   * Lambda does with the role. Everything is allowed unless said.
   */
  readonly authorise?: Authorise;
  /** How many calls the log keeps; 20,000 unless said. */
  readonly callLogLimit?: number;
  /** Keeps requests and replies in the log as they went over the wire. */
  readonly keepRawMessages?: boolean;
}

/** The options with nothing left out. */
export interface SandboxSettings
  extends Required<Omit<SandboxOptions, 'durations' | 'loadBalancerPort' | 'consistency' | 'authorise'>> {
  readonly durations: SandboxDurations;
  readonly taskEvents: TaskEventSettings;
  readonly loadBalancerPort: number | undefined;
  readonly authorise: Authorise | undefined;
}

const DURATIONS = { quick: quickDurations, realistic: realisticDurations, none: noDelays } as const;

/** @throws RangeError when an option cannot be what it is. */
export function readOptions(options: SandboxOptions): SandboxSettings {
  const { speed = 1, durations = 'quick', consistency = 'eventual', accountId = '123456789012' } = options;
  if (!(speed > 0) || !Number.isFinite(speed)) throw new RangeError(`speed must be more than 0, not ${speed}`);
  if (!/^\d{12}$/.test(accountId)) throw new RangeError(`accountId must have 12 digits: ${accountId}`);
  const chosen = typeof durations === 'string' ? DURATIONS[durations] : durations;
  return {
    apiPort: options.apiPort ?? 0,
    loadBalancerPort: options.loadBalancerPort,
    region: options.region ?? 'us-east-2',
    accountId,
    speed,
    seed: options.seed ?? Math.floor(Math.random() * 2 ** 32),
    durations: consistency === 'strong' ? withoutLag(chosen) : chosen,
    throttling: options.throttling ?? 'off',
    unthrottledCallers: options.unthrottledCallers ?? [],
    emptyPageChance: readChance('emptyPageChance', options.emptyPageChance),
    taskEvents: readTaskEventSettings(options.taskEvents),
    duplicateDeliveryChance: readChance('duplicateDeliveryChance', options.duplicateDeliveryChance),
    duplicateInvocationChance: readChance('duplicateInvocationChance', options.duplicateInvocationChance),
    coldStart: options.coldStart ?? false,
    authorise: options.authorise,
    callLogLimit: options.callLogLimit ?? 20_000,
    keepRawMessages: options.keepRawMessages ?? false,
  };
}

function withoutLag(durations: SandboxDurations): SandboxDurations {
  return { ...durations, taskReadLagMs: 0, tagReadLagMs: 0, targetHealthReadLagMs: 0 };
}

function readChance(name: string, chance = 0): number {
  if (chance >= 0 && chance <= 1) return chance;
  throw new RangeError(`${name} must be from 0 to 1, not ${chance}`);
}
