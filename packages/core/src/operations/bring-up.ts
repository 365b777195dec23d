import { clusterName, distinctClusters } from '../model/clusters.ts';
import { type StartEnginesError, toStartEnginesError } from '../model/errors.ts';
import { ownerOf } from '../model/identity.ts';
import type { OperationContext, StartOutcome, StartRequest } from '../model/operation-types.ts';
import type { LaunchReply, Ports } from '../model/ports.ts';
import type { LoadedMapping } from '../model/service-mapping.ts';
import {
  type Generation,
  isAddressable,
  isKept,
  isLive,
  type LaunchFacts,
  type RetireMark,
  type Task,
  taskIdOf,
} from '../model/task.ts';
import { addressIn, isHealthyEverywhere, type View } from '../model/view.ts';
import type { Action, LaunchAction } from '../plan/actions.ts';
import { mayChooseCluster } from '../plan/cluster-lease.ts';
import { endOfTask } from '../plan/end-of-task.ts';
import { inCluster, type LaunchSettings } from '../plan/launch-settings.ts';
import { generationOf } from '../plan/launch-token.ts';
import { takesDown } from '../plan/plan-compensation.ts';
import { planStart, type StartStep } from '../plan/plan-start.ts';
import { markVisibleMs, standsEverywhere } from '../plan/plan-targets.ts';
import type { Followed, Refusal, StartIntent } from '../plan/start-intent.ts';
import { startedTargets, whyUnreachable } from '../plan/started-targets.ts';
import { lastBeginning } from '../plan/time-left.ts';
import { act, launch, markUp } from '../session/carry-out.ts';
import { leaseCluster } from '../session/lease-cluster.ts';
import { lookAtService, lookAtTask } from '../session/observe.ts';
import { patientReads } from '../session/patient-reads.ts';
import { compensationFailed, persist, tryOnce } from '../session/persist.ts';
import { neighbourReader } from '../session/read-neighbours.ts';
import { markToGo, retireTask } from '../session/retire-task.ts';
import { ServiceSession } from '../session/service-session.ts';

/** What taking a task down again needs besides its drain: a mark, a deregistration, a stop, and their retries. */
const cleanUpMs = 10_000;

export interface BringUpRequest {
  readonly kind: 'start' | 'restart';
  readonly request: StartRequest;
  readonly context: OperationContext;
  readonly settings: LaunchSettings;
  /** The mapping without the overrides. */
  readonly loaded: LoadedMapping;
}

export interface BroughtUp {
  readonly outcome: StartOutcome;
  readonly session: ServiceSession;
}

/**
 * Adopts or launches one task and turns the loop until it is where it is wanted.
 *
 * @throws StartEnginesError Any code of the catalog. What was launched is taken down again before it throws.
 */
export function bringUp(ports: Ports, request: BringUpRequest): Promise<BroughtUp> {
  return new BringUp(ports, request).run();
}

class BringUp {
  readonly #ports: Ports;
  readonly #settings: LaunchSettings;
  readonly #context: OperationContext;
  readonly #session: ServiceSession;
  readonly #begunAt: number;
  readonly #loaded: LoadedMapping;
  #intent: StartIntent;
  /** The launch of this start, from before RunTask is called. While its outcome is unknown, the same call is repeated exactly. */
  #ownLaunch: { readonly facts: LaunchFacts; readonly generation: Generation; readonly cluster: string } | undefined;
  #reported = new Set<string>();
  /** How many times in a row AWS has held up what was to be done. */
  #troubles = 0;

  constructor(ports: Ports, { kind, request, context, settings, loaded }: BringUpRequest) {
    const { mapping } = settings;
    this.#ports = ports;
    this.#settings = settings;
    this.#context = context;
    this.#begunAt = ports.clock.now();
    this.#loaded = loaded;
    const giveUpAt = context.deadline - Math.max(mapping.drainSeconds * 1000, markVisibleMs) - cleanUpMs;
    const patient = patientReads(ports, request.service, giveUpAt, (delayMs) => this.#noteHeldUp(delayMs));
    this.#session = new ServiceSession(patient, {
      service: request.service,
      startedBy: ownerOf(ports.workspace, request.service),
      // The mapping may have moved, or an override may have named another cluster, under a task that still lives.
      clusters: distinctClusters([mapping.cluster, loaded.mapping.cluster, ...ports.clusters]),
      targetGroupArns: mapping.targetGroups.map((group) => group.targetGroupArn),
      // Upkeep, for which the start does not wait.
      readNeighbours: neighbourReader(ports, request.service),
    });
    this.#intent = {
      service: request.service,
      asked: request.asked,
      waitFor: kind === 'restart' ? 'healthy' : (request.waitFor ?? mapping.wait),
      launchId: ports.newId(),
      restart: kind === 'restart',
      requested: settings.requested,
      giveUpAt,
      heldUpMs: 0,
      startTimeoutMs: mapping.startTimeoutSeconds * 1000,
      refusals: [],
      ...(mayChooseCluster(mapping.allowOverrides, loaded.mapping.cluster)
        ? { choice: { cluster: mapping.cluster, isRequested: request.overrides.cluster !== undefined } }
        : {}),
    };
  }

  async run(): Promise<BroughtUp> {
    const { endCallsBy } = this.#ports;
    const until = lastBeginning(this.#context);
    const { giveUpAt } = this.#intent;
    try {
      // Without the time to clean up nothing is launched, so there is nothing to keep time for.
      return {
        outcome: await endCallsBy(giveUpAt > this.#begunAt ? giveUpAt : until, () => this.#turn()),
        session: this.#session,
      };
    } catch (caught) {
      const error = toStartEnginesError(caught);
      const outcome = await endCallsBy(until, () => this.#compensate(error));
      return { outcome, session: this.#session };
    }
  }

  /** Observe, plan, act, until the plan says that it is done. */
  async #turn(): Promise<StartOutcome> {
    let view = await this.#look('service');
    for (;;) {
      this.#noteProgress(view);
      const step = planStart(view, this.#intent);
      switch (step.kind) {
        case 'done':
          await this.#tidy(step.upkeep ?? []);
          if (await this.#reportUp(step.task)) return this.#outcome(view, step.task);
          view = await this.#look('task');
          break;
        case 'fail':
          await this.#tidy(step.upkeep);
          throw step.error;
        case 'wait':
          await this.#ports.clock.sleep(step.delayMs);
          view = await this.#look(step.look);
          break;
        case 'read-stop-note': {
          const asked = await this.#persist(() => this.#ports.stopNotes.latest(this.#intent.service));
          this.#intent = { ...this.#intent, stopNote: { readAt: this.#ports.clock.now(), asked } };
          view = this.#session.memory.view(this.#intent.followed === undefined ? 'service' : 'task');
          break;
        }
        case 'claim-cluster':
          await this.#claimCluster(step.newestSeen);
          view = await this.#look('service');
          break;
        case 'look-for-another':
          await this.#tidy(step.upkeep);
          this.#intent = withoutFollowed(this.#intent);
          this.#ownLaunch = undefined;
          view = await this.#look('service');
          break;
        case 'launch':
          if (await this.#launch(step.launch)) {
            await this.#tidy(step.upkeep);
            view = this.#session.memory.view(this.#intent.followed === undefined ? 'service' : 'task');
          } else {
            // Meanwhile a stop may have been carried out. A start finds its note, or by its token the task that was stopped; a
            // restart comes after a task that it has seen live, and has to see what became of it.
            view = this.#intent.restart ? await this.#look('service') : this.#session.memory.view('service');
          }
          break;
        case 'follow':
          view = await this.#adopt(step, view);
          break;
        case 'act':
          await this.#act(step.actions);
          view = await this.#look(step.look);
          break;
      }
    }
  }

  /** False when AWS has held one up: what is to be done is decided anew by the next look. */
  async #act(actions: Extract<StartStep, { kind: 'act' }>['actions']): Promise<boolean> {
    const { service, giveUpAt: until } = this.#intent;
    for (const action of actions) {
      const limits = { service, until, failures: this.#troubles };
      this.#troubles += 1;
      if ((await tryOnce(this.#ports, limits, () => act(this.#session, action))) === 'look-again') return false;
      this.#troubles = 0;
      if (action.kind === 'register') this.#noteRegistration();
    }
    return true;
  }

  /** False when the task has ended meanwhile, or AWS held up the mark: what the start comes to is decided again. */
  async #reportUp(task: Task): Promise<boolean> {
    if (this.#intent.waitFor === 'none') return true;
    const { service, giveUpAt: until } = this.#intent;
    const limits = { service, until, failures: this.#troubles };
    let isUp = false;
    this.#troubles += 1;
    await tryOnce(this.#ports, limits, async () => {
      isUp = await markUp(this.#session, task);
      this.#troubles = 0;
    });
    return isUp;
  }

  async #adopt(step: Extract<StartStep, { kind: 'follow' }>, view: View): Promise<View> {
    if (!(await this.#act(step.actions))) return this.#look('service');
    this.#follow(step.task.taskArn);
    const { service } = this.#intent;
    this.#ports.journal.record({ service, kind: 'adopted', taskArn: step.task.taskArn });
    await this.#tidy(step.upkeep);
    // Between the look and the mark somebody may have marked the task to go.
    return step.actions.length > 0 ? this.#look('task') : view;
  }

  /** Settles in which cluster the next task is launched, where another start may choose another one. */
  async #claimCluster(newestSeen: number): Promise<void> {
    const request = { mapping: this.#settings.mapping, mappedCluster: this.#loaded.mapping.cluster, newestSeen };
    const lease = await leaseCluster(this.#ports, request, (call) => this.#persist(call));
    this.#intent = { ...this.#intent, lease };
  }

  /** False when AWS held it up, and whether to launch at all is to be decided anew. */
  async #launch({ predecessor, attempt: planned }: LaunchAction): Promise<boolean> {
    const generation = generationOf(predecessor, planned);
    const { lease } = this.#intent;
    const settings = lease === undefined ? this.#settings : inCluster(this.#settings, lease.cluster);
    const isSame =
      this.#ownLaunch?.generation.predecessor === generation.predecessor &&
      this.#ownLaunch.cluster === settings.mapping.cluster;
    if (this.#ownLaunch === undefined || !isSame) {
      const facts = this.#newFacts(settings, generation);
      this.#ownLaunch = { facts, generation, cluster: settings.mapping.cluster };
    }
    const pending = this.#ownLaunch;
    const action: LaunchAction = { kind: 'launch', predecessor, attempt: pending.generation.attempt };
    const { service, giveUpAt: until } = this.#intent;
    const limits = { service, until, failures: this.#troubles };
    let reply: LaunchReply | undefined;
    const ask = async () => {
      reply = await launch(this.#session, action, settings.mapping, pending.facts);
    };
    try {
      await tryOnce(this.#ports, limits, ask, (delayMs) => this.#noteHeldUp(delayMs));
    } catch (caught) {
      if (!this.#isRefusedElsewhere(toStartEnginesError(caught))) throw caught;
    }
    this.#troubles = reply === undefined ? this.#troubles + 1 : 0;
    if (reply !== undefined) this.#takeReply(reply, predecessor);
    return reply !== undefined;
  }

  /** Whether AWS refuses to launch in the cluster that another start has chosen. Then this start waits for its turn. */
  #isRefusedElsewhere({ code, message }: StartEnginesError): boolean {
    const { lease, service } = this.#intent;
    const isElsewhere =
      lease !== undefined && clusterName(lease.cluster) !== clusterName(this.#settings.mapping.cluster);
    if (!isElsewhere || (code !== 'AwsRejected' && code !== 'AwsAccessDenied')) return false;
    this.#ports.journal.record({ service, kind: 'aws-trouble', code, message });
    this.#intent = { ...this.#intent, lease: { ...lease, isRefused: true } };
    return true;
  }

  #takeReply(reply: LaunchReply, predecessor: Task | undefined): void {
    switch (reply.kind) {
      case 'task':
        this.#follow(reply.task.taskArn);
        return;
      case 'conflict': {
        const [taskArn] = reply.taskArns;
        if (taskArn === undefined) {
          const reasons = ['an earlier start of the same generation found no capacity'];
          const isFirst = this.#ownLaunch?.generation.attempt === 0;
          this.#noteRefusal(predecessor, isFirst ? { reasons, isAnothers: true } : { reasons });
          return;
        }
        this.#follow(taskArn);
        const { service } = this.#intent;
        this.#ports.journal.record({ service, kind: 'adopted', taskArn });
        return;
      }
      case 'no-capacity': {
        const { kind: _, ...refusal } = reply;
        this.#noteRefusal(predecessor, refusal);
        return;
      }
    }
  }

  #noteRefusal(predecessor: Task | undefined, said: Omit<Refusal, 'at' | 'predecessorArn'>): void {
    const { service, refusals } = this.#intent;
    this.#ownLaunch = undefined;
    this.#ports.journal.record({ service, kind: 'no-capacity', reasons: said.reasons });
    const refusal: Refusal = { ...said, at: this.#ports.clock.now(), predecessorArn: predecessor?.taskArn };
    this.#intent = { ...this.#intent, refusals: [...refusals, refusal] };
  }

  #newFacts({ mapping, fingerprints }: LaunchSettings, generation: Generation): LaunchFacts {
    return {
      launchId: this.#intent.launchId,
      targets: mapping.targetGroups,
      waitFor: this.#intent.waitFor,
      deadline: this.#ports.clock.now() + mapping.startTimeoutSeconds * 1000,
      startTimeoutSeconds: mapping.startTimeoutSeconds,
      generation,
      healthyTimeoutSeconds: mapping.healthyTimeoutSeconds,
      drainSeconds: mapping.drainSeconds,
      exclusiveTargetGroup: mapping.exclusiveTargetGroup,
      asked: this.#intent.asked,
      launchedAt: this.#ports.clock.now(),
      correlationId: this.#context.correlationId,
      mappingVersions: this.#loaded.versions,
      fingerprints,
    };
  }

  #follow(taskArn: string): void {
    const followed: Followed = { taskArn, since: this.#ports.clock.now(), looks: 0, seenLive: false };
    this.#intent = { ...this.#intent, followed };
  }

  async #look(scope: View['scope']): Promise<View> {
    const { followed } = this.#intent;
    return this.#persist(() =>
      scope === 'service' || followed === undefined
        ? lookAtService(this.#session, 'needed')
        : lookAtTask(this.#session, followed.taskArn),
    );
  }

  #persist<Result>(attempt: () => Promise<Result>): Promise<Result> {
    const { service, giveUpAt } = this.#intent;
    return persist(this.#ports, service, giveUpAt, attempt, (delayMs) => this.#noteHeldUp(delayMs));
  }

  /** Carries out upkeep; what fails of it is found again by the next look of anybody. */
  async #tidy(upkeep: readonly Action[]): Promise<void> {
    for (const action of upkeep) {
      try {
        await act(this.#session, action);
      } catch (caught) {
        const { code, message } = toStartEnginesError(caught);
        this.#ports.journal.record({ service: this.#intent.service, kind: 'aws-trouble', code, message });
      }
    }
  }

  /** Counts the look, and tells the journal of what it showed for the first time. */
  #noteProgress(view: View): void {
    const { followed, service } = this.#intent;
    if (followed === undefined) return;
    const task = view.tasks.find((one) => one.taskArn === followed.taskArn);
    const seenLive = followed.seenLive || (task !== undefined && isKept(task));
    this.#intent = { ...this.#intent, followed: { ...followed, looks: followed.looks + 1, seenLive } };
    if (task === undefined || !isAddressable(task)) return;
    if (followed.standingSince === undefined && standsEverywhere(view, task)) {
      this.#intent = {
        ...this.#intent,
        followed: { ...followed, looks: followed.looks + 1, seenLive, standingSince: view.at },
      };
    }
    const { taskArn, privateIp } = task;
    const durationMs = view.at - this.#begunAt;
    this.#reportOnce(`running ${taskArn}`, { service, kind: 'running', taskArn, privateIp, durationMs });
    if (isHealthyEverywhere(view, task)) {
      this.#reportOnce(`healthy ${taskArn}`, { service, kind: 'healthy', taskArn, durationMs });
    }
  }

  #reportOnce(key: string, entry: Parameters<Ports['journal']['record']>[0]): void {
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    this.#ports.journal.record(entry);
  }

  #noteHeldUp(delayMs: number): void {
    this.#intent = { ...this.#intent, heldUpMs: this.#intent.heldUpMs + delayMs };
  }

  #noteRegistration(): void {
    const { followed } = this.#intent;
    if (followed === undefined || followed.registeredSince !== undefined) return;
    this.#intent = { ...this.#intent, followed: { ...followed, registeredSince: this.#ports.clock.now(), looks: 0 } };
  }

  /**
   * Takes down what this start has launched unless somebody relies on it, then throws what went wrong. A start that turns out
   * to be done, because another process has finished it, is answered as such.
   */
  async #compensate(error: StartEnginesError): Promise<StartOutcome> {
    if (this.#ownLaunch === undefined) throw error;
    const until = lastBeginning(this.#context);
    const { followed, service, asked } = this.#intent;
    let task: Task | undefined;
    try {
      const mark: RetireMark = { asked, by: 'start' };
      let isMarked = false;
      for (let failures = 0; !isMarked; failures += 1) {
        const view = await persist(this.#ports, service, until, async () => {
          // Lists may not show the task yet.
          if (followed !== undefined) await lookAtTask(this.#session, followed.taskArn);
          return lookAtService(this.#session, 'needed');
        });
        task = view.tasks.find((one) => isKept(one) && one.facts?.launchId === this.#intent.launchId);
        if (task === undefined) throw error;
        if (followed === undefined) this.#follow(task.taskArn);
        const isSuperseded = error.code === 'Superseded';
        const step = planStart(view, this.#intent);
        if (step.kind === 'done' && !isSuperseded) return this.#outcome(view, step.task);
        if (!takesDown(view, task, this.#intent, isSuperseded)) throw error;
        isMarked = await markToGo(this.#ports, this.#session, task, mark, { service, until, failures });
      }
      if (task !== undefined) await retireTask(this.#ports, this.#session, service, task, mark, until);
    } catch (caught) {
      if (caught === error) throw error;
      const taskArn = task?.taskArn ?? followed?.taskArn ?? 'of an unknown ARN';
      throw compensationFailed(error, toStartEnginesError(caught), taskArn);
    }
    throw error;
  }

  #outcome(view: View, task: Task): StartOutcome {
    const { service, launchId, waitFor } = this.#intent;
    const { taskArn } = task;
    const unreachable = whyUnreachable(view, task);
    const outcome = {
      service,
      taskArn,
      taskId: taskIdOf(taskArn),
      reused: task.facts?.launchId !== launchId,
      waitedFor: waitFor,
      ...(isLive(task) ? {} : { ended: endOfTask(task).sentence }),
      ...(unreachable === undefined ? {} : { unreachable }),
    };
    const [first, ...others] = startedTargets(view, task);
    if (waitFor === 'none' || task.privateIp === undefined || first === undefined) return outcome;
    const privateIp = addressIn(view, { ...task, privateIp: task.privateIp }, first);
    return { ...outcome, privateIp, targets: [first, ...others] };
  }
}

function withoutFollowed({ followed: _, ...intent }: StartIntent): StartIntent {
  return intent;
}
