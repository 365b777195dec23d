import { hasAddress } from '../model/addresses.ts';
import { distinctClusters } from '../model/clusters.ts';
import { StartEnginesError } from '../model/errors.ts';
import { withoutCopies } from '../model/launch-mac.ts';
import { mergeReadings } from '../model/merge-readings.ts';
import type { Neighbours } from '../model/neighbours.ts';
import type { AddressType, Clock } from '../model/ports.ts';
import type { Route, RouteView, Routing } from '../model/route.ts';
import { compareNewestFirst, isForeign, isLive, isRetiring, type Task } from '../model/task.ts';
import { type GroupView, isRegisteredState, targetKey, type View } from '../model/view.ts';
import { isVacant } from '../plan/plan-route.ts';
import { strayTargets } from '../plan/upkeep/remove-strays.ts';

/** Which tasks a memory is about. */
export interface MemoryScope {
  readonly startedBy: string;
  /** Clusters in which the service's tasks may run. */
  readonly clusters: readonly string[];
  /** When the operation wrote its stop note, in milliseconds since the epoch; undefined before that. */
  readonly stopNotedAt?: number;
}

/** What a look at the whole workspace shows about the target groups of one service. */
export type SurveyFindings = Required<Pick<View, 'exclusiveGroupArns' | 'endedTargets' | 'neighbours'>> &
  Pick<View, 'pausedAt' | 'review'>;

/**
 * What one operation knows about a service: what it has read and what it has changed. Reads may be stale, so the highest
 * version of a task counts.
 */
export class Memory {
  readonly #clock: Clock;
  readonly #scope: MemoryScope;
  readonly #tasks = new Map<string, Task>();
  readonly #strangers = new Set<string>();
  readonly #tasksReadAt = new Map<string, number>();
  readonly #groups = new Map<string, GroupView>();
  readonly #addressTypes = new Map<string, AddressType>();
  readonly #registeredByUs = new Map<string, number>();
  readonly #deregisteredByUs = new Set<string>();
  readonly #drainingSince = new Map<string, number>();
  readonly #markedSince = new Map<string, number>();
  readonly #strayingSince = new Map<string, number>();
  #routing: Routing | undefined;
  #listedAt = 0;
  #stopNotedAt: number | undefined;
  #stopNote: { readonly readAt: number; readonly asked: number | undefined } | undefined;
  #survey: Omit<SurveyFindings, 'neighbours'> | undefined;
  #neighbours: Neighbours | undefined;

  constructor(clock: Clock, scope: MemoryScope) {
    this.#clock = clock;
    this.#scope = scope;
    this.#stopNotedAt = scope.stopNotedAt;
  }

  /** Everything known now, for a plan. */
  view(scope: View['scope']): View {
    return {
      at: this.#clock.now(),
      listedAt: this.#listedAt,
      scope,
      groups: [...this.#groups.values()],
      addressTypes: new Map(this.#addressTypes),
      exclusiveGroupArns: new Set(),
      ...this.#survey,
      ...(this.#neighbours === undefined ? {} : { neighbours: this.#neighbours }),
      tasks: this.genuineTasks().toSorted(compareNewestFirst),
      foreign: this.tasks().filter(isForeign).toSorted(compareNewestFirst),
      strangers: new Set(this.#strangers),
      registeredByUs: new Map(this.#registeredByUs),
      deregisteredByUs: new Set(this.#deregisteredByUs),
      drainingSince: new Map(this.#drainingSince),
      markedSince: new Map(this.#markedSince),
      strayingSince: new Map(this.#strayingSince),
      ...(this.#routing === undefined ? {} : { routing: this.#routing }),
      ...(this.#stopNotedAt === undefined ? {} : { stopNotedAt: this.#stopNotedAt }),
      ...(this.#stopNote?.asked === undefined ? {} : { stopNote: this.#stopNote.asked }),
    };
  }

  /** Copies of other tasks without their facts. */
  tasks(): Task[] {
    return withoutCopies([...this.#tasks.values()]);
  }

  task(taskArn: string): Task | undefined {
    return this.#tasks.get(taskArn);
  }

  genuineTasks(): Task[] {
    return this.tasks().filter((task) => !isForeign(task));
  }

  group(targetGroupArn: string): GroupView | undefined {
    return this.#groups.get(targetGroupArn);
  }

  /** The clusters of the scope, and those in which tasks of the service were found. */
  clusters(): readonly string[] {
    return distinctClusters([...this.#scope.clusters, ...this.tasks().map((task) => task.clusterArn)]);
  }

  /** @throws StartEnginesError `Internal` for a task that was started for another service. */
  remember(task: Task): void {
    if (task.startedBy !== this.#scope.startedBy) {
      throw new StartEnginesError('Internal', `Task ${task.taskArn} belongs to "${task.startedBy}".`, {
        context: { taskArn: task.taskArn, startedBy: task.startedBy, expected: this.#scope.startedBy },
      });
    }
    const merged = mergeReadings(this.#tasks.get(task.taskArn), task);
    this.#tasks.set(task.taskArn, merged);
    if (!isRetiring(merged)) this.#markedSince.delete(task.taskArn);
    else if (!this.#markedSince.has(task.taskArn)) this.#markedSince.set(task.taskArn, this.#clock.now());
  }

  rememberStranger(taskArn: string): void {
    this.#strangers.add(taskArn);
  }

  /** ECS shows the task now. */
  rememberReading(task: Task): void {
    this.remember(task);
    this.#tasksReadAt.set(task.taskArn, this.#clock.now());
  }

  /** Whether ECS has shown the task within this time. */
  wasReadWithin(taskArn: string, withinMs: number): boolean {
    return this.#clock.now() - (this.#tasksReadAt.get(taskArn) ?? 0) <= withinMs;
  }

  /** ECS has answered that the task has ended, which reads may not show yet. */
  rememberEnd(task: Task): void {
    this.remember({ ...task, desiredStatus: 'STOPPED', stoppingAt: this.#clock.now() });
  }

  rememberGroup(group: GroupView): void {
    this.#groups.set(group.targetGroupArn, group);
  }

  forgetGroup(targetGroupArn: string): void {
    this.#groups.delete(targetGroupArn);
  }

  rememberAddressType(targetGroupArn: string, type: AddressType): void {
    this.#addressTypes.set(targetGroupArn, type);
  }

  rememberSurvey({ neighbours, ...survey }: SurveyFindings): void {
    this.#survey = survey;
    this.#neighbours = neighbours;
  }

  rememberNeighbours(neighbours: Neighbours): void {
    this.#neighbours = neighbours;
    // The service's own tasks are among them, and this reading is newer than the look.
    const tasks = neighbours.readable ? neighbours.tasks : [];
    for (const task of tasks.filter(({ startedBy }) => startedBy === this.#scope.startedBy)) this.remember(task);
  }

  /** The listing of the tasks begins now. */
  rememberListing(): void {
    this.#listedAt = this.#clock.now();
  }

  get stopNote(): { readonly readAt: number; readonly asked: number | undefined } | undefined {
    return this.#stopNote;
  }

  rememberStopNote(readAt: number, asked: number | undefined): void {
    this.#stopNote = { readAt, asked };
  }

  /** This operation has noted its stop. */
  rememberStopNoted(): void {
    this.#stopNotedAt = this.#clock.now();
  }

  rememberRegistration(targetGroupArn: string, ip: string, port: number): void {
    const key = targetKey(targetGroupArn, ip, port);
    this.#registeredByUs.set(key, this.#clock.now());
    this.#deregisteredByUs.delete(key);
  }

  /** AWS refused to deregister a target that does not show: there is nothing to deregister. */
  rememberAbsence(targetGroupArn: string, ip: string, port: number): void {
    this.#deregisteredByUs.add(targetKey(targetGroupArn, ip, port));
  }

  /** The tasks at this address drain from now on, if the target may have been registered. */
  rememberDeregistration(targetGroupArn: string, ip: string, port: number): void {
    const key = targetKey(targetGroupArn, ip, port);
    const group = this.#groups.get(targetGroupArn);
    const shown = group?.readable === true && group.targets.some((target) => target.ip === ip && target.port === port);
    const mayHaveStood = shown || group?.readable !== true || this.#registeredByUs.has(key);
    this.#registeredByUs.delete(key);
    this.#deregisteredByUs.add(key);
    // The earlier reading proves nothing about the next task with the same address.
    if (group?.readable === true) {
      const targets = group.targets.filter((target) => target.ip !== ip || target.port !== port);
      this.#groups.set(targetGroupArn, { ...group, targets });
    }
    if (!mayHaveStood) return;
    const now = this.#clock.now();
    for (const task of this.#tasks.values()) {
      if (hasAddress(task, ip) && isLive(task)) this.#drainingSince.set(task.taskArn, now);
    }
  }

  /** Another process has deregistered a retiring task whose target is draining: its drain runs from now on. */
  noticeDraining(): void {
    const targets = [...this.#groups.values()].flatMap((group) => (group.readable ? group.targets : []));
    for (const task of this.tasks().filter(isRetiring)) {
      const draining = targets.some((target) => hasAddress(task, target.ip) && !isRegisteredState(target));
      if (draining && !this.#drainingSince.has(task.taskArn)) {
        this.#drainingSince.set(task.taskArn, this.#clock.now());
      }
    }
  }

  /** Where the listener rules send requests now. */
  rememberRoutes(routes: readonly RouteView[], settleMs: number): void {
    const { awaySince = this.#clock.now(), vacantSince = new Map(), changedByUs = new Map() } = this.#routing ?? {};
    const isAway = routes.every(({ state }) => state !== 'service' && state !== 'mixed');
    this.#routing = { routes, vacantSince, changedByUs, settleMs, ...(isAway ? { awaySince } : {}) };
  }

  /** This operation has changed the rule, which the next look shows. */
  rememberRoute(listenerRuleArn: string, to: Route): void {
    if (this.#routing === undefined) return;
    const changedByUs = new Map(this.#routing.changedByUs).set(listenerRuleArn, { to, at: this.#clock.now() });
    this.#routing = { ...this.#routing, changedByUs };
  }

  /** Records since when a running task has not been registered. */
  noticeVacancies(): void {
    if (this.#routing === undefined) return;
    const view = this.view('service');
    const vacant = this.#routing.routes.filter(({ targetGroupArn }) => isVacant(view, targetGroupArn));
    const since = (rule: string) => this.#routing?.vacantSince.get(rule) ?? this.#clock.now();
    const vacantSince = new Map(vacant.map(({ listenerRuleArn: rule }) => [rule, since(rule)]));
    this.#routing = { ...this.#routing, vacantSince };
  }

  /** Records since when targets have belonged to no task. */
  noticeStrays(): void {
    const strays = strayTargets([...this.#groups.values()], this.genuineTasks());
    const seen = new Set(strays.map((stray) => stray.key));
    for (const key of this.#strayingSince.keys()) if (!seen.has(key)) this.#strayingSince.delete(key);
    for (const key of seen) if (!this.#strayingSince.has(key)) this.#strayingSince.set(key, this.#clock.now());
  }
}
