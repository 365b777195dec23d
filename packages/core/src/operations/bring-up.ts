import { distinctClusters } from '../model/clusters.ts';
import { toStartEnginesError } from '../model/errors.ts';
import { ownerOf } from '../model/identity.ts';
import type { StartOutcome, StartRequest } from '../model/operation-types.ts';
import { pausedSince } from '../model/pauses.ts';
import type { Ports } from '../model/ports.ts';
import { tagLagMs } from '../model/read-lag.ts';
import type { WaitFor } from '../model/service-mapping.ts';
import { isLive, type Task, taskIdOf } from '../model/task.ts';
import { addressIn, routesTo, type View } from '../model/view.ts';
import type { Action } from '../plan/actions.ts';
import { mayChooseCluster } from '../plan/cluster-lease.ts';
import { endOfTask } from '../plan/end-of-task.ts';
import { planStart, type StartStep } from '../plan/plan-start.ts';
import { markVisibleMs } from '../plan/plan-targets.ts';
import { wakeRefused } from '../plan/start-errors.ts';
import type { StartState } from '../plan/start-state.ts';
import { startedTargets, whyUnreachable } from '../plan/started-targets.ts';
import { stopStartingAt } from '../plan/time-left.ts';
import { act, markUp } from '../session/carry-out.ts';
import { leaseCluster } from '../session/lease-cluster.ts';
import { lookAtService, lookAtTask } from '../session/observe.ts';
import { endOlderPause } from '../session/pause-service.ts';
import { persist, tryOnce } from '../session/persist.ts';
import { publishActivation, publishFailed, publishUp } from '../session/publish-activation.ts';
import { neighbourReader } from '../session/read-neighbours.ts';
import { ServiceSession } from '../session/service-session.ts';
import { compensate } from './compensate.ts';
import { Launcher, type LaunchParameters } from './launcher.ts';
import { ProgressOfStart } from './progress-of-start.ts';

/** Reserved for taking a task down, in addition to its drain and the settling of its route, in milliseconds: mark, deregistration, stop, and their retries. */
const cleanUpMs = 10_000;

export interface BringUpRequest extends LaunchParameters {
  readonly kind: 'start' | 'restart' | 'wake';
  readonly request: StartRequest;
}

export interface BroughtUp {
  readonly outcome: StartOutcome;
  readonly session: ServiceSession;
}

/**
 * Adopts or launches one task, and loops until it is as the request wants it.
 *
 * @throws StartEnginesError Any code of the catalogue. A task that this start launched is taken down first.
 */
export async function bringUp(ports: Ports, request: BringUpRequest): Promise<BroughtUp> {
  const { context, settings, loaded } = request;
  const { mapping } = settings;
  const { service, asked, overrides, waitFor } = request.request;
  const begunAt = ports.clock.now();
  const until = stopStartingAt(context);
  const isRestart = request.kind === 'restart';
  const isRouted = (mapping.routes ?? []).length > 0;
  const settleMs = isRouted ? ports.rules.settleMs + tagLagMs : 0;
  const drainMs = Math.max(mapping.drainSeconds * 1000 + settleMs, markVisibleMs);
  const giveUpAt = context.deadline - drainMs - cleanUpMs;
  const progress = new ProgressOfStart(ports, {
    service,
    asked,
    waitFor: awaitedState(isRestart ? 'healthy' : (waitFor ?? mapping.wait), isRouted),
    launchId: ports.newId(),
    restart: isRestart,
    isWake: request.kind === 'wake',
    leaseUntil: leaseEnd(request),
    requested: settings.requested,
    giveUpAt,
    startTimeoutMs: mapping.startTimeoutSeconds * 1000,
    ...(mayChooseCluster(mapping.allowOverrides, loaded.mapping.cluster)
      ? { choice: { cluster: mapping.cluster, isRequested: overrides.cluster !== undefined } }
      : {}),
  });
  const session = new ServiceSession(ports, {
    service,
    until: giveUpAt,
    onPause: (delayMs) => progress.noteHeldUp(delayMs),
    startedBy: ownerOf(ports.workspace, service),
    // A live task may run where the mapping was before, or where an override placed it.
    clusters: distinctClusters([mapping.cluster, loaded.mapping.cluster, ...ports.clusters]),
    targetGroupArns: mapping.targetGroups.map((group) => group.targetGroupArn),
    routes: loaded.mapping.routes,
    // Upkeep, for which the start does not wait.
    readNeighbours: neighbourReader(ports, service),
  });
  const launcher = new Launcher(ports, session, progress, request);
  if (isRouted && request.kind === 'wake') progress.notePauseRead();
  else if (isRouted) await endOlderPause(ports, service, asked, until);
  try {
    // Without the time to clean up nothing is launched, so no time is reserved.
    const loop = new StartLoop(ports, session, progress, launcher, request);
    const { view, task } = await ports.endCallsBy(giveUpAt > begunAt ? giveUpAt : until, () => loop.run());
    const outcome = outcomeOf(progress.state, view, task);
    if (isRouted && outcome.waitedFor !== 'none' && !outcome.reused) await publishUp(ports, service, task);
    return { outcome, session };
  } catch (caught) {
    const failure = toStartEnginesError(caught);
    if (!launcher.hasLaunched) throw failure;
    const { view, task } = await ports.endCallsBy(until, async () => {
      try {
        return await compensate(ports, session, progress, failure, until);
      } finally {
        const [newest] = session.memory.view('service').tasks;
        if (isRouted && failure.code !== 'Superseded') await publishFailed(ports, service, newest);
      }
    });
    return { outcome: outcomeOf(progress.state, view, task), session };
  }
}

/** Until when the start requests the service, in milliseconds since the epoch; undefined without an end. */
function leaseEnd({ request, settings }: BringUpRequest): number | undefined {
  const seconds = request.leaseSeconds ?? settings.mapping.leaseSeconds;
  return seconds === undefined ? undefined : request.asked + seconds * 1000;
}

/** A running task gets requests only when the route leads to it, for which it has to be healthy. */
function awaitedState(waitFor: WaitFor, isRouted: boolean): WaitFor {
  return isRouted && waitFor === 'running' ? 'healthy' : waitFor;
}

/** Observe, plan, act, until the plan says that the start is done or has failed. */
class StartLoop {
  readonly #ports: Ports;
  readonly #session: ServiceSession;
  readonly #progress: ProgressOfStart;
  readonly #launcher: Launcher;
  readonly #parameters: LaunchParameters;

  constructor(
    ports: Ports,
    session: ServiceSession,
    progress: ProgressOfStart,
    launcher: Launcher,
    parameters: LaunchParameters,
  ) {
    this.#ports = ports;
    this.#session = session;
    this.#progress = progress;
    this.#launcher = launcher;
    this.#parameters = parameters;
  }

  async run(): Promise<{ readonly view: View; readonly task: Task }> {
    let view = await this.#look('service');
    for (;;) {
      this.#progress.noteLook(view);
      const step = planStart(view, this.#progress.state);
      switch (step.kind) {
        case 'done':
          await this.#tidy(step.upkeep ?? []);
          if (await this.#reportUp(step.task)) return { view, task: step.task };
          view = await this.#look('task');
          break;
        case 'fail':
          await this.#tidy(step.upkeep);
          throw step.error;
        case 'wait':
          await this.#ports.clock.sleep(step.delayMs);
          view = await this.#look(step.look);
          break;
        case 'read-stop-note':
          this.#progress.noteStopNote(await this.#session.ports.stopNotes.latest(this.#progress.state.service));
          view = this.#known();
          break;
        case 'read-pause':
          await this.#refuseIfPaused();
          view = this.#known();
          break;
        case 'claim-cluster':
          await this.#claimCluster(step.newestSeen);
          view = await this.#look('service');
          break;
        case 'look-for-another':
          await this.#tidy(step.upkeep);
          this.#progress.followAnother();
          this.#launcher.forget();
          view = await this.#look('service');
          break;
        case 'change-token':
          this.#launcher.noteTakenToken(step.taskArn);
          this.#progress.followAnother();
          view = await this.#look('service');
          break;
        case 'launch':
          if (await this.#launcher.launch(step.launch)) {
            await this.#publishStart();
            await this.#tidy(step.upkeep);
            view = this.#known();
          } else {
            // A stop may have been carried out meanwhile. A start finds its note, or the stopped task by its token. A restart
            // follows a task that it has seen live, and has to look at it again.
            view = this.#progress.state.restart ? await this.#look('service') : this.#session.memory.view('service');
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

  /** False when AWS has held one up: the next look decides again what to do. */
  async #act(actions: readonly Action[]): Promise<boolean> {
    for (const action of actions) {
      if (!(await this.#tryOnce(() => act(this.#session, action)))) return false;
      if (action.kind === 'register') this.#progress.noteRegistration();
    }
    return true;
  }

  /** False when AWS has held it up. Failures count until an attempt succeeds, also when the attempt throws. */
  async #tryOnce(attempt: () => Promise<void>): Promise<boolean> {
    const { service, giveUpAt: until } = this.#progress.state;
    const limits = { service, until, failures: this.#progress.failures };
    this.#progress.failures += 1;
    if ((await tryOnce(this.#ports, limits, attempt)) === 'look-again') return false;
    this.#progress.failures = 0;
    return true;
  }

  /** False when the task has ended meanwhile, or AWS held up the mark: the next look decides again. */
  async #reportUp(task: Task): Promise<boolean> {
    if (this.#progress.state.waitFor === 'none') return true;
    let isUp = false;
    await this.#tryOnce(async () => {
      isUp = await markUp(this.#session, task);
    });
    return isUp;
  }

  async #adopt(step: Extract<StartStep, { kind: 'follow' }>, view: View): Promise<View> {
    if (!(await this.#act(step.actions))) return this.#look('service');
    const { taskArn } = step.task;
    this.#progress.follow(taskArn);
    this.#ports.journal.record({ service: this.#progress.state.service, kind: 'adopted', taskArn });
    await this.#tidy(step.upkeep);
    // Between the look and the mark another operation may have retired the task.
    return step.actions.length > 0 ? this.#look('task') : view;
  }

  /** Settles the cluster of the next launch, if another start may choose another cluster. */
  async #claimCluster(newestSeen: number): Promise<void> {
    const { settings, loaded } = this.#parameters;
    const request = { mapping: settings.mapping, mappedCluster: loaded.mapping.cluster, newestSeen };
    const { service, giveUpAt } = this.#progress.state;
    const onPause = (delayMs: number) => this.#progress.noteHeldUp(delayMs);
    const lease = await leaseCluster(this.#ports, request, (call) =>
      persist(this.#ports, service, giveUpAt, call, onPause),
    );
    this.#progress.noteLease(lease);
  }

  async #refuseIfPaused(): Promise<void> {
    const { service } = this.#progress.state;
    const pause = await this.#session.ports.pauses.read(service);
    if (pausedSince(pause) !== undefined) throw wakeRefused(service, 'it is paused');
    this.#progress.notePauseRead();
  }

  /** For the waiting page of a service that requests can wake. */
  async #publishStart(): Promise<void> {
    const { service, asked } = this.#progress.state;
    if (this.#session.scope.routes === undefined) return;
    await publishActivation(this.#ports, service, { state: 'starting', since: asked });
  }

  async #look(scope: View['scope']): Promise<View> {
    const { followed } = this.#progress.state;
    return scope === 'service' || followed === undefined
      ? lookAtService(this.#session, 'needed')
      : lookAtTask(this.#session, followed.taskArn);
  }

  #known(): View {
    return this.#session.memory.view(this.#progress.state.followed === undefined ? 'service' : 'task');
  }

  /** Carries out upkeep. The next look of any operation finds what has failed. */
  async #tidy(upkeep: readonly Action[]): Promise<void> {
    for (const action of upkeep) {
      try {
        await act(this.#session, action);
      } catch (caught) {
        const { code, message } = toStartEnginesError(caught);
        this.#ports.journal.record({ service: this.#progress.state.service, kind: 'aws-trouble', code, message });
      }
    }
  }
}

function outcomeOf({ service, launchId, waitFor }: StartState, view: View, task: Task): StartOutcome {
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
    ...routeProblemOf(view, task),
  };
  const [first, ...others] = startedTargets(view, task);
  if (waitFor === 'none' || task.privateIp === undefined || first === undefined) return outcome;
  const privateIp = addressIn(view, { ...task, privateIp: task.privateIp }, first);
  return { ...outcome, privateIp, targets: [first, ...others] };
}

/** Why requests may not reach the task: one of its rules cannot be read, does not exist, or was changed by hand. */
function routeProblemOf(view: View, task: Task): Pick<StartOutcome, 'route'> {
  const states = routesTo(view, task).map(({ state }) => state);
  const route = (['foreign', 'missing', 'unknown'] as const).find((state) => states.includes(state));
  return route === undefined ? {} : { route };
}
