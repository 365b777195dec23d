import { isDeepStrictEqual } from 'node:util';
import type { Authoriser, Principal } from '../authorisation/authoriser.ts';
import { AwsError } from '../aws-error.ts';
import type { CallLogEntry, WritableCallLog } from '../call-log.ts';
import type { SandboxClock } from '../clock.ts';
import { type MetricDataResult, type MetricFault, metricFaults } from '../cloudwatch/get-metric-data.ts';
import type { ConsumableFaults, Fault } from '../faults.ts';
import type { Operation, Operations, ServiceName } from '../operation.ts';
import type { Throttle } from '../throttle.ts';
import { accessDeniedError, serverError, throttlingError } from './fault-errors.ts';

/** The result for the caller. */
export type CallOutcome =
  | { readonly kind: 'output'; readonly output: Readonly<Record<string, unknown>> }
  | { readonly kind: 'error'; readonly error: AwsError }
  | { readonly kind: 'dropped' }
  | { readonly kind: 'no-answer' };

export interface DispatchOptions {
  readonly services: Readonly<Record<ServiceName, Operations>>;
  readonly log: WritableCallLog;
  readonly faults: ConsumableFaults;
  readonly throttle: Throttle;
  readonly clock: SandboxClock;
  readonly region: string;
  readonly accountId: string;
  /** Authorises the calls of callers with a role. Default: everything is allowed. */
  readonly authoriser?: Authoriser | undefined;
  /** The role of a caller. Calls without a role come from outside and are not authorised. */
  readonly principalOf?: (caller: string) => Principal | undefined;
  /** Kills the process with this access key ID. False if there is none. */
  readonly killCaller: (caller: string, signal: 'SIGKILL') => boolean;
  /** Runs RunTask as if there were no capacity. */
  readonly withoutCapacity: (reason: string, run: () => ReturnType<Operation>) => ReturnType<Operation>;
}

export interface DispatchedCall {
  readonly service: ServiceName;
  readonly operation: string;
  readonly caller: string;
  readonly requestId: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface Dispatcher {
  has(service: ServiceName, operation: string): boolean;
  /**
   * Whether a fault has killed the calling process. Its calls that are still in transit are then neither recorded nor run, so
   * that the kill happens between two calls.
   */
  hasKilled(caller: string): boolean;
  /** Records the call and, unless it is denied or throttled, applies the planted faults and runs the operation. */
  dispatch(call: DispatchedCall): Promise<{ readonly outcome: CallOutcome; readonly entry: CallLogEntry }>;
  /** Records a call that never reached an operation. */
  refuse(call: DispatchedCall, error: AwsError): CallLogEntry;
}

export function createDispatcher(options: DispatchOptions): Dispatcher {
  const { log, clock, faults, throttle } = options;
  const killed = new Set<string>();
  const kill = (caller: string) => {
    if (options.killCaller(caller, 'SIGKILL')) killed.add(caller);
  };
  const begin = (call: DispatchedCall) => log.begin({ ...call, startedAt: clock.now() });
  return {
    has: (service, operation) => Object.hasOwn(options.services[service], operation),
    hasKilled: (caller) => killed.has(caller),
    async dispatch(call) {
      const entry = begin(call);
      const principal = options.principalOf?.(call.caller);
      const decided = principal && (await options.authoriser?.decideCall(principal, call));
      if (decided !== undefined) entry.authorisations = decided.authorisations;
      if (decided?.error !== undefined) {
        const outcome: CallOutcome = { kind: 'error', error: decided.error };
        finish(entry, outcome, clock.now());
        return { outcome, entry };
      }
      if (!throttle.admits(call)) {
        const outcome: CallOutcome = { kind: 'error', error: throttlingError(call.service) };
        finish(entry, outcome, clock.now());
        return { outcome, entry };
      }
      const struck = faults.strike(call);
      const fault = struck.find(({ kind }) => kind !== 'latency') ?? struck[0];
      if (fault !== undefined) entry.fault = fault.kind;
      for (const one of struck) {
        if (one.kind === 'latency') await new Promise<void>((resolve) => clock.after(one.delayMs, resolve));
      }
      // While this call waited, another call may have killed its process.
      const outcome = killed.has(call.caller) ? droppedCall : await runCall({ ...options, kill }, call, fault);
      finish(entry, outcome, clock.now());
      return { outcome, entry };
    },
    refuse(call, error) {
      const entry = begin(call);
      finish(entry, { kind: 'error', error }, clock.now());
      return entry;
    },
  };
}

function finish(entry: CallLogEntry, outcome: CallOutcome, now: number): void {
  entry.endedAt = now;
  entry.outcome = outcome.kind === 'dropped' || outcome.kind === 'no-answer' ? outcome.kind : 'answered';
  if (outcome.kind === 'output') entry.output = outcome.output;
  if (outcome.kind === 'error') {
    const { code, message, httpStatus } = outcome.error;
    entry.error = { code, message, httpStatus };
  }
}

const droppedCall: CallOutcome = { kind: 'dropped' };

interface RunOptions extends DispatchOptions {
  readonly kill: (caller: string) => void;
}

async function runCall(options: RunOptions, call: DispatchedCall, fault: Fault | undefined): Promise<CallOutcome> {
  const run = () => runOperation(options, call);
  switch (fault?.kind) {
    case 'throttle':
      return { kind: 'error', error: throttlingError(call.service) };
    case 'server-error':
      return { kind: 'error', error: serverError(call.service, fault.httpStatus) };
    case 'access-denied':
      return { kind: 'error', error: accessDeniedError(call.service, call.operation, options.accountId) };
    case 'error':
      return {
        kind: 'error',
        error: new AwsError(fault.code, fault.message, { httpStatus: fault.httpStatus ?? 400 }),
      };
    case 'no-answer':
      return { kind: 'no-answer' };
    case 'drop-before':
      return droppedCall;
    case 'drop-after':
      await run();
      return droppedCall;
    case 'kill-before':
      options.kill(call.caller);
      return droppedCall;
    case 'kill-after':
      await run();
      options.kill(call.caller);
      return droppedCall;
    case 'missing':
      return withoutTasks(await run());
    case 'stale':
      return earlierAnswer(options, call) ?? withoutTasks(await run());
    case 'metrics':
      return withMetricFault(await run(), fault.answer, options.clock.now());
    case 'capacity':
      return runOperation(options, call, fault.reason ?? capacityReason);
    default:
      return run();
  }
}

const capacityReason =
  'Capacity is unavailable at this time. Please try again later or in a different availability zone';

async function runOperation(
  options: DispatchOptions,
  call: DispatchedCall,
  withoutCapacity?: string,
): Promise<CallOutcome> {
  const operation = options.services[call.service][call.operation] as Operation;
  const { service, requestId } = call;
  const context = {
    service,
    operation: call.operation,
    requestId,
    region: options.region,
    accountId: options.accountId,
  };
  const run = () => operation(call.input, context);
  try {
    const output = await (withoutCapacity === undefined ? run() : options.withoutCapacity(withoutCapacity, run));
    return { kind: 'output', output };
  } catch (cause) {
    if (cause instanceof AwsError) return { kind: 'error', error: cause };
    // A bug in the sandbox. The caller sees an AWS error, so it is also logged here.
    console.error(`sandbox: ${service} ${call.operation} failed`, cause);
    return { kind: 'error', error: serverError(service) };
  }
}

function earlierAnswer(
  { log }: DispatchOptions,
  { service, operation, input }: DispatchedCall,
): CallOutcome | undefined {
  const same = log.list({ service, operation }).findLast((entry) => {
    return entry.output !== undefined && isDeepStrictEqual(entry.input, input);
  });
  return same?.output && { kind: 'output', output: same.output };
}

function withoutTasks(outcome: CallOutcome): CallOutcome {
  if (outcome.kind !== 'output' || !Array.isArray(outcome.output.tasks)) return outcome;
  const { tasks, failures } = outcome.output;
  const missing = (tasks as { taskArn: string }[]).map(({ taskArn }) => ({ arn: taskArn, reason: 'MISSING' }));
  return {
    kind: 'output',
    output: { ...outcome.output, tasks: [], failures: [...((failures as unknown[] | undefined) ?? []), ...missing] },
  };
}

function withMetricFault(outcome: CallOutcome, answer: MetricFault, now: number): CallOutcome {
  if (outcome.kind !== 'output' || !Array.isArray(outcome.output.MetricDataResults)) return outcome;
  const results = outcome.output.MetricDataResults as MetricDataResult[];
  return {
    kind: 'output',
    output: { MetricDataResults: results.map((result) => metricFaults[answer](result, now)) },
  };
}
