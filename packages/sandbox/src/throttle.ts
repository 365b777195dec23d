import type { SandboxClock } from './clock.ts';
import type { ServiceName } from './operation.ts';

/** `documented`: calls are throttled as AWS documents it. `off`: never. */
export type Throttling = 'off' | 'documented';

export interface ThrottledCall {
  readonly service: ServiceName;
  /** The access key id. */
  readonly caller: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Decides whether a call comes too soon after the others of its kind. */
export interface Throttle {
  /** Takes what the call costs out of its buckets, or nothing at all when one of them has too little. */
  admits(call: ThrottledCall): boolean;
  /** How many calls were not admitted. */
  throttledCalls(): number;
}

export interface ThrottleOptions {
  readonly throttling: Throttling;
  /** Callers that are never throttled and take nothing out of the buckets, such as a test that sets the scene. */
  readonly unthrottledCallers?: readonly string[];
  readonly clock: SandboxClock;
  /** How many tasks a RunTask call with this input is about to make. */
  readonly tasksToLaunch: (input: Readonly<Record<string, unknown>>) => number;
}

/** Full at first; each call takes its cost, and time fills it again. */
interface Bucket {
  readonly burst: number;
  readonly perSecond: number;
  readonly costOf: (call: ThrottledCall) => number;
  /** In thousandths, so that whole milliseconds fill it by whole numbers. */
  level: number;
  filledAt: number;
}

/** One account's buckets in one Region, filled by the clock that is handed in. */
export function createThrottle(options: ThrottleOptions): Throttle {
  const { throttling, clock, tasksToLaunch } = options;
  const exempt = new Set(options.unthrottledCallers ?? []);
  let throttled = 0;
  const buckets = throttling === 'off' ? [] : documentedBuckets(clock.now(), tasksToLaunch);
  return {
    admits(call) {
      if (exempt.has(call.caller)) return true;
      const costs = buckets.map((bucket) => ({ bucket, cost: bucket.costOf(call) * 1_000 }));
      const concerned = costs.filter(({ cost }) => cost > 0);
      for (const { bucket } of concerned) fill(bucket, clock.now());
      if (concerned.some(({ bucket, cost }) => bucket.level < cost)) {
        throttled += 1;
        return false;
      }
      for (const { bucket, cost } of concerned) bucket.level -= cost;
      return true;
    },
    throttledCalls: () => throttled,
  };
}

/**
 * ECS, Fargate and Parameter Store, per account and Region: burst and sustained rate a second. Parameter Store documents
 * rates and no burst, so it takes no more at once than in a second.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/throttling.html
 * @see https://docs.aws.amazon.com/general/latest/gr/ssm.html
 */
function documentedBuckets(now: number, tasksToLaunch: ThrottleOptions['tasksToLaunch']): readonly Bucket[] {
  const calls = (of: ServiceName, ...operations: string[]) => {
    return ({ service, operation }: ThrottledCall) => (service === of && operations.includes(operation) ? 1 : 0);
  };
  const isLaunch = calls('ecs', 'RunTask');
  const launches = (call: ThrottledCall) => (isLaunch(call) > 0 ? tasksToLaunch(call.input) : 0);
  const bucket = (burst: number, perSecond: number, costOf: Bucket['costOf']): Bucket => {
    return { burst, perSecond, costOf, level: burst * 1_000, filledAt: now };
  };
  return [
    bucket(100, 40, calls('ecs', 'RunTask', 'StopTask')),
    bucket(100, 20, calls('ecs', 'DescribeTasks', 'ListTasks')),
    bucket(20, 20, isLaunch),
    bucket(100, 20, launches),
    bucket(40, 40, calls('ssm', 'GetParameter', 'GetParameters', 'GetParametersByPath')),
    bucket(3, 3, calls('ssm', 'PutParameter')),
  ];
}

function fill(bucket: Bucket, now: number): void {
  bucket.level = Math.min(bucket.burst * 1_000, bucket.level + (now - bucket.filledAt) * bucket.perSecond);
  bucket.filledAt = now;
}
