import { extendLease } from '../model/adoptions.ts';
import { clusterName } from '../model/clusters.ts';
import { type StartEnginesError, toStartEnginesError } from '../model/errors.ts';
import type { OperationContext } from '../model/operation-types.ts';
import type { LaunchReply, Ports } from '../model/ports.ts';
import type { LoadedMapping } from '../model/service-mapping.ts';
import type { Generation, LaunchFacts, Task } from '../model/task.ts';
import type { LaunchAction } from '../plan/actions.ts';
import { failuresUpTo } from '../plan/back-off.ts';
import { inCluster, type LaunchSettings } from '../plan/launch-settings.ts';
import { generationOf } from '../plan/launch-token.ts';
import { launch } from '../session/carry-out.ts';
import { tryOnce } from '../session/persist.ts';
import type { ServiceSession } from '../session/service-session.ts';
import type { ProgressOfStart } from './progress-of-start.ts';

/** The input of a start's launches. */
export interface LaunchParameters {
  readonly settings: LaunchSettings;
  /** The mapping without the overrides. */
  readonly loaded: LoadedMapping;
  readonly context: OperationContext;
}

/** Calls RunTask for one start. While the outcome of a call is unknown, the same call is repeated exactly. */
export class Launcher {
  readonly #ports: Ports;
  readonly #session: ServiceSession;
  readonly #progress: ProgressOfStart;
  readonly #parameters: LaunchParameters;
  #own: { readonly facts: LaunchFacts; readonly generation: Generation; readonly cluster: string } | undefined;

  constructor(ports: Ports, session: ServiceSession, progress: ProgressOfStart, parameters: LaunchParameters) {
    this.#ports = ports;
    this.#session = session;
    this.#progress = progress;
    this.#parameters = parameters;
  }

  /** Whether this start has called RunTask, and may have a task to clean up. */
  get hasLaunched(): boolean {
    return this.#own !== undefined;
  }

  forget(): void {
    this.#own = undefined;
  }

  /** Another principal has used the token of the launch. */
  noteTakenToken(taskArn: string): void {
    const { service } = this.#progress.state;
    const problem = 'was launched by another principal with the next launch token of the service';
    this.#ports.journal.record({ service, kind: 'foreign-task', taskArn, problem });
    if (this.#own !== undefined) this.#progress.noteTakenToken(this.#own.generation.predecessor);
    this.forget();
  }

  /** False when AWS held up the call: whether to launch at all has to be decided again. */
  async launch({ predecessor, attempt: planned }: LaunchAction): Promise<boolean> {
    const { service, giveUpAt: until, lease } = this.#progress.state;
    const { settings: requested } = this.#parameters;
    const settings = lease === undefined ? requested : inCluster(requested, lease.cluster);
    const { cluster } = settings.mapping;
    const generation = generationOf(predecessor, planned);
    const isSame = this.#own?.generation.predecessor === generation.predecessor && this.#own.cluster === cluster;
    if (this.#own === undefined || !isSame) {
      this.#own = { facts: this.#newFacts(settings, generation, predecessor), generation, cluster };
    }
    const own = this.#own;
    const action: LaunchAction = { kind: 'launch', predecessor, attempt: own.generation.attempt };
    let reply: LaunchReply | undefined;
    const call = async () => {
      reply = await launch(this.#session, action, settings.mapping, own.facts);
    };
    try {
      const limits = { service, until, failures: this.#progress.failures };
      await tryOnce(this.#ports, limits, call, (delayMs) => this.#progress.noteHeldUp(delayMs));
    } catch (caught) {
      if (!this.#isRefusedElsewhere(toStartEnginesError(caught))) throw caught;
    }
    this.#progress.failures = reply === undefined ? this.#progress.failures + 1 : 0;
    if (reply !== undefined) this.#takeReply(reply, predecessor);
    return reply !== undefined;
  }

  /** Whether AWS rejects a launch in the cluster that another start has chosen. Then this start waits for its turn. */
  #isRefusedElsewhere({ code, message }: StartEnginesError): boolean {
    const { lease, service } = this.#progress.state;
    const isElsewhere =
      lease !== undefined && clusterName(lease.cluster) !== clusterName(this.#parameters.settings.mapping.cluster);
    if (!isElsewhere || (code !== 'AwsRejected' && code !== 'AwsAccessDenied')) return false;
    this.#ports.journal.record({ service, kind: 'aws-trouble', code, message });
    this.#progress.noteLease({ ...lease, isRefused: true });
    return true;
  }

  #takeReply(reply: LaunchReply, predecessor: Task | undefined): void {
    switch (reply.kind) {
      case 'task':
        this.#progress.follow(reply.task.taskArn);
        return;
      case 'no-capacity': {
        const { kind: _, ...refusal } = reply;
        this.#noteRefusal(predecessor, refusal);
        return;
      }
      case 'conflict': {
        const [taskArn] = reply.taskArns;
        if (taskArn === undefined) {
          const reasons = ['an earlier start of the same generation found no capacity'];
          const isFirst = this.#own?.generation.attempt === 0;
          this.#noteRefusal(predecessor, isFirst ? { reasons, isAnothers: true } : { reasons });
          return;
        }
        this.#progress.follow(taskArn, true);
        this.#ports.journal.record({ service: this.#progress.state.service, kind: 'adopted', taskArn });
        return;
      }
    }
  }

  #noteRefusal(...refusal: Parameters<ProgressOfStart['noteRefusal']>): void {
    this.forget();
    this.#progress.noteRefusal(...refusal);
  }

  #newFacts(
    { mapping, fingerprints }: LaunchSettings,
    generation: Generation,
    predecessor: Task | undefined,
  ): LaunchFacts {
    const { launchId, waitFor, asked, isWake, restart, leaseUntil } = this.#progress.state;
    // A restart inherits the lease of the task that it replaces. No end is the longest.
    const lease = extendLease(leaseUntil, restart && predecessor !== undefined ? predecessor : undefined);
    const { context, loaded } = this.#parameters;
    const launchedAt = this.#ports.clock.now();
    return {
      launchId,
      targets: mapping.targetGroups,
      waitFor,
      deadline: launchedAt + mapping.startTimeoutSeconds * 1000,
      startTimeoutSeconds: mapping.startTimeoutSeconds,
      generation,
      healthyTimeoutSeconds: mapping.healthyTimeoutSeconds,
      drainSeconds: mapping.drainSeconds,
      exclusiveTargetGroup: mapping.exclusiveTargetGroup,
      asked,
      launchedAt,
      correlationId: context.correlationId,
      mappingVersions: loaded.versions,
      ...(mapping.routes === undefined ? {} : { tries: isWake ? failuresUpTo(predecessor) + 1 : 1 }),
      ...(isWake ? { wake: true } : {}),
      ...(lease === undefined ? {} : { leaseUntil: lease }),
      fingerprints,
    };
  }
}
