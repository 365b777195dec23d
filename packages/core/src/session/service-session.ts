import { hasAddress } from '../model/addresses.ts';
import { clusterInArn, distinctClusters } from '../model/clusters.ts';
import { isPassing, StartEnginesError, toStartEnginesError } from '../model/errors.ts';
import { mergeReadings } from '../model/merge-readings.ts';
import type { Neighbours } from '../model/neighbours.ts';
import type { AddressType, LaunchReply, Ports } from '../model/ports.ts';
import type { ServiceMapping } from '../model/service-mapping.ts';
import {
  compareNewestFirst,
  isForeign,
  isKept,
  isLate,
  isLive,
  isRetiring,
  type LaunchFacts,
  mayStandInGroups,
  type Task,
} from '../model/task.ts';
import { formatStopReason } from '../model/task-marks.ts';
import { type GroupView, isRegisteredState, targetKey, type View } from '../model/view.ts';
import type { Action, LaunchAction } from '../plan/actions.ts';
import { portsOf } from '../plan/choose-container.ts';
import { launchToken } from '../plan/launch-token.ts';
import { type Overdue, overdueReason } from '../plan/overdue.ts';
import { needsNeighbours } from '../plan/plan-upkeep.ts';
import { strayTargets } from '../plan/upkeep/remove-strays.ts';
import { stopNoteValidMs } from '../plan/wait-schedule.ts';
import { announceOverdue } from './announce.ts';
import { announceEnd, announceTakedown } from './announce-end.ts';
import { listPresent } from './list-present.ts';
import { readAddressTypes } from './read-address-types.ts';
import { readGroup } from './read-group.ts';
import type { ReadNeighbours } from './read-neighbours.ts';

export interface SessionScope {
  readonly service: string;
  readonly startedBy: string;
  /** Clusters in which the service's tasks may run. */
  readonly clusters: readonly string[];
  /** Target groups to look at besides those in the tasks' launch facts: the mapping's. */
  readonly targetGroupArns: readonly string[];
  /** Reads the note of the latest stop where a task may have missed that stop. */
  readonly readsStopNote?: true;
  /** When the operation has noted already that the service is to be down, in milliseconds since the epoch. */
  readonly stopNotedAt?: number;
  /** Asked when an ended task has left a target whose address may be another task's by now. */
  readonly readNeighbours: ReadNeighbours;
}

/** What a look at the whole workspace tells about the target groups of one service. */
export type SurveyFindings = Required<Pick<View, 'exclusiveGroupArns' | 'endedTargets' | 'neighbours'>>;

/**
 * One operation's eyes and hands for one service: it looks, remembers what it saw (reads may be stale, so the highest
 * version of a task counts), and carries out what a plan calls for.
 */
export class ServiceSession {
  readonly #ports: Ports;
  readonly #scope: SessionScope;
  readonly #tasks = new Map<string, Task>();
  readonly #groups = new Map<string, GroupView>();
  readonly #addressTypes = new Map<string, AddressType>();
  readonly #registeredByUs = new Map<string, number>();
  readonly #deregisteredByUs = new Set<string>();
  readonly #drainingSince = new Map<string, number>();
  readonly #markedSince = new Map<string, number>();
  readonly #strayingSince = new Map<string, number>();
  readonly #done: Action[] = [];
  readonly #endsTold = new Set<string>();
  #listedAt = 0;
  #stopNotedAt: number | undefined;
  #stopNote: { readonly readAt: number; readonly asked: number | undefined } | undefined;
  #survey: Omit<SurveyFindings, 'neighbours'> | undefined;
  #neighbours: Neighbours | undefined;

  constructor(ports: Ports, scope: SessionScope) {
    this.#ports = ports;
    this.#scope = scope;
    this.#stopNotedAt = scope.stopNotedAt;
  }

  /** What is known now, without asking AWS. */
  view(scope: View['scope']): View {
    return {
      at: this.#ports.clock.now(),
      listedAt: this.#listedAt,
      scope,
      groups: [...this.#groups.values()],
      addressTypes: new Map(this.#addressTypes),
      exclusiveGroupArns: new Set(),
      ...this.#survey,
      ...(this.#neighbours === undefined ? {} : { neighbours: this.#neighbours }),
      tasks: this.#genuine().toSorted(compareNewestFirst),
      foreign: [...this.#tasks.values()].filter(isForeign).toSorted(compareNewestFirst),
      registeredByUs: new Map(this.#registeredByUs),
      deregisteredByUs: new Set(this.#deregisteredByUs),
      drainingSince: new Map(this.#drainingSince),
      markedSince: new Map(this.#markedSince),
      strayingSince: new Map(this.#strayingSince),
      ...(this.#stopNotedAt === undefined ? {} : { stopNotedAt: this.#stopNotedAt }),
      ...(this.#stopNote?.asked === undefined ? {} : { stopNote: this.#stopNote.asked }),
    };
  }

  #genuine(): Task[] {
    return [...this.#tasks.values()].filter((task) => !isForeign(task));
  }

  /**
   * Looks at all of the service: targets first, then its tasks, RUNNING before STOPPED. `endedTasks`: `needed` reads the
   * ended ones only when no live task is there to stay.
   */
  async lookAtService(endedTasks: 'always' | 'needed'): Promise<View> {
    await this.#readGroups(new Set([...this.#scope.targetGroupArns, ...this.#groupsOf([...this.#tasks.values()])]));
    this.#listedAt = this.#ports.clock.now();
    await this.#readTasks('RUNNING');
    if (endedTasks === 'always' || !this.#genuine().some(isKept)) await this.#readTasks('STOPPED');
    return this.#completeLook();
  }

  /** Reads the mapping's target groups, for `lookAtTasks`. */
  async readMappedGroups(): Promise<void> {
    await this.#readGroups(new Set(this.#scope.targetGroupArns));
  }

  /**
   * The look at the service that is complete with these tasks, which somebody else read after `readMappedGroups`. Only a look
   * at the whole workspace can tell what belongs to nobody, so no other operation takes such a target out.
   */
  async lookAtTasks(tasks: readonly Task[], { neighbours, ...survey }: SurveyFindings): Promise<View> {
    this.#survey = survey;
    this.#neighbours = neighbours;
    this.#listedAt = this.#ports.clock.now();
    for (const task of tasks) this.remember(task);
    return this.#completeLook();
  }

  async #completeLook(): Promise<View> {
    const further = this.#groupsOf([...this.#tasks.values()]).filter((arn) => !this.#groups.has(arn));
    await this.#readGroups(new Set(further));
    this.#noticeStrays();
    this.#noticeDraining();
    await this.#readStopNote();
    return this.#inquire(await this.completeView('service'));
  }

  /** What is known now, with the kinds of address that are needed to register a task. */
  async completeView(scope: View['scope']): Promise<View> {
    const types = await readAddressTypes(this.#ports, this.#scope.service, this.view(scope));
    for (const [targetGroupArn, type] of types) this.#addressTypes.set(targetGroupArn, type);
    return this.view(scope);
  }

  /** Asks who has an address now, where a plan could not decide about a target without. */
  async #inquire(view: View): Promise<View> {
    if (!needsNeighbours(view)) return view;
    const neighbours = await this.#scope.readNeighbours(this.#clusters());
    this.#neighbours = neighbours;
    // The service's own tasks are among them, and this reading is newer than the look.
    const own = neighbours.readable
      ? neighbours.tasks.filter(({ startedBy }) => startedBy === this.#scope.startedBy)
      : [];
    for (const task of own) this.remember(task);
    return this.view(view.scope);
  }

  /** A stop looks twice, so it finds a task that was launched soon after its request. Only a later one can have missed it. */
  async #readStopNote(): Promise<void> {
    if (!this.#scope.readsStopNote) return;
    const now = this.#ports.clock.now();
    if (this.#stopNote !== undefined && now - this.#stopNote.readAt < stopNoteValidMs) return;
    if (![...this.#tasks.values()].some((task) => isKept(task) && isLate(task))) return;
    this.#stopNote = { readAt: now, asked: await this.#ports.stopNotes.latest(this.#scope.service) };
  }

  /** Looks at one task, and before that at its targets once it can have any. */
  async lookAtTask(taskArn: string): Promise<View> {
    const known = this.#tasks.get(taskArn);
    if (known !== undefined && mayStandInGroups(known)) await this.#readGroups(new Set(this.#groupsOf([known])));
    // What stood in the groups before the task had its address says nothing about the task.
    else if (known !== undefined) for (const arn of this.#groupsOf([known])) this.#groups.delete(arn);
    const readings = await this.#ports.tasks.describe(clusterInArn(taskArn, this.#scope.clusters), [taskArn]);
    for (const task of readings.tasks) this.remember(task);
    this.#noticeDraining();
    return this.#inquire(await this.completeView('task'));
  }

  /**
   * Takes a reading of a task into memory. @throws StartEnginesError `Internal` for a task that was not started for
   * this service.
   */
  remember(task: Task): void {
    if (task.startedBy !== this.#scope.startedBy) {
      throw new StartEnginesError('Internal', `Task ${task.taskArn} belongs to "${task.startedBy}".`, {
        context: { taskArn: task.taskArn, startedBy: task.startedBy, expected: this.#scope.startedBy },
      });
    }
    const merged = mergeReadings(this.#tasks.get(task.taskArn), task);
    this.#tasks.set(task.taskArn, merged);
    if (!isRetiring(merged)) this.#markedSince.delete(task.taskArn);
    else if (!this.#markedSince.has(task.taskArn)) this.#markedSince.set(task.taskArn, this.#ports.clock.now());
  }

  /** Asks ECS for the next generation. */
  async launch(action: LaunchAction, mapping: ServiceMapping, facts: LaunchFacts): Promise<LaunchReply> {
    const clientToken = launchToken(this.#scope.startedBy, action.predecessor?.taskArn, action.attempt);
    const reply = await this.#ports.tasks.launch({
      cluster: mapping.cluster,
      taskDefinition: mapping.taskDefinition,
      capacity: mapping.capacity,
      subnets: mapping.subnets,
      securityGroups: mapping.securityGroups,
      assignPublicIp: mapping.assignPublicIp,
      ...(mapping.taskOptions === undefined ? {} : { taskOptions: mapping.taskOptions }),
      ...(mapping.containerName === undefined ? {} : { containerName: mapping.containerName }),
      ports: portsOf(mapping),
      environment: mapping.environment,
      startedBy: this.#scope.startedBy,
      clientToken,
      facts,
    });
    if (reply.kind === 'task') {
      // The replayed reply of a task that has stopped may carry its ARN and states alone.
      const task: Task = { ...reply.task, startedBy: this.#scope.startedBy, facts: reply.task.facts ?? facts };
      this.remember(task);
      const { service } = this.#scope;
      this.#ports.journal.record({ service, kind: 'launched', taskArn: task.taskArn, clientToken });
    }
    return reply;
  }

  /** What this operation has changed so far, in order. */
  get done(): readonly Action[] {
    return this.#done;
  }

  /** Carries out one action. */
  async act(action: Action): Promise<void> {
    if (await this.#carryOut(action)) this.#done.push(action);
  }

  /** False when there was nothing to do any more. */
  async #carryOut(action: Action): Promise<boolean> {
    const { tasks, targets, journal, clock } = this.#ports;
    const { service } = this.#scope;
    switch (action.kind) {
      case 'mark-adopted':
        if ((await tasks.markAdopted(action.task.taskArn, action.asked)) === 'ended')
          return this.#rememberEnd(action.task);
        this.remember({ ...action.task, adoptedAsked: action.asked });
        return true;
      case 'mark-up':
        if ((await tasks.markUp(action.task.taskArn, action.at)) === 'ended') return this.#rememberEnd(action.task);
        this.remember({ ...action.task, upAt: action.at });
        return true;
      case 'register': {
        const { targetGroupArn, ip, port } = action;
        await targets.register(targetGroupArn, { ip, port });
        this.#registeredByUs.set(targetKey(targetGroupArn, ip, port), clock.now());
        this.#deregisteredByUs.delete(targetKey(targetGroupArn, ip, port));
        journal.record({ service, kind: 'registered', taskArn: action.task.taskArn, targetGroupArn, port });
        return true;
      }
      case 'deregister': {
        const { targetGroupArn, ip, port } = action;
        // Told first: once the target is gone, nobody who finishes this for us would find that there is anything to tell.
        if (action.interrupted !== undefined) await this.tellEnd(action.interrupted);
        try {
          await targets.deregister(targetGroupArn, { ip, port });
        } catch (caught) {
          const problem = toStartEnginesError(caught);
          if (!action.precaution || problem.code === 'Internal' || isPassing(problem)) throw problem;
          journal.record({ service, kind: 'aws-trouble', code: problem.code, message: problem.message });
          this.#deregisteredByUs.add(targetKey(targetGroupArn, ip, port));
          return false;
        }
        this.#forgetTarget(targetGroupArn, ip, port);
        journal.record({ service, kind: 'deregistered', targetGroupArn, ip, port });
        if (action.stray) journal.record({ service, kind: 'stray-target', targetGroupArn, ip, port });
        return true;
      }
      case 'mark-retiring':
        // Told first: whoever finishes this for us would find nothing to tell.
        if (action.overdue !== undefined) await this.#tellOverdue(action.task, action.overdue);
        if ((await tasks.markRetiring(action.task.taskArn, action.mark)) === 'ended')
          return this.#rememberEnd(action.task);
        this.remember({ ...action.task, retire: action.mark });
        journal.record({ service, kind: 'retiring', taskArn: action.task.taskArn, by: action.mark.by });
        return true;
      case 'note-stop':
        await this.#ports.stopNotes.note(service, action.asked);
        this.#stopNotedAt = clock.now();
        journal.record({ service, kind: 'stop-noted', asked: action.asked });
        return true;
      case 'stop': {
        const reason = formatStopReason(action.mark);
        const reply = await tasks.stop(action.task.taskArn, reason);
        if (reply === 'not-found') return this.#rememberEnd(action.task);
        const { stoppedReason } = reply;
        const stoppingAt = clock.now();
        this.remember({ ...action.task, desiredStatus: 'STOPPED', stoppingAt, retire: action.mark, stoppedReason });
        // Another has stopped it before, or it was ending of itself.
        if (stoppedReason !== reason) return false;
        journal.record({ service, kind: 'stopped', taskArn: action.task.taskArn, reason });
        return true;
      }
    }
  }

  /** ECS says that the task has ended, which reads may not show yet. */
  #rememberEnd(task: Task): false {
    this.remember({ ...task, desiredStatus: 'STOPPED', stoppingAt: this.#ports.clock.now() });
    return false;
  }

  /**
   * Records on a task that a start is about to be answered that it is up: from then on no other start takes it down. Where AWS
   * refuses the mark the task is up all the same, and the journal says what failed.
   *
   * @returns False when the task has ended.
   * @throws StartEnginesError `AwsThrottled` or `AwsUnavailable`.
   */
  async reportUp(task: Task): Promise<boolean> {
    if (!isKept(task) || task.upAt !== undefined) return true;
    const { clock, journal } = this.#ports;
    try {
      await this.act({ kind: 'mark-up', task, at: clock.now() });
    } catch (caught) {
      const error = toStartEnginesError(caught);
      if (isPassing(error)) throw error;
      journal.record({ service: this.#scope.service, kind: 'aws-trouble', code: error.code, message: error.message });
    }
    return this.#tasks.get(task.taskArn)?.desiredStatus !== 'STOPPED';
  }

  /** Reports once that a task has ended, or is taken down for a reason, although nobody requested it. */
  async tellEnd(task: Task, takenDownFor?: string): Promise<void> {
    if (this.#endsTold.has(task.taskArn)) return;
    this.#endsTold.add(task.taskArn);
    const { service } = this.#scope;
    if (takenDownFor === undefined) await announceEnd(this.#ports, service, task);
    else await announceTakedown(this.#ports, service, task, takenDownFor);
  }

  async #tellOverdue(task: Task, overdue: Overdue): Promise<void> {
    const reason = overdueReason(task, overdue);
    // It may have served for long, and whoever uses it was told that it is up.
    if (overdue === 'groups-gone') await this.tellEnd(task, reason);
    else await announceOverdue(this.#ports, this.#scope.service, task, reason);
  }

  async #readGroups(targetGroupArns: ReadonlySet<string>): Promise<void> {
    await Promise.all(
      [...targetGroupArns].map(async (targetGroupArn) => {
        const known = this.#groups.get(targetGroupArn);
        const group = await readGroup(this.#ports, this.#scope.service, targetGroupArn, known);
        this.#groups.set(targetGroupArn, group);
      }),
    );
  }

  async #readTasks(desiredStatus: 'RUNNING' | 'STOPPED'): Promise<void> {
    await Promise.all(
      this.#clusters().map(async (cluster) => {
        const { service, startedBy } = this.#scope;
        const list = () => this.#ports.tasks.list(cluster, startedBy, desiredStatus);
        const taskArns = (await listPresent(this.#ports, service, list)) ?? [];
        const unknown = taskArns.filter((arn) => desiredStatus === 'RUNNING' || this.#mayHaveChanged(arn));
        if (unknown.length === 0) return;
        const readings = await this.#ports.tasks.describe(cluster, unknown);
        for (const task of readings.tasks) this.remember(task);
      }),
    );
  }

  #clusters(): readonly string[] {
    const inhabited = [...this.#tasks.values()].map((task) => task.clusterArn);
    return distinctClusters([...this.#scope.clusters, ...inhabited]);
  }

  #mayHaveChanged(taskArn: string): boolean {
    return this.#tasks.get(taskArn)?.lastStatus !== 'STOPPED';
  }

  #groupsOf(tasks: readonly Task[]): string[] {
    return tasks.flatMap((task) => task.facts?.targets.map((target) => target.targetGroupArn) ?? []);
  }

  /** What had stood in the group, as far as anybody could see, drains from now on. */
  #forgetTarget(targetGroupArn: string, ip: string, port: number): void {
    const key = targetKey(targetGroupArn, ip, port);
    const group = this.#groups.get(targetGroupArn);
    const shown = group?.readable === true && group.targets.some((target) => target.ip === ip && target.port === port);
    const mayHaveStood = shown || group?.readable !== true || this.#registeredByUs.has(key);
    this.#registeredByUs.delete(key);
    this.#deregisteredByUs.add(key);
    // What was read before is no evidence any more, for a task that gets the same address next.
    if (group?.readable === true) {
      const targets = group.targets.filter((target) => target.ip !== ip || target.port !== port);
      this.#groups.set(targetGroupArn, { ...group, targets });
    }
    if (!mayHaveStood) return;
    const now = this.#ports.clock.now();
    for (const task of this.#tasks.values()) {
      if (hasAddress(task, ip) && isLive(task)) this.#drainingSince.set(task.taskArn, now);
    }
  }

  /** A retiring task whose target drains already was deregistered by somebody else: its drain runs from now on. */
  #noticeDraining(): void {
    const targets = [...this.#groups.values()].flatMap((group) => (group.readable ? group.targets : []));
    for (const task of [...this.#tasks.values()].filter(isRetiring)) {
      const draining = targets.some((target) => hasAddress(task, target.ip) && !isRegisteredState(target));
      if (draining && !this.#drainingSince.has(task.taskArn)) {
        this.#drainingSince.set(task.taskArn, this.#ports.clock.now());
      }
    }
  }

  #noticeStrays(): void {
    const strays = strayTargets([...this.#groups.values()], this.#genuine());
    const seen = new Set(strays.map((stray) => stray.key));
    for (const key of this.#strayingSince.keys()) if (!seen.has(key)) this.#strayingSince.delete(key);
    for (const key of seen) if (!this.#strayingSince.has(key)) this.#strayingSince.set(key, this.#ports.clock.now());
  }
}
