import type { SandboxClock } from './clock.ts';
import type { ServiceName } from './operation.ts';

/** `documented`: calls are throttled as AWS documents it. `off`: never. */
export type Throttling = 'off' | 'documented';

export interface ThrottledCall {
  readonly service: ServiceName;
  /** The access key ID. */
  readonly caller: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Decides whether a call exceeds a rate. */
export interface Throttle {
  /** Takes the cost of the call from its buckets, or nothing if one of them has too little. */
  admits(call: ThrottledCall): boolean;
  /** How many calls were throttled. */
  throttledCalls(): number;
}

export interface ThrottleOptions {
  readonly throttling: Throttling;
  /** Callers that are never throttled and take nothing from the buckets, such as a test's setup. */
  readonly unthrottledCallers?: readonly string[];
  readonly clock: SandboxClock;
  /** How many tasks a RunTask call with this input will launch. */
  readonly tasksToLaunch: (input: Readonly<Record<string, unknown>>) => number;
}

/** A token bucket. It starts full, each call takes its cost, and it refills over time. */
interface Bucket {
  readonly burst: number;
  readonly perSecond: number;
  readonly costOf: (call: ThrottledCall) => number;
  /** In thousandths of a token, so that each millisecond adds an integer. */
  level: number;
  filledAt: number;
}

/** The buckets of one account and Region. */
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
 * Burst and sustained rate per second of ECS, Fargate, Parameter Store and Elastic Load Balancing. Parameter Store documents rates but
 * no bursts, so its burst equals the rate of one second. Elastic Load Balancing documents them for Application Load Balancers. AWS-085.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/throttling.html
 * @see https://docs.aws.amazon.com/general/latest/gr/ssm.html
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/throttling.html
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
    // AWS-026
    bucket(100, 40, calls('ecs', 'RunTask', 'StopTask')),
    bucket(100, 20, calls('ecs', 'DescribeTasks', 'ListTasks')),
    bucket(20, 20, isLaunch),
    bucket(100, 20, launches),
    // AWS-059
    bucket(40, 40, calls('ssm', 'GetParameter', 'GetParameters', 'GetParametersByPath')),
    bucket(3, 3, calls('ssm', 'PutParameter')),
    bucket(20, 4, elbCalls('registration')),
    bucket(20, 3, elbCalls('change')),
    bucket(40, 10, elbCalls('read')),
    bucket(40, 10, elbCalls('read', 'registration', 'change')),
  ];
}

type ElbKind = 'read' | 'registration' | 'change';

function elbCalls(...kinds: readonly ElbKind[]) {
  return ({ service, operation }: ThrottledCall) =>
    service === 'elasticloadbalancing' && kinds.includes(elbKindOf(operation)) ? 1 : 0;
}

function elbKindOf(operation: string): ElbKind {
  if (operation.startsWith('Describe')) return 'read';
  return operation === 'RegisterTargets' || operation === 'DeregisterTargets' ? 'registration' : 'change';
}

function fill(bucket: Bucket, now: number): void {
  bucket.level = Math.min(bucket.burst * 1_000, bucket.level + (now - bucket.filledAt) * bucket.perSecond);
  bucket.filledAt = now;
}
