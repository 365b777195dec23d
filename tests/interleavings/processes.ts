// Loaded now, because the virtual clock would advance while the adapter loads it.
import '../../packages/aws/src/cloudwatch-parts.ts';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { SSMClient } from '@aws-sdk/client-ssm';
import {
  createActivations,
  createEcsTaskRunner,
  createLaunchClaims,
  createLaunchKeys,
  createListenerRules,
  createPauses,
  createRequestMeter,
  createStopNotes,
  createTargetRegistry,
} from '@start-engines/aws';
import { createSsmServiceMappings } from '@start-engines/config';
import {
  type LaunchKeys,
  type Ports,
  type ServiceMappings,
  type StartEnginesError,
  serviceOfOwner,
} from '@start-engines/core';
import { endCallsBy } from './call-limit.ts';
import { createDice } from './dice.ts';
import type { Invocation } from './invocation.ts';
import { type Caller, createLossyClient } from './lossy-client.ts';
import type { Owner } from './script.ts';
import type { Stage } from './stage.ts';
import type { Troubles } from './troubles.ts';
import type { Answer } from './verdict.ts';
import type { Witness } from './witness.ts';

const longestRunMs = 900_000;

/** How long Lambda waits before it retries a failed asynchronous event. */
const retryMs = { least: 3_000, spread: 9_000 } as const;

export interface ProcessesOptions {
  readonly stage: Stage;
  readonly witness: Witness;
  readonly troubles: Troubles;
  readonly seed: number;
}

/** The state that a process keeps between invocations. */
interface WarmProcess {
  readonly mappings: ServiceMappings;
  readonly launchKeys: LaunchKeys;
}

type Identity = Pick<Invocation, 'name' | 'workspace' | 'service' | 'dies'>;

/** Lambda: runs each invocation in its own process, and a failed asynchronous one up to three times. */
export class Processes {
  readonly #options: ProcessesOptions;
  readonly #dice;
  readonly #idle: Readonly<Record<Owner['workspace'], WarmProcess[]>> = { dev: [], prod: [] };
  #busy = 0;
  #callers = 0;

  constructor(options: ProcessesOptions) {
    this.#options = options;
    this.#dice = createDice(options.seed);
  }

  /** Advances time until nothing is under way. */
  async untilIdle(): Promise<void> {
    const { stage, witness } = this.#options;
    const { clock } = stage.world;
    const limit = clock.now() + longestRunMs;
    while (this.#busy > 0 && clock.now() < limit) await clock.advance(1_000);
    if (this.#busy > 0) witness.report('everything ends', `${this.#busy} operations do not end`);
    this.#busy = 0;
  }

  later(delayMs: number, run: () => void): void {
    this.#busy += 1;
    this.#options.stage.world.clock.after(delayMs, () => {
      this.#busy -= 1;
      run();
    });
  }

  invoke(invocation: Invocation, attempt = 1): void {
    const { world, settings } = this.#options.stage;
    const { asynchronous, job, settle } = invocation;
    this.#busy += 1;
    let over = false;
    const process = this.#takeProcess(invocation.workspace);
    const end = (again: boolean): void => {
      if (over) return;
      over = true;
      this.#busy -= 1;
      if (!caller.dead) this.#idle[invocation.workspace].push(process);
      const { dies: _, ...next } = invocation;
      if (again && asynchronous && attempt < 3) {
        this.later(retryMs.least + this.#dice.upTo(retryMs.spread), () => this.invoke(next, attempt + 1));
      }
    };
    const begunAt = world.clock.now();
    const caller = this.#newCaller(invocation, begunAt + settings.timeoutMs, () => end(true));
    const context = { correlationId: caller.name, deadline: caller.deadline, receivedAt: begunAt };
    const finish = (outcome: Answer['outcome'], error?: StartEnginesError): void => {
      if (over) return;
      const { name, deadline, lastCallMs } = caller;
      settle({ caller: name, at: world.clock.now(), begunAt, deadline, lastCallMs, outcome, error });
      end(error?.retryable === true);
    };
    endCallsBy(caller.deadline, () => job(this.#ports(caller, invocation.workspace, process), context)).then(
      (outcome) => finish(outcome),
      (error: StartEnginesError) => finish(undefined, error),
    );
  }

  #newCaller({ name, workspace, service, dies }: Identity, deadline: number, onDeath: () => void): Caller {
    this.#callers += 1;
    const dice = createDice(this.#options.seed + 7919 * this.#callers);
    return {
      name: `${name}.${this.#callers}@${workspace}${service === undefined ? '' : `/${service}`}`,
      dice,
      dies,
      isUnlucky: this.#callers % 2 === 0,
      deadline,
      mayTouch: (startedBy) => {
        const known = serviceOfOwner(workspace, startedBy);
        return known !== undefined && (service === undefined || service === known);
      },
      seenGone: new Set(),
      adopted: new Map(),
      groupReads: new Map(),
      unreadGroups: new Set(),
      triedToMark: new Set(),
      onDeath,
      calls: 0,
      lastCallMs: 0,
      dead: false,
    };
  }

  #client<Client>(service: 'ecs' | 'elasticloadbalancing' | 'monitoring' | 'ssm', caller: Caller): Client {
    const { stage, witness, troubles } = this.#options;
    const { world, settings } = stage;
    const client = createLossyClient({
      client: world.client(service, caller.name),
      caller,
      latencyMs: settings.latencyMs,
      clock: world.clock,
      witness,
      strike: (operation) => troubles.strike(caller, operation),
    });
    return client as Client;
  }

  #ports(caller: Caller, workspace: Owner['workspace'], { mappings, launchKeys }: WarmProcess): Ports {
    const { witness, stage } = this.#options;
    const { world, clusters } = stage;
    return {
      clock: { now: () => world.clock.now(), sleep: (delayMs) => world.clock.sleep(delayMs) },
      tasks: createEcsTaskRunner({
        client: this.#client<ECSClient>('ecs', caller),
        clock: world.clock,
        launchKeys,
      }),
      targets: createTargetRegistry({
        client: this.#client<ElasticLoadBalancingV2Client>('elasticloadbalancing', caller),
      }),
      rules: createListenerRules({
        client: this.#client<ElasticLoadBalancingV2Client>('elasticloadbalancing', caller),
        activatorGroupArn: stage.activatorGroupArn,
        settleMs: stage.settings.settleMs,
      }),
      mappings,
      stopNotes: createStopNotes({
        client: this.#client<SSMClient>('ssm', caller),
        parameterPath: `/start-engines/${workspace}`,
        clock: world.clock,
      }),
      pauses: createPauses({
        client: this.#client<SSMClient>('ssm', caller),
        parameterPath: `/start-engines/${workspace}`,
        clock: world.clock,
      }),
      meter: createRequestMeter({ client: async () => this.#client<CloudWatchClient>('monitoring', caller) }),
      launchClaims: createLaunchClaims({
        client: this.#client<SSMClient>('ssm', caller),
        parameterPath: `/start-engines/${workspace}`,
      }),
      activations: createActivations({
        client: this.#client<SSMClient>('ssm', caller),
        parameterPath: `/start-engines/${workspace}`,
      }),
      journal: {
        record: (entry) => {
          if (entry.kind === 'foreign-task') witness.noteForeign(entry.taskArn);
        },
      },
      outcomes: { publish: async () => {} },
      endCallsBy,
      newId: () => caller.name,
      workspace,
      clusters,
    };
  }

  /** A process runs one invocation at a time. The processes of a workspace have cached different mappings. */
  #takeProcess(workspace: Owner['workspace']): WarmProcess {
    const idle = this.#idle[workspace];
    const [warm] = idle.splice(this.#dice.upTo(Math.max(0, idle.length - 1)), 1);
    return warm ?? this.#newProcess(workspace);
  }

  /** Each creates the key when it first needs it; Parameter Store keeps one. */
  #newProcess(workspace: Owner['workspace']): WarmProcess {
    const caller = this.#newCaller({ name: 'process', workspace }, Number.POSITIVE_INFINITY, () => {});
    const client = this.#client<SSMClient>('ssm', caller);
    const parameterPath = `/start-engines/${workspace}`;
    const { clock } = this.#options.stage.world;
    return {
      mappings: createSsmServiceMappings({ client, parameterPath, ttlSeconds: 10, clock }),
      launchKeys: createLaunchKeys({ client, parameterPath, workspace }),
    };
  }
}
