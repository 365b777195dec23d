import {
  adoptionTagOf,
  ownerOf,
  reconcileAll,
  reconcileChange,
  restartService,
  retireTagOf,
  type StartOverrides,
  serviceOfOwner,
  startService,
  stopService,
  wakeService,
} from '@start-engines/core';
import { createDice } from './dice.ts';
import { forgeTask } from './forge.ts';
import type { Job } from './invocation.ts';
import { Processes } from './processes.ts';
import type { Act, Delivery, Overrides, Owner, Script, WaitFor } from './script.ts';
import { keyOf, openStage, owners, revisionOf, type Stage, secondClusterName } from './stage.ts';
import { readStateChange } from './state-change.ts';
import { isKept } from './stories.ts';
import { createTroubles, type Troubles } from './troubles.ts';
import { type Answer, judgeAnswer, judgeEnd, judgeFreshStart, type Request, type Settled } from './verdict.ts';
import { createWitness, type Violation, type Witness } from './witness.ts';

/** How often the workspaces are reconciled. */
const scheduleMs = 300_000;
/** This many requests in a row for a service use different adoption tags, of which there are 24. */
const recentAdoptions = 16;
/** This many requests in a row use different tags for their retire marks, of which there are eight. */
const recentMarks = 7;

export interface Performance {
  readonly violations: readonly Violation[];
  readonly stage: Stage;
  readonly witness: Witness;
  readonly requests: readonly Request[];
}

/** Plays a script to its end and judges it. The same script gives the same performance. */
export async function play(script: Script): Promise<Performance> {
  const stage = await openStage(script);
  const performance = new Player(stage, script);
  return performance.run();
}

class Player {
  readonly #stage: Stage;
  readonly #script: Script;
  readonly #witness: Witness;
  readonly #troubles: Troubles;
  readonly #processes: Processes;
  readonly #dice;
  readonly #requests: Request[] = [];
  readonly #takenMoments = new Set<number>();
  /** The request times used so far, by service, latest first. */
  readonly #momentsOf = new Map<string, number[]>();
  readonly #touched = new Set<Owner>();
  #eventShare: number;

  constructor(stage: Stage, script: Script) {
    const { seed, eventShare, throttling } = script;
    this.#stage = stage;
    this.#script = script;
    this.#dice = createDice(seed + 1);
    this.#eventShare = eventShare;
    this.#troubles = createTroubles(() => stage.world.clock.now());
    this.#witness = createWitness(stage, () => throttling === 'documented' || this.#troubles.begun);
    this.#processes = new Processes({ stage, witness: this.#witness, troubles: this.#troubles, seed });
  }

  async run(): Promise<Performance> {
    const { clock } = this.#stage.world;
    this.#deliverEvents();
    // Late requests were made long before they arrive, so the world must be that old.
    await clock.advance(20_000);
    for (const { afterMs, act } of this.#script.steps) {
      await this.#pass(afterMs);
      await this.#perform(act);
    }
    await this.#processes.untilIdle();
    await clock.advance(this.#stage.settings.quietMs);
    await this.#processes.untilIdle();
    await this.#judge();
    return {
      violations: this.#witness.violations,
      stage: this.#stage,
      witness: this.#witness,
      requests: this.#requests,
    };
  }

  /** If hours pass, the schedule reconciles long before ECS forgets a task. */
  async #pass(afterMs: number): Promise<void> {
    const { clock } = this.#stage.world;
    if (afterMs <= scheduleMs) return clock.advance(afterMs);
    await clock.advance(scheduleMs);
    for (const workspace of ['dev', 'prod'] as const) this.#reconcile(workspace);
    await clock.advance(afterMs - scheduleMs);
  }

  /** All activity has ceased: after one reconcile everything must be correct, and a start of each service must succeed. */
  async #judge(): Promise<void> {
    const { world } = this.#stage;
    this.#eventShare = 0;
    this.#troubles.clear();
    world.ecs.admin.restoreCapacity();
    for (const workspace of ['dev', 'prod'] as const) this.#reconcile(workspace);
    await this.#processes.untilIdle();
    await world.clock.advance(8_000);
    judgeEnd({ stage: this.#stage, witness: this.#witness, requests: this.#requests });
    // Every start of a service with a route waits for healthy.
    if (this.#script.wakes) world.runtime.statusCodeFor(() => 200);
    // After a start that found no capacity, others do not try before the minute is over.
    await world.clock.advance(60_000);
    for (const owner of this.#touched) {
      const delivery: Delivery = { lateMs: 0, copies: [], asynchronous: false };
      this.#request({ kind: 'start', owner, delivery, waitFor: 'running' }, judgeFreshStart);
    }
    await this.#processes.untilIdle();
  }

  async #perform(act: Act): Promise<void> {
    const { world } = this.#stage;
    if ('owner' in act)
      this.#touched.add(owners.find((one) => startedByOf(one) === startedByOf(act.owner)) ?? act.owner);
    switch (act.kind) {
      case 'start':
      case 'stop':
      case 'restart':
        this.#request(act);
        return;
      case 'reconcile':
        this.#reconcile(act.workspace, act.dies);
        return;
      case 'crash':
      case 'finish':
      case 'spot': {
        const victim = this.#witness.stories.findLast((one) => one.startedBy === startedByOf(act.owner) && isKept(one));
        if (victim !== undefined) this.#end(victim.taskArn, act.kind);
        return;
      }
      case 'forge': {
        const own = this.#witness.stories.filter((one) => one.startedBy === startedByOf(act.owner));
        const original = act.facts === 'copied' ? own.at(-1) : undefined;
        const predecessor = own.findLast((one) => !isKept(one))?.taskArn ?? 'none';
        return forgeTask(this.#stage, act.owner, { original, after: act.takesToken ? predecessor : undefined });
      }
      case 'health':
        world.runtime.statusCodeFor(() => act.statusCode);
        return;
      case 'capacity':
        if (act.available) world.ecs.admin.restoreCapacity();
        else world.ecs.admin.exhaustCapacity();
        return;
      case 'edit':
        return this.#stage.edit(act.owner, act.port, act.groups);
      case 'delete-group':
        return this.#stage.deleteSecondGroup(act.owner);
      case 'trouble':
      case 'late':
      case 'outage':
        this.#troubles.plan(act);
        return;
    }
  }

  #end(taskArn: string, how: 'crash' | 'finish' | 'spot'): void {
    const { ecs, runtime } = this.#stage.world;
    switch (how) {
      case 'spot':
        ecs.admin.interruptSpot(taskArn);
        return;
      case 'crash':
        ecs.admin.crashTask(taskArn);
        return;
      case 'finish':
        for (const running of [...runtime.running]) if (running.container.taskArn === taskArn) running.exit(0);
        return;
    }
  }

  /** One event with the script's deliveries. */
  #request(act: Extract<Act, { kind: Request['kind'] }>, judge: (settled: Settled) => void = judgeAnswer): void {
    const { kind, owner, delivery } = act;
    const { asynchronous, dies, copies, lateMs } = delivery;
    const isWake = act.kind === 'start' && act.isWake === true;
    // Requests that reach the service wake nothing.
    const routed = [...this.#stage.rulesOf(owner).keys()];
    if (isWake && routed.every((arn) => this.#witness.route(arn).to === 'service')) return;
    const asked = this.#takeMoment(owner, this.#stage.world.clock.now() - lateMs, asynchronous ? 1_000 : 1);
    const overrides = act.kind === 'start' ? (act.overrides ?? {}) : {};
    const startedBy = startedByOf(owner);
    const request: Request = { kind, owner, startedBy, asked, overrides, isWake, routed, answers: [] };
    this.#requests.push(request);
    if (kind === 'restart') this.#witness.expectRestart(request.startedBy, asked);
    if (kind === 'stop') this.#witness.expectStop(request.startedBy, asked);
    const settle = (answer: Answer): void => {
      request.answers.push(answer);
      if (kind === 'stop' && answer.error === undefined) this.#witness.noteStop(request.startedBy, asked);
      judge(this.#settled(answer, request));
    };
    const { service, workspace } = owner;
    const job = jobOf(request, act.kind === 'start' ? act.waitFor : undefined);
    const invocation = { name: `${kind}-${this.#requests.length}`, workspace, service, job, settle, asynchronous };
    this.#processes.invoke({ ...invocation, ...(dies === undefined ? {} : { dies }) });
    for (const delayMs of copies) {
      this.#processes.later(delayMs, () => this.#processes.invoke({ ...invocation, name: `${invocation.name}+` }));
    }
  }

  #settled(answer: Answer, request?: Request): Settled {
    return { stage: this.#stage, request, answer, witness: this.#witness, requests: this.#requests };
  }

  #reconcile(workspace: Owner['workspace'], dies?: Delivery['dies']): void {
    this.#processes.invoke({
      name: 'reconcile',
      workspace,
      asynchronous: true,
      job: async (ports, context) => {
        await reconcileAll(ports, context);
        return undefined;
      },
      settle: (answer) => judgeAnswer(this.#settled(answer)),
      ...(dies === undefined ? {} : { dies }),
    });
  }

  /** ECS's events about changes arrive late, twice and in any order; some do not arrive during the run. */
  #deliverEvents(): void {
    this.#stage.world.ecs.onTaskStateChange((detail) => {
      const change = readStateChange(detail);
      if (!this.#dice.chance(this.#eventShare)) return;
      const workspace = owners.find(
        (owner) => serviceOfOwner(owner.workspace, change.startedBy) !== undefined,
      )?.workspace;
      if (workspace === undefined) return;
      const copies = this.#dice.chance(0.1) ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        this.#processes.later(50 + this.#dice.upTo(2_500), () =>
          this.#processes.invoke({
            name: `change-v${change.version}`,
            workspace,
            service: change.startedBy.split('/').at(-1) ?? '',
            asynchronous: true,
            job: async (ports, context) => void (await reconcileChange(ports, change, context)),
            settle: (answer) => judgeAnswer(this.#settled(answer)),
          }),
        );
      }
    });
  }

  /**
   * Two requests with the same time have no order, so each time is used once. Times that would soon reuse a service's adoption tag
   * or retire tag are skipped (README.md says why).
   *
   * @param stepMs 1,000 for an event on a bus, whose time is in whole seconds
   */
  #takeMoment(owner: Owner, wanted: number, stepMs: 1 | 1_000): number {
    const earlier = this.#momentsOf.get(keyOf(owner)) ?? [];
    const marks = new Set(earlier.slice(0, recentMarks).map(retireTagAt));
    const adoptions = new Set(earlier.slice(0, recentAdoptions).map((asked) => adoptionTagOf({ asked })));
    const isTaken = (moment: number) =>
      this.#takenMoments.has(moment) ||
      marks.has(retireTagAt(moment)) ||
      adoptions.has(adoptionTagOf({ asked: moment }));
    let moment = Math.floor(wanted / stepMs) * stepMs;
    while (isTaken(moment)) moment -= stepMs;
    this.#takenMoments.add(moment);
    this.#momentsOf.set(keyOf(owner), [moment, ...earlier]);
    return moment;
  }
}

function retireTagAt(asked: number): string {
  return retireTagOf({ asked, by: 'stop' });
}

function jobOf({ kind, owner, asked, overrides, isWake }: Request, waitFor: WaitFor | undefined): Job {
  const { service } = owner;
  return (ports, context) => {
    if (isWake) return wakeService(ports, { service, asked }, context);
    if (kind === 'stop') return stopService(ports, { service, asked }, context);
    if (kind === 'restart') return restartService(ports, { service, asked }, context);
    const request = { service, asked, overrides: toOverrides(overrides) };
    return startService(ports, { ...request, ...(waitFor === undefined ? {} : { waitFor }) }, context);
  };
}

function toOverrides({ mode, revision, elsewhere }: Overrides): StartOverrides {
  return {
    ...(mode === undefined ? {} : { environment: { MODE: mode } }),
    ...(revision === undefined ? {} : { taskDefinition: revisionOf(revision) }),
    ...(elsewhere === undefined ? {} : { cluster: secondClusterName }),
  };
}

function startedByOf({ workspace, service }: Owner): string {
  return ownerOf(workspace, service);
}
