import type { Authorise } from './authorisation/authoriser.ts';
import { noDelays, quickDurations, realisticDurations, type SandboxDurations } from './durations.ts';
import { readTaskEventSettings, type TaskEventSettings } from './events/task-event-feed.ts';
import { readNodes } from './model/elb/nodes.ts';
import type { Throttling } from './throttle.ts';

/** Options of a sandbox. All are optional. */
export interface SandboxOptions {
  /** Port of the API on 127.0.0.1. Default 0, a free port. */
  readonly apiPort?: number;
  /** Port of the first load balancer listener on 127.0.0.1. Default: a free port. */
  readonly loadBalancerPort?: number;
  /** How many nodes each load balancer has. Default 2. */
  readonly loadBalancerNodes?: number;
  /** Default `us-east-2`. */
  readonly region?: string;
  /** Default `123456789012`. */
  readonly accountId?: string;
  /** Speed of sandbox time relative to real time. Default 1. */
  readonly speed?: number;
  /** Seed of all random decisions. Default random. The seed that a run prints repeats the run. */
  readonly seed?: number;
  /** Durations: `quick` (default, a start takes 2 to 3 s), `realistic` (as on AWS), `none`, or custom values. */
  readonly durations?: 'quick' | 'realistic' | 'none' | SandboxDurations;
  /** `strong`: no stale reads. `eventual` (default): reads are stale for a random time. */
  readonly consistency?: 'eventual' | 'strong';
  /** `documented`: ECS, Elastic Load Balancing and Parameter Store throttle calls above AWS's documented rates. Default `off`. */
  readonly throttling?: Throttling;
  /** Access key IDs of callers that are never throttled. Default none. */
  readonly unthrottledCallers?: readonly string[];
  /** Probability that GetParametersByPath returns an empty page with a NextToken, 0 to 1. Default 0. */
  readonly emptyPageChance?: number;
  /** Delivery of `ECS Task State Change` events to the bus. Default: once, immediately and in order. */
  readonly taskEvents?: Partial<TaskEventSettings>;
  /** Probability that EventBridge delivers an event twice, 0 to 1. Default 0. */
  readonly duplicateDeliveryChance?: number;
  /** Probability that Lambda runs an asynchronous event twice without a failure, 0 to 1. Default 0. */
  readonly duplicateInvocationChance?: number;
  /** Starts a new process for each invocation. */
  readonly coldStart?: boolean;
  /**
   * Authorises each call of a function's process, and Lambda's own use of the role, by the role's policies.
   * By default everything is allowed.
   */
  readonly authorise?: Authorise;
  /** How many calls the log keeps. Default 20,000. */
  readonly callLogLimit?: number;
  /** Keeps raw requests and replies in the log. */
  readonly keepRawMessages?: boolean;
}

/** The options with all defaults applied. */
export interface SandboxSettings
  extends Required<Omit<SandboxOptions, 'durations' | 'loadBalancerPort' | 'consistency' | 'authorise'>> {
  readonly durations: SandboxDurations;
  readonly taskEvents: TaskEventSettings;
  readonly loadBalancerPort: number | undefined;
  readonly authorise: Authorise | undefined;
}

const namedDurations = { quick: quickDurations, realistic: realisticDurations, none: noDelays } as const;

/** @throws RangeError if an option is invalid */
export function readOptions(options: SandboxOptions): SandboxSettings {
  const { speed = 1, durations = 'quick', consistency = 'eventual', accountId = '123456789012' } = options;
  if (!(speed > 0) || !Number.isFinite(speed)) throw new RangeError(`speed must be more than 0, not ${speed}`);
  if (!/^\d{12}$/.test(accountId)) throw new RangeError(`accountId must have 12 digits: ${accountId}`);
  const chosen = typeof durations === 'string' ? namedDurations[durations] : durations;
  return {
    apiPort: options.apiPort ?? 0,
    loadBalancerPort: options.loadBalancerPort,
    loadBalancerNodes: readNodes(options.loadBalancerNodes),
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
