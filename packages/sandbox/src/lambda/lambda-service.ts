import { randomUUID } from 'node:crypto';
import type { Authoriser, Principal } from '../authorisation/authoriser.ts';
import type { SandboxClock } from '../clock.ts';
import type { LogStore } from '../logs/log-store.ts';
import type { Operations } from '../operation.ts';
import type { Random } from '../random.ts';
import { createCodeFolder } from './code-package.ts';
import { createEventInvokeConfigs } from './event-invoke-config.ts';
import { createEventQueue, type FailedEvent } from './event-queue.ts';
import type { FunctionConfiguration } from './function-configuration.ts';
import { createFunctionNames } from './function-names.ts';
import { createFunctionStore } from './function-store.ts';
import { createFunctionLog, type FunctionLog } from './invocation-log.ts';
import { createInvokeOperation, type Invocations, readEvent } from './invoke-operation.ts';
import { type LogDestination, type LogWriter, runInvocation } from './invoker.ts';
import type { InvocationOutcome } from './lambda-process.ts';
import { createFunctionPolicies } from './permission-operations.ts';
import { createProcessPool, type LambdaProcessRecord } from './process-pool.ts';
import { createRoleUse, logGroupOf } from './role-use.ts';

export interface LambdaServiceOptions {
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly region: string;
  readonly accountId: string;
  /** The sandbox's API, which functions receive as `AWS_ENDPOINT_URL`. */
  readonly endpoint: () => string;
  /**
   * Speed of sandbox time relative to real time. Functions run in sandbox time: their clocks and
   * timers are accelerated too.
   */
  readonly speed: number;
  /**
   * Minimum timeout of an HTTP client in real milliseconds, at any `speed`: a connection over
   * loopback does not get faster. Default 1,000.
   */
  readonly socketFloorMs?: number;
  /** Delays before the first and second retry of an asynchronous invocation. Default 1 and 2 minutes. */
  readonly asynchronousRetryMs?: readonly [first: number, second: number];
  /** Time limit for loading a handler before it is retried, in real milliseconds. Default 10 s. */
  readonly initLimitMs?: number;
  /** Receives the logs of functions, in addition to `logs`. Creates missing log groups. */
  readonly logStore?: LogStore;
  /** Authorises Lambda's use of the functions' roles. Default: everything is allowed. */
  readonly authoriser?: Authoriser | undefined;
  /** True: every invocation starts a new process. */
  readonly coldStart?: boolean;
  /** Probability that an asynchronous event is delivered twice without a failure, 0 to 1. */
  readonly duplicateChance?: number;
}

/** AWS Lambda, running real deployment packages in child processes. */
export interface LambdaService {
  readonly operations: Operations;
  /**
   * Queues an event and returns its request ID, as `Invoke` with `InvocationType: Event` does.
   * @param functionName a name or an ARN, with or without a qualifier
   * @param payload the event as JSON
   * @throws AwsError ResourceNotFoundException, RequestTooLargeException, InvalidRequestContentException
   */
  invokeAsync(functionName: string, payload: string): string;
  /** Invokes a function as another service does. Undefined: the function's policy does not permit it, or it is throttled. */
  invokeFor(
    service: string,
    sourceArn: string,
    functionArn: string,
    payload: string,
  ): Promise<InvocationOutcome | undefined>;
  /** Whether the function's policy permits the service to invoke it on behalf of the resource. */
  permits(functionArn: string, service: string, sourceArn: string): boolean;
  /** Records of failed events, in order, as sent to the on-failure destination. */
  onFailureRecords(): readonly FailedEvent[];
  /** The number of queued events that have neither succeeded nor finally failed, of one function or of all. */
  pendingEvents(functionName?: string): number;
  /** The principal of the process with this access key ID. `undefined` for other keys. */
  principalOf(accessKeyId: string): Principal | undefined;
  /** Kills the process with this access key ID. False if it has already exited. */
  killCaller(accessKeyId: string, signal: NodeJS.Signals): boolean;
  /** Starts processes in advance. Resolves when their handlers are loaded. */
  prewarm(functionName: string, count: number): Promise<void>;
  setColdStart(coldStart: boolean): void;
  setDuplicateChance(chance: number): void;
  processes(): readonly LambdaProcessRecord[];
  /** The lines of the function's log. All versions share it. */
  logs(functionName: string): readonly string[];
  close(): Promise<void>;
}

/** Delays of AWS before the retries of a failed asynchronous invocation. */
const awsRetryDelaysMs = [60_000, 120_000] as const;

export function createLambdaService(options: LambdaServiceOptions): LambdaService {
  const { clock, random, region, accountId } = options;
  let coldStart = options.coldStart ?? false;
  let duplicateChance = options.duplicateChance ?? 0;
  const names = createFunctionNames(region, accountId);
  const folder = createCodeFolder();
  const pool = createProcessPool({
    clock,
    speed: options.speed,
    socketFloorMs: options.socketFloorMs ?? 1000,
    endpoint: options.endpoint,
    coldStart: () => coldStart,
    initLimitMs: options.initLimitMs,
  });
  const roleUse = createRoleUse(options.authoriser, { region, accountId });
  const logs = new Map<string, FunctionLog>();
  const configs = createEventInvokeConfigs(names, (reference) => void store.get(reference), clock);
  function forget(name: string, qualifier?: string): void {
    configs.forget(name, qualifier);
    policies.forget(name, qualifier);
  }
  const store = createFunctionStore({
    clock,
    region,
    names,
    folder,
    onChange: (name) => pool.retire(name, '$LATEST'),
    onDelete(name, version) {
      pool.retire(name, version);
      forget(name, version);
    },
    onAliasDelete: forget,
  });

  const invocations: Invocations = {
    find: store.get,
    isThrottled(name) {
      const reserved = store.reservedConcurrency(name);
      return reserved !== undefined && pool.busyCount(name) >= reserved;
    },
    run: (configuration, request) =>
      runInvocation(configuration, request, {
        pool,
        clock,
        openLog: (destination) => openLog(configuration, destination),
      }),
    queue: (event) => queue.accept(event),
  };

  const queue = createEventQueue({
    clock,
    retryDelaysMs: options.asynchronousRetryMs ?? awsRetryDelaysMs,
    configOf: configs.of,
    async mayReach(event, destinationArn) {
      const found = store.find(event);
      return found === undefined || roleUse.maySend(found.configuration, destinationArn);
    },
    deliverTwice: () => duplicateChance > 0 && random.chance(duplicateChance),
    async run(event) {
      // Resolved for each attempt, because the alias may have changed.
      const found = store.find(event);
      if (found === undefined) return { kind: 'gone' };
      if (invocations.isThrottled(event.functionName)) return { kind: 'throttled' };
      const { requestId, payload, functionArn: invokedArn } = event;
      const { outcome } = await invocations.run(found.configuration, { requestId, payload, invokedArn });
      return { ...outcome, executedVersion: found.configuration.version };
    },
  });

  const policies = createFunctionPolicies(names, (reference) => void store.get(reference));

  function openLog(configuration: FunctionConfiguration, { streamName, isFirst }: LogDestination): LogWriter {
    const { functionName } = configuration;
    const group = logGroupOf(functionName);
    const allowed = roleUse.mayLog(configuration, streamName, isFirst);
    return {
      write(text) {
        const at = clock.now();
        void allowed.then((may) => may && options.logStore?.write(group, streamName, text, at));
      },
      async end(whole) {
        if (!(await allowed)) return;
        const log = logs.get(functionName) ?? createFunctionLog();
        logs.set(functionName, log);
        log.append(whole);
      },
    };
  }

  return {
    operations: {
      ...store.operations,
      ...configs.operations,
      ...policies.operations,
      Invoke: createInvokeOperation(names, invocations),
    },
    invokeAsync(functionName, payload) {
      const { configuration, qualifier, arn } = store.get(names.resolve(functionName));
      const requestId = randomUUID();
      queue.accept({
        functionName: configuration.functionName,
        qualifier,
        functionArn: arn,
        requestId,
        payload: readEvent(payload, 'Event'),
      });
      return requestId;
    },
    permits: policies.permits,
    async invokeFor(service, sourceArn, functionArn, payload) {
      if (!policies.permits(functionArn, service, sourceArn)) return undefined;
      const { configuration } = store.get(names.resolve(functionArn));
      if (invocations.isThrottled(configuration.functionName)) return undefined;
      const request = { requestId: randomUUID(), payload, invokedArn: functionArn };
      return (await invocations.run(configuration, request)).outcome;
    },
    onFailureRecords: queue.failures,
    pendingEvents: queue.pending,
    principalOf(accessKeyId) {
      const configuration = pool.configurationOf(accessKeyId);
      return configuration && { roleArn: configuration.role, sessionName: configuration.functionName };
    },
    killCaller: pool.kill,
    async prewarm(functionName, count) {
      const { configuration } = store.get(names.resolve(functionName));
      const leases = await Promise.all(Array.from({ length: count }, () => pool.lease(configuration)));
      for (const lease of leases) lease.release();
    },
    setColdStart(value) {
      coldStart = value;
    },
    setDuplicateChance(chance) {
      duplicateChance = chance;
    },
    processes: pool.records,
    logs: (functionName) => logs.get(names.resolve(functionName).functionName)?.lines() ?? [],
    async close() {
      queue.close();
      await pool.close();
      await folder.remove();
    },
  };
}
