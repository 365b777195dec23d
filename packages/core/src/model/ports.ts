import type { StartEnginesError } from './errors.ts';
import type { LaunchKey } from './launch-mac.ts';
import type { EndFacts, OutcomeBus } from './outcome.ts';
import type { Capacity, LoadedMapping, TaskOptions } from './service-mapping.ts';
import type { LaunchFacts, RetireMark, Task } from './task.ts';

/** Time, so that core never reads a wall clock. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(delayMs: number): Promise<void>;
}

/** Everything that ECS needs to start one task. */
export interface LaunchRequest {
  readonly cluster: string;
  readonly taskDefinition: string;
  readonly capacity: Capacity;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly assignPublicIp: 'ENABLED' | 'DISABLED';
  readonly taskOptions?: TaskOptions;
  readonly containerName?: string;
  /** Without a container's name the environment goes to the container that exposes the first of these. */
  readonly ports: readonly number[];
  readonly environment: Readonly<Record<string, string>>;
  readonly startedBy: string;
  /** At most 64 characters of ASCII 33–126. */
  readonly clientToken: string;
  readonly facts: LaunchFacts;
}

export type LaunchReply =
  /** RunTask's answer. It may be the original answer to an earlier call with the same token. */
  | { readonly kind: 'task'; readonly task: Task }
  /** The token was used with other parameters; these tasks exist because of it. */
  | { readonly kind: 'conflict'; readonly taskArns: readonly string[] }
  /**
   * No task was made: capacity, a quota, an agent. ECS replays this with the token, unless `tokenUnused` says that it threw
   * an error, for which it keeps nothing.
   */
  | { readonly kind: 'no-capacity'; readonly reasons: readonly string[]; readonly tokenUnused?: true };

/**
 * Starts, reads, marks and stops tasks. Every method rejects with a `StartEnginesError` of code `AwsAccessDenied`,
 * `AwsThrottled`, `AwsUnavailable` or `AwsRejected`; for the middle two it is unknown whether the call took effect.
 */
export interface TaskRunner {
  launch(request: LaunchRequest): Promise<LaunchReply>;
  /**
   * Any number of tasks of one cluster, with their tags. `missing`: ECS does not know these (yet, or any more). Rejects when the
   * launch facts of the workspace's tasks cannot be verified, unless there is an `onUnverified`: it is told why, and the facts
   * are what the tasks claim.
   */
  describe(
    cluster: string,
    taskArns: readonly string[],
    onUnverified?: (problem: StartEnginesError) => void,
  ): Promise<TaskReadings>;
  /** All pages of the ARNs that ECS lists for one owner. */
  list(cluster: string, startedBy: string, desiredStatus: 'RUNNING' | 'STOPPED'): Promise<readonly string[]>;
  /** All pages of the cluster's tasks, whoever started them. */
  listCluster(cluster: string, desiredStatus: 'RUNNING' | 'STOPPED'): Promise<readonly string[]>;
  /**
   * Sends the task away. `stoppedReason`: the one that ECS keeps, which is another's when another has stopped the task
   * before (unverified: of a second StopTask AWS's pages say nothing). `not-found`: ECS does not know it.
   */
  stop(taskArn: string, reason: string): Promise<{ readonly stoppedReason: string } | 'not-found'>;
  /**
   * Marks the task as retiring, for everyone to read. `ended`: ECS marks no task that has ended. `full`: the task has no room
   * for another tag, so it has no mark.
   */
  markRetiring(taskArn: string, mark: RetireMark): Promise<'marked' | 'ended' | 'full'>;
  /** Notes on the task that a later start adopted it (ms since the epoch). `ended`: there is nothing to adopt. */
  markAdopted(taskArn: string, asked: number): Promise<'marked' | 'ended'>;
  /** Records on the task that a start was answered that it is up (ms since the epoch). `ended`: it is not up any more. */
  markUp(taskArn: string, at: number): Promise<'marked' | 'ended'>;
  /** The names of the task definition's essential containers. */
  essentialContainers(taskDefinitionArn: string): Promise<ReadonlySet<string>>;
}

export interface TaskReadings {
  readonly tasks: readonly Task[];
  readonly missing: readonly string[];
}

/** The states of Elastic Load Balancing, and `unknown` where only reading it failed. */
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

/** The kind of address that a target group takes. */
export type AddressType = 'ipv4' | 'ipv6';

export interface TargetAddress {
  readonly ip: string;
  readonly port: number;
}

/** The target groups. Rejects with the same codes as `TaskRunner`. */
export interface TargetRegistry {
  /** All registered and draining targets of the group. */
  read(targetGroupArn: string): Promise<readonly ObservedTarget[]>;
  /** The kind of address that the group takes. It never changes. */
  addressType(targetGroupArn: string): Promise<AddressType>;
  /** Rejects with `TargetUnusable` as well: the group does not take the address. */
  register(targetGroupArn: string, target: TargetAddress): Promise<void>;
  /** Succeeds for a target that is not there, and for an address that the group does not take. */
  deregister(targetGroupArn: string, target: TargetAddress): Promise<void>;
}

/** Makes one call of AWS, and makes it again while AWS throttles it or does not answer. */
export type Patience = <Result>(call: () => Promise<Result>) => Promise<Result>;

/**
 * Where service mappings come from. One mapping, or all of them, may take many calls of AWS: `patiently` makes each of them.
 * Without it every call is made once.
 */
export interface ServiceMappings {
  /**
   * @param readSince Milliseconds since the epoch. A mapping that was read earlier is read again, and an error is thrown
   * when that fails. Undefined: a mapping from memory will do.
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

/** That a start was about to launch the task of a service. */
export interface LaunchClaim {
  /** 1 for the service's first claim, then rising by one: claims are in the order in which they were written. */
  readonly version: number;
  /** When it was written, by the store's clock, in milliseconds since the epoch. */
  readonly at: number;
  readonly cluster: string;
  /** When the newest task was created that the start had seen, in milliseconds since the epoch; 0 for none. */
  readonly newestSeen: number;
}

/**
 * In which cluster starts launch a service whose starts may choose. Launch tokens are scoped to a cluster, so that without it two
 * starts at once could launch in two (docs/adr/0021). Rejects with the same codes as `TaskRunner`.
 */
export interface LaunchClaims {
  /** Answers the version of the claim. A claim that is written twice counts twice, which does no harm. */
  write(service: string, claim: Pick<LaunchClaim, 'cluster' | 'newestSeen'>): Promise<number>;
  /** The claim of that version and some of those before it, oldest first; none when they are kept no more. */
  read(service: string, version: number): Promise<readonly LaunchClaim[]>;
}

/** Where the workspace's key for launch facts comes from. Rejects with the same codes as `TaskRunner`, or `LaunchKeyUnusable`. */
export interface LaunchKeys {
  /** The key, made by the first who asks. */
  read(): Promise<LaunchKey>;
}

/** What happened on the way, for logs, metrics and whoever watches. Recording never fails an operation. */
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
  | { readonly kind: 'retiring'; readonly taskArn: string; readonly by: string }
  | { readonly kind: 'stopped'; readonly taskArn: string; readonly reason: string }
  | { readonly kind: 'stop-noted'; readonly asked: number }
  | { readonly kind: 'no-capacity'; readonly reasons: readonly string[] }
  | { readonly kind: 'mapping-problems'; readonly problems: LoadedMapping['problems'] }
  | ({ readonly kind: 'interrupted' | 'finished'; readonly taskArn: string; readonly reason: string } & EndFacts)
  | { readonly kind: 'stray-target'; readonly targetGroupArn: string; readonly ip: string; readonly port: number }
  /** A live task under the service's name that this system did not start, or whose facts cannot be used; `problem` says why. */
  | { readonly kind: 'foreign-task'; readonly taskArn: string; readonly problem: string }
  | { readonly kind: 'outcome-not-told'; readonly type: string; readonly code: string; readonly message: string }
  | { readonly kind: 'aws-trouble'; readonly code: string; readonly message: string }
);

/** The world as core sees it. */
export interface Ports {
  readonly clock: Clock;
  readonly tasks: TaskRunner;
  readonly targets: TargetRegistry;
  readonly mappings: ServiceMappings;
  readonly stopNotes: StopNotes;
  readonly launchClaims: LaunchClaims;
  readonly journal: Journal;
  readonly outcomes: OutcomeBus;
  /** Runs work whose AWS calls all end by `until` (ms since the epoch), with `AwsUnavailable` where no answer has come. */
  readonly endCallsBy: <Result>(until: number, work: () => Promise<Result>) => Promise<Result>;
  /** A new unique word, such as a UUID. */
  readonly newId: () => string;
  /** The workspace whose tasks are ours. */
  readonly workspace: string;
  /** Every cluster that may hold tasks of ours, by name or ARN. */
  readonly clusters: readonly string[];
}
