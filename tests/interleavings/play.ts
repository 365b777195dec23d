import type { ECSClient } from '@aws-sdk/client-ecs';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { createEcsTaskRunner, createStopNotes, createTargetRegistry } from '@start-engines/aws';
import { createSsmServiceMappings } from '@start-engines/config';
import {
  adoptedTagOf,
  ownerOf,
  type Ports,
  reconcileAll,
  reconcileChange,
  restartService,
  type ServiceMappings,
  type StartEnginesError,
  serviceOfOwner,
  startService,
  stopService,
} from '@start-engines/core';
import { createDice } from './dice.ts';
import type { Invocation, Job } from './invocation.ts';
import { type Caller, createLossyClient } from './lossy-client.ts';
import type { Act, Delivery, Owner, Script, Trouble } from './script.ts';
import { clusterName, openStage, owners, type Stage } from './stage.ts';
import { readStateChange } from './state-change.ts';
import { type Answer, judgeAnswer, judgeEnd, judgeFreshStart, type Wish } from './verdict.ts';
import { createWitness, isKept, type Violation, type Witness } from './witness.ts';

const timeoutMs = 60_000;
/** Longer than every deadline of a task and the grace after it. */
const quietMs = 45_000;
const adoptedTags = 40;
const longestRunMs = 900_000;

export interface Performance {
  readonly violations: readonly Violation[];
  readonly stage: Stage;
  readonly witness: Witness;
  readonly wishes: readonly Wish[];
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
  readonly #dice;
  readonly #wishes: Wish[] = [];
  readonly #troubles: { operation: string; trouble: Trouble; left: number }[] = [];
  readonly #mappings = new Map<string, ServiceMappings>();
  readonly #takenMoments = new Set<number>();
  readonly #takenTags = new Set<string>();
  readonly #touched = new Set<Owner>();
  #busy = 0;
  #callers = 0;
  #troubled: boolean;
  #eventShare: number;

  constructor(stage: Stage, script: Script) {
    this.#stage = stage;
    this.#script = script;
    this.#dice = createDice(script.seed);
    this.#troubled = script.throttling === 'documented';
    this.#eventShare = script.eventShare;
    this.#witness = createWitness(stage, () => this.#troubled);
  }

  async run(): Promise<Performance> {
    const { world } = this.#stage;
    this.#deliverEvents();
    // Late requests were made before they arrive, and the world has to be that old.
    await world.clock.advance(20_000);
    for (const { afterMs, act } of this.#script.steps) {
      await world.clock.advance(afterMs);
      await this.#perform(act);
    }
    await this.#untilIdle();
    await world.clock.advance(quietMs);
    await this.#untilIdle();
    await this.#judge();
    return { violations: this.#witness.violations, stage: this.#stage, witness: this.#witness, wishes: this.#wishes };
  }

  /** It is quiet: one reconcile, then everything has to be right, and a service that is asked for comes up. */
  async #judge(): Promise<void> {
    const { world } = this.#stage;
    this.#eventShare = 0;
    this.#troubles.length = 0;
    world.ecs.admin.restoreCapacity();
    for (const workspace of ['dev', 'prod'] as const) this.#reconcile(workspace);
    await this.#untilIdle();
    await world.clock.advance(8_000);
    judgeEnd({ stage: this.#stage, witness: this.#witness, wishes: this.#wishes });
    // A start that found no capacity keeps others from trying until the minute is over.
    await world.clock.advance(60_000);
    for (const owner of this.#touched) {
      this.#wish('start', owner, { lateMs: 0, copies: [], asynchronous: false }, 'running', judgeFreshStart);
    }
    await this.#untilIdle();
  }

  async #untilIdle(): Promise<void> {
    const { clock } = this.#stage.world;
    const limit = clock.now() + longestRunMs;
    while (this.#busy > 0 && clock.now() < limit) await clock.advance(1_000);
    if (this.#busy > 0) this.#witness.report('everything ends', `${this.#busy} operations never do`);
    this.#busy = 0;
  }

  async #perform(act: Act): Promise<void> {
    const { world } = this.#stage;
    if ('owner' in act) this.#touched.add(owners.find((one) => ownerKey(one) === ownerKey(act.owner)) ?? act.owner);
    switch (act.kind) {
      case 'start':
        this.#wish('start', act.owner, act.delivery, act.waitFor);
        return;
      case 'stop':
      case 'restart':
        this.#wish(act.kind, act.owner, act.delivery);
        return;
      case 'reconcile':
        this.#reconcile(act.workspace, act.dies);
        return;
      case 'crash':
      case 'spot': {
        const victim = this.#witness.stories.findLast((one) => one.startedBy === startedByOf(act.owner) && isKept(one));
        if (victim === undefined) return;
        if (act.kind === 'crash') world.ecs.admin.crashTask(victim.taskArn);
        else world.ecs.admin.interruptSpot(victim.taskArn);
        return;
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
        this.#troubled = true;
        this.#troubles.push({ operation: act.operation, trouble: act.trouble, left: act.times });
        return;
    }
  }

  /** One event, delivered as often and as late as the script says. */
  #wish(
    kind: Wish['kind'],
    owner: Owner,
    delivery: Delivery,
    waitFor?: 'none' | 'running' | 'healthy',
    judge: typeof judgeAnswer = judgeAnswer,
  ): void {
    const asked = this.#takeMoment(this.#stage.world.clock.now() - delivery.lateMs, delivery.asynchronous ? 1_000 : 1);
    const { service } = owner;
    const wish: Wish = { kind, owner, startedBy: startedByOf(owner), asked, answers: [] };
    this.#wishes.push(wish);
    if (kind === 'restart') this.#witness.expectRestart(wish.startedBy, asked);
    const job: Job = (ports, context) => {
      if (kind === 'stop') return stopService(ports, { service, asked }, context);
      if (kind === 'restart') return restartService(ports, { service, asked }, context);
      const request = { service, asked, overrides: {}, ...(waitFor === undefined ? {} : { waitFor }) };
      return startService(ports, request, context);
    };
    const settle = (answer: Answer): void => {
      wish.answers.push(answer);
      if (kind === 'stop' && answer.error === undefined) this.#witness.noteStop(wish.startedBy, asked);
      judge({ wish, answer, witness: this.#witness, troubled: this.#troubled, wishes: this.#wishes });
    };
    const { asynchronous, dies, copies } = delivery;
    const name = `${kind}#${this.#wishes.length}`;
    const options = { name, workspace: owner.workspace, service, job, settle, asynchronous };
    this.#invoke({ ...options, ...(dies === undefined ? {} : { dies }) });
    for (const delayMs of copies) this.#later(delayMs, () => this.#invoke({ ...options, name: `${name}+` }));
  }

  #reconcile(workspace: Owner['workspace'], dies?: Delivery['dies']): void {
    this.#invoke({
      name: 'reconcile',
      workspace,
      asynchronous: true,
      job: async (ports, context) => {
        await reconcileAll(ports, context);
        return undefined;
      },
      settle: (answer) =>
        judgeAnswer({ wish: undefined, answer, witness: this.#witness, troubled: this.#troubled, wishes: [] }),
      ...(dies === undefined ? {} : { dies }),
    });
  }

  /** ECS tells of changes late, twice and in any order; a share of them does not arrive while the run lasts. */
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
        this.#later(50 + this.#dice.upTo(2_500), () =>
          this.#invoke({
            name: `change-v${change.version}`,
            workspace,
            service: change.startedBy.split('/').at(-1) ?? '',
            asynchronous: true,
            job: async (ports, context) => void (await reconcileChange(ports, change, context)),
            settle: (answer) =>
              judgeAnswer({ wish: undefined, answer, witness: this.#witness, troubled: this.#troubled, wishes: [] }),
          }),
        );
      }
    });
  }

  #later(delayMs: number, run: () => void): void {
    this.#busy += 1;
    this.#stage.world.clock.after(delayMs, () => {
      this.#busy -= 1;
      run();
    });
  }

  #invoke(invocation: Invocation, attempt = 1): void {
    const { clock } = this.#stage.world;
    const { name, workspace, service, asynchronous, job, settle, dies } = invocation;
    this.#busy += 1;
    this.#callers += 1;
    let over = false;
    const end = (again: boolean): void => {
      if (over) return;
      over = true;
      this.#busy -= 1;
      const { dies: _, ...next } = invocation;
      if (again && asynchronous && attempt < 3) {
        this.#later(3_000 + this.#dice.upTo(9_000), () => this.#invoke(next, attempt + 1));
      }
    };
    const caller: Caller = {
      name: `${name}.${this.#callers}@${workspace}${service === undefined ? '' : `/${service}`}`,
      dice: createDice(this.#script.seed + 7919 * this.#callers),
      dies,
      mayTouch: (startedBy) => {
        const known = serviceOfOwner(workspace, startedBy);
        return known !== undefined && (service === undefined || service === known);
      },
      seenGone: new Set(),
      adopted: new Map(),
      groupReads: new Map(),
      onDeath: () => end(true),
      calls: 0,
      dead: false,
    };
    const begunAt = clock.now();
    const context = { correlationId: caller.name, deadline: begunAt + timeoutMs, receivedAt: begunAt };
    const finish = (outcome: Answer['outcome'], error?: StartEnginesError): void => {
      if (over) return;
      settle({ caller: caller.name, at: clock.now(), begunAt, deadline: context.deadline, outcome, error });
      end(error?.retryable === true);
    };
    job(this.#ports(caller, workspace), context).then(
      (outcome) => finish(outcome),
      (error: StartEnginesError) => finish(undefined, error),
    );
  }

  #ports(caller: Caller, workspace: Owner['workspace']): Ports {
    const { world } = this.#stage;
    const sleep = (delayMs: number) => world.clock.sleep(delayMs);
    const client = (service: 'ecs' | 'elasticloadbalancing' | 'ssm'): unknown =>
      createLossyClient({
        client: world.client(service, caller.name),
        caller,
        sleep,
        witness: this.#witness,
        troubleFor: (operation) => this.#takeTrouble(operation),
      });
    return {
      clock: { now: () => world.clock.now(), sleep },
      tasks: createEcsTaskRunner({ client: client('ecs') as ECSClient }),
      targets: createTargetRegistry({ client: client('elasticloadbalancing') as ElasticLoadBalancingV2Client }),
      mappings: this.#warmMappings(workspace),
      stopNotes: createStopNotes({ client: client('ssm') as SSMClient, parameterPath: `/start-engines/${workspace}` }),
      journal: { record: () => {} },
      outcomes: { publish: async () => {} },
      endCallsBy: (_until, work) => work(),
      newId: () => caller.name,
      workspace,
      clusters: [clusterName],
    };
  }

  /** Each workspace has two warm processes, and what they remember of the mapping differs. */
  #warmMappings(workspace: Owner['workspace']): ServiceMappings {
    const key = `${workspace} ${this.#dice.upTo(1)}`;
    const { world } = this.#stage;
    const known = this.#mappings.get(key);
    if (known !== undefined) return known;
    const mappings = createSsmServiceMappings({
      client: world.client('ssm', key) as unknown as SSMClient,
      parameterPath: `/start-engines/${workspace}`,
      ttlSeconds: 10,
      clock: world.clock,
    });
    this.#mappings.set(key, mappings);
    return mappings;
  }

  #takeTrouble(operation: string): Trouble | undefined {
    const trouble = this.#troubles.find((one) => one.operation === operation && one.left > 0);
    if (trouble === undefined) return undefined;
    trouble.left -= 1;
    return trouble.trouble;
  }

  /**
   * Two wishes of the same moment have no order, so each moment is given out once; and so is each of the forty tags that
   * note an adoption (README.md says why).
   *
   * @param stepMs 1,000 for an event on a bus, whose time is in whole seconds
   */
  #takeMoment(wanted: number, stepMs: 1 | 1_000): number {
    let moment = Math.floor(wanted / stepMs) * stepMs;
    const isTaken = () => this.#takenMoments.has(moment) || this.#takenTags.has(adoptedTagOf(moment));
    while (isTaken() && this.#takenTags.size < adoptedTags) moment -= stepMs;
    this.#takenMoments.add(moment);
    this.#takenTags.add(adoptedTagOf(moment));
    return moment;
  }
}

function ownerKey({ workspace, service }: Owner): string {
  return `${workspace}/${service}`;
}

function startedByOf({ workspace, service }: Owner): string {
  return ownerOf(workspace, service);
}
