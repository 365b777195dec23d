import type { Activations } from './activation.ts';
import type { Adoption } from './adoptions.ts';
import type { StartEnginesError } from './errors.ts';
import type { NotIdle } from './idle.ts';
import type { LaunchKey } from './launch-mac.ts';
import type { EndFacts, OutcomeBus } from './outcome.ts';
import type { Pauses } from './pauses.ts';
import type { RequestMeter } from './request-meter.ts';
import type { Route, RoutedGroup, RouteState } from './route.ts';
import type { Capacity, LoadedMapping, TaskOptions } from './service-mapping.ts';
import type { Cordon, LaunchFacts, RetireMark, Task } from './task.ts';

/** Time. Core never reads a wall clock itself. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(delayMs: number): Promise<void>;
}

/** The input of one launch. */
export interface LaunchRequest {
  readonly cluster: string;
  readonly taskDefinition: string;
  readonly capacity: Capacity;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly assignPublicIp: 'ENABLED' | 'DISABLED';
  readonly taskOptions?: TaskOptions;
  readonly containerName?: string;
  /** Without a container name, the environment goes to the container that exposes the first of these. */
  readonly ports: readonly number[];
  readonly environment: Readonly<Record<string, string>>;
  readonly startedBy: string;
  /** At most 64 characters of ASCII 33–126. */
  readonly clientToken: string;
  /** Sends the token's MAC instead, with the workspace's key: another principal has used the token itself. */
  readonly isTokenKeyed?: true;
  readonly facts: LaunchFacts;
}

export type LaunchReply =
  /** The task in RunTask's answer, which may be the original answer to an earlier call with the same token. */
  | { readonly kind: 'task'; readonly task: Task }
  /** The token was used with other parameters; these are the tasks that it created. */
  | { readonly kind: 'conflict'; readonly taskArns: readonly string[] }
  /**
   * No task was made, for lack of capacity, quota or a working agent. ECS replays this answer with the token, unless it threw an
   * error instead (`tokenUnused`).
   */
  | { readonly kind: 'no-capacity'; readonly reasons: readonly string[]; readonly tokenUnused?: true };

/**
 * Starts, reads, marks and stops tasks. Every method rejects with a `StartEnginesError` of code `AwsAccessDenied`,
 * `AwsThrottled`, `AwsUnavailable` or `AwsRejected`; for the middle two it is unknown whether the call took effect.
 */
export interface TaskRunner {
  launch(request: LaunchRequest): Promise<LaunchReply>;
  /**
   * Any number of tasks of one cluster, with their tags. `missing`: ECS does not know these yet, or no longer. Rejects when the
   * launch facts of the workspace's tasks cannot be verified, unless there is an `onUnverified`: it is called with the reason, and
   * the facts are returned unverified.
   */
  describe(
    cluster: string,
    taskArns: readonly string[],
    onUnverified?: (problem: StartEnginesError) => void,
  ): Promise<TaskReadings>;
  /** All pages of the ARNs that ECS lists for one owner. */
  list(cluster: string, startedBy: string, desiredStatus: 'RUNNING' | 'STOPPED'): Promise<readonly string[]>;
  /** All pages of the cluster's tasks, of all owners. */
  listCluster(cluster: string, desiredStatus: 'RUNNING' | 'STOPPED'): Promise<readonly string[]>;
  /**
   * Stops the task. `stoppedReason`: the one that ECS keeps, which is the earlier one if the task was stopped before
   * (unverified: AWS documents nothing about a second StopTask). `not-found`: ECS does not know the task.
   */
  stop(taskArn: string, reason: string): Promise<{ readonly stoppedReason: string } | 'not-found'>;
  /**
   * Marks the task as retiring, for all operations to see. `ended`: the task has ended, so ECS does not tag it. `full`: the task
   * has no room for another tag, so it has no mark.
   */
  markRetiring(taskArn: string, mark: RetireMark): Promise<'marked' | 'ended' | 'full'>;
  /** Records on the task that a later start or a wake adopted it. `ended`: the task has ended. */
  markAdopted(taskArn: string, adoption: Adoption): Promise<'marked' | 'ended'>;
  /** Records on the task that a start was answered that it was up (ms since the epoch). `ended`: the task has ended. */
  markUp(taskArn: string, at: number): Promise<'marked' | 'ended'>;
  /** Records that an idle stop is under way, or no longer is. `ended`: the task has ended. */
  markCordon(taskArn: string, cordon: Cordon): Promise<'marked' | 'ended'>;
  /** Records that the end of the lease (ms since the epoch) was announced. `ended`: the task has ended. */
  markLeaseEnding(taskArn: string, leaseEnd: number): Promise<'marked' | 'ended'>;
  /** The names of the task definition's essential containers. */
  essentialContainers(taskDefinitionArn: string): Promise<ReadonlySet<string>>;
}

export interface TaskReadings {
  readonly tasks: readonly Task[];
  readonly missing: readonly string[];
}

/** The states of Elastic Load Balancing, and `unknown` when the state could not be read. */
export type HealthState =
  | 'initial'
  | 'healthy'
  | 'unhealthy'
  | 'unhealthy.draining'
  | 'unused'
  | 'draining'
  | 'unavailable'
  | 'unknown';

/** A target as its target group shows it. */
export interface ObservedTarget {
  readonly ip: string;
  readonly port: number;
  readonly state: HealthState;
  /** Such as `Elb.InitialHealthChecking` or `Target.NotInUse`. */
  readonly reason?: string;
  readonly description?: string;
}

/** The address type of a target group. */
export type AddressType = 'ipv4' | 'ipv6';

export interface TargetAddress {
  readonly ip: string;
  readonly port: number;
}

/** The target groups. Rejects with the same codes as `TaskRunner`. */
export interface TargetRegistry {
  /** All registered and draining targets of the group. */
  read(targetGroupArn: string): Promise<readonly ObservedTarget[]>;
  /** The address type of the group. It never changes. */
  addressType(targetGroupArn: string): Promise<AddressType>;
  /** Also rejects with `TargetUnusable` when the group does not accept the address. */
  register(targetGroupArn: string, target: TargetAddress): Promise<void>;
  /** Succeeds for a target that is not registered, and for an address that the group does not accept. */
  deregister(targetGroupArn: string, target: TargetAddress): Promise<void>;
}

/** The listener rules of services that requests can wake. Rejects with the same codes as `TaskRunner`. */
export interface ListenerRules {
  /** How long the nodes of a load balancer may take to apply a changed rule, in milliseconds. */
  readonly settleMs: number;
  read(route: RoutedGroup): Promise<RouteState>;
  /** Sends all requests of the rule to the service's target group or to the activator's. The rule keeps both groups. */
  point(route: RoutedGroup, to: Route): Promise<void>;
}

/** Makes one AWS call, and repeats it while AWS throttles it or does not answer. */
export type Patience = <Result>(call: () => Promise<Result>) => Promise<Result>;

/**
 * The source of service mappings. Reading one or all of them may take many AWS calls; `patiently` makes each of them. Without it
 * every call is made once.
 */
export interface ServiceMappings {
  /**
   * @param readSince Milliseconds since the epoch. A mapping read before then is read again; if that fails, an error is thrown.
   * Undefined accepts a mapping from memory.
   * @throws StartEnginesError `UnknownService`, `MappingInvalid` (all problems in its context) or
   * `MappingUnavailable`.
   */
  load(service: string, readSince?: number, patiently?: Patience): Promise<LoadedMapping>;
  /** The names of all services that have a mapping, sorted. @throws StartEnginesError `MappingUnavailable`. */
  list(patiently?: Patience): Promise<readonly string[]>;
}

/**
 * Evidence of stops that outlives the marks on tasks. Without it a start that was requested before a stop and arrives after it,
 * such as a retry, would bring the service up again (docs/adr/0013). Rejects with the same codes as `TaskRunner`.
 */
export interface StopNotes {
  /**
   * Notes that a stop was requested (ms since the epoch); an older note never replaces a newer one.
   *
   * @param service `all` for a stop of every service
   */
  note(service: string, asked: number): Promise<void>;
  /** When the latest stop of the service, or of every service, was requested; undefined when none is noted. */
  latest(service: string): Promise<number | undefined>;
}

/** A start's claim to launch the next task of a service. */
export interface LaunchClaim {
  /** 1 for the service's first claim, then one more for each: versions give the order of writing. */
  readonly version: number;
  /** When it was written, by the store's clock, in milliseconds since the epoch. */
  readonly at: number;
  readonly cluster: string;
  /** When the newest task that the start had seen was created, in milliseconds since the epoch; 0 for none. */
  readonly newestSeen: number;
}

/**
 * Settles the cluster for a service whose starts may choose between clusters. A launch token counts within one cluster, so two
 * starts at once could otherwise launch in two clusters (docs/adr/0021). Rejects with the same codes as `TaskRunner`.
 */
export interface LaunchClaims {
  /** Returns the version of the claim. A claim written twice counts twice, which does no harm. */
  write(service: string, claim: Pick<LaunchClaim, 'cluster' | 'newestSeen'>): Promise<number>;
  /** The claim of that version and some of those before it, oldest first; empty when they are no longer kept. */
  read(service: string, version: number): Promise<readonly LaunchClaim[]>;
}

/** The source of the workspace's key for launch facts. Rejects with the same codes as `TaskRunner`, or with `LaunchKeyUnusable`. */
export interface LaunchKeys {
  /** The key. The first caller creates it. */
  read(): Promise<LaunchKey>;
}

/** Records what happens during an operation, for logs, metrics and observers. Recording never fails an operation. */
export interface Journal {
  record(entry: JournalEntry): void;
}

export type JournalEntry = { readonly service: string } & (
  | { readonly kind: 'launched'; readonly taskArn: string; readonly clientToken: string }
  | { readonly kind: 'adopted'; readonly taskArn: string }
  | { readonly kind: 'running'; readonly taskArn: string; readonly privateIp: string; readonly durationMs: number }
  | { readonly kind: 'registered'; readonly taskArn: string; readonly targetGroupArn: string; readonly port: number }
  | { readonly kind: 'healthy'; readonly taskArn: string; readonly durationMs: number }
  | { readonly kind: 'deregistered'; readonly targetGroupArn: string; readonly ip: string; readonly port: number }
  | { readonly kind: 'routed'; readonly listenerRuleArn: string; readonly to: Route }
  /** A rule that start-engines leaves alone: its target groups are not exactly the service's and the activator's. */
  | { readonly kind: 'foreign-rule'; readonly listenerRuleArn: string; readonly state: RouteState }
  | { readonly kind: 'retiring'; readonly taskArn: string; readonly by: string }
  | { readonly kind: 'stopped'; readonly taskArn: string; readonly reason: string }
  | { readonly kind: 'stop-noted'; readonly asked: number }
  | { readonly kind: 'paused' | 'resumed'; readonly asked: number }
  /** The service is up and was not stopped for being idle. */
  | { readonly kind: 'not-idle'; readonly reason: NotIdle }
  | { readonly kind: 'cordoned' | 'uncordoned'; readonly taskArn: string }
  | { readonly kind: 'no-capacity'; readonly reasons: readonly string[] }
  | { readonly kind: 'mapping-problems'; readonly problems: LoadedMapping['problems'] }
  | ({ readonly kind: 'interrupted' | 'finished'; readonly taskArn: string; readonly reason: string } & EndFacts)
  | { readonly kind: 'stray-target'; readonly targetGroupArn: string; readonly ip: string; readonly port: number }
  /** A live task with the service's `startedBy` and no usable launch facts; `problem` says why. */
  | { readonly kind: 'foreign-task'; readonly taskArn: string; readonly problem: string }
  | { readonly kind: 'outcome-not-told'; readonly type: string; readonly code: string; readonly message: string }
  | { readonly kind: 'aws-trouble'; readonly code: string; readonly message: string }
);

/** Everything that core needs from outside. */
export interface Ports {
  readonly clock: Clock;
  readonly tasks: TaskRunner;
  readonly targets: TargetRegistry;
  readonly rules: ListenerRules;
  readonly activations: Activations;
  readonly mappings: ServiceMappings;
  readonly stopNotes: StopNotes;
  readonly pauses: Pauses;
  readonly meter: RequestMeter;
  readonly launchClaims: LaunchClaims;
  readonly journal: Journal;
  readonly outcomes: OutcomeBus;
  /** Runs work whose AWS calls all end by `until` (ms since the epoch), with `AwsUnavailable` if there is no answer by then. */
  readonly endCallsBy: <Result>(until: number, work: () => Promise<Result>) => Promise<Result>;
  /** A new unique string, such as a UUID. */
  readonly newId: () => string;
  /** The workspace that this process serves. */
  readonly workspace: string;
  /** Every cluster that may hold the workspace's tasks, by name or ARN. */
  readonly clusters: readonly string[];
}
