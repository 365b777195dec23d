import type { SandboxClock } from '../clock.ts';
import type { FunctionConfiguration } from './function-configuration.ts';
import { buildFunctionEnvironment } from './function-environment.ts';
import { type LambdaProcess, type ProcessUsage, startLambdaProcess } from './lambda-process.ts';
import type { ProcessExit, RuntimeErrorPayload } from './runtime-error.ts';

/** A process of a function, for inspection and benchmarks. It stays listed after its exit. */
export interface LambdaProcessRecord extends ProcessUsage {
  /** The access key ID of the process, which identifies the caller in the call log. */
  readonly accessKeyId: string;
  readonly functionName: string;
  /** `$LATEST` or a version number. */
  readonly version: string;
  readonly pid: number | undefined;
  readonly state: 'starting' | 'idle' | 'busy' | 'ended';
  /** The exit of the process, `undefined` while it runs. `signal` is `SIGKILL` if a fault killed it. */
  readonly exit: ProcessExit | undefined;
  /** Duration of loading the handler, in milliseconds of sandbox time. */
  readonly initMs: number | undefined;
  /** CPU time until the handler was loaded, including the start of Node. */
  readonly initCpuMs: number | undefined;
  /** CPU time of each completed invocation, in order. */
  readonly invocationCpuMs: readonly number[];
}

/** An execution environment in use by one invocation. */
export interface LeasedProcess {
  readonly process: LambdaProcess;
  readonly accessKeyId: string;
  readonly logStreamName: string;
  /** Set for the first invocation only. */
  readonly initMs: number | undefined;
  readonly initFailure: RuntimeErrorPayload | ProcessExit | undefined;
  /** Releases the process, which stays warm unless it has exited or its function has changed. */
  release(): void;
}

export interface ProcessPool {
  /** A warm process of this configuration, or a new one. Resolves when the handler is loaded. */
  lease(configuration: FunctionConfiguration): Promise<LeasedProcess>;
  /** The number of the function's processes that are running an invocation. */
  busyCount(functionName: string): number;
  /** Ends the idle processes of a function or of one of its versions, and busy ones after their invocation. */
  retire(functionName: string, version?: string): void;
  /** The configuration of the process with this access key ID, also after its exit. */
  configurationOf(accessKeyId: string): FunctionConfiguration | undefined;
  kill(accessKeyId: string, signal: NodeJS.Signals): boolean;
  records(): readonly LambdaProcessRecord[];
  close(): Promise<void>;
}

export interface ProcessPoolOptions {
  readonly clock: SandboxClock;
  readonly speed: number;
  readonly socketFloorMs: number;
  readonly endpoint: () => string;
  /** True: every invocation starts a new process. */
  readonly coldStart: () => boolean;
  /** Time limit for loading the handler outside an invocation, in real milliseconds. Default 10 s, as on Lambda. */
  readonly initLimitMs?: number | undefined;
}

const defaultInitLimitMs = 10_000;

interface Slot {
  readonly accessKeyId: string;
  readonly logStreamName: string;
  readonly configuration: FunctionConfiguration;
  readonly process: LambdaProcess;
  state: 'starting' | 'idle' | 'busy';
  retired: boolean;
  exit: ProcessExit | undefined;
  initMs: number | undefined;
  initCpuMs: number | undefined;
  cpuBeforeMs: number;
  readonly invocationCpuMs: number[];
}

export function createProcessPool(options: ProcessPoolOptions): ProcessPool {
  const slots: Slot[] = [];

  function start(configuration: FunctionConfiguration, initLimitMs: number): Slot {
    const accessKeyId = `SANDBOXLAMBDA${slots.length + 1}`;
    const logStreamName = `${new Date(options.clock.now()).toISOString().slice(0, 10).replaceAll('-', '/')}/[${configuration.version}]${accessKeyId}`;
    const identity = { accessKeyId, logStreamName, taskRoot: configuration.code.taskRoot };
    const environment = buildFunctionEnvironment(configuration, identity, options.endpoint());
    const { clock, speed, socketFloorMs } = options;
    const process = startLambdaProcess({ clock, speed, socketFloorMs, configuration, environment, initLimitMs });
    const slot: Slot = {
      accessKeyId,
      logStreamName,
      configuration,
      process,
      state: 'starting',
      retired: false,
      exit: undefined,
      initMs: undefined,
      initCpuMs: undefined,
      cpuBeforeMs: 0,
      invocationCpuMs: [],
    };
    void process.exited.then((exit) => {
      slot.exit = exit;
    });
    slots.push(slot);
    return slot;
  }

  function release(slot: Slot): void {
    const cpuMs = totalCpuMs(slot.process.usage());
    if (cpuMs > slot.cpuBeforeMs) slot.invocationCpuMs.push(cpuMs - slot.cpuBeforeMs);
    slot.state = 'idle';
    if (slot.retired || options.coldStart()) slot.process.kill('SIGKILL');
  }

  async function lease(configuration: FunctionConfiguration): Promise<LeasedProcess> {
    const isWarm = (slot: Slot) => slot.state === 'idle' && isUsable(slot) && slot.configuration === configuration;
    const warm = options.coldStart() ? undefined : slots.find(isWarm);
    let slot = warm ?? start(configuration, options.initLimitMs ?? defaultInitLimitMs);
    if (warm !== undefined) warm.state = 'busy';
    if ((await slot.process.ready).timedOut) {
      slot.retired = true;
      // As on Lambda, a handler that did not load in time is loaded again within the invocation's timeout.
      slot = start(configuration, configuration.timeoutSeconds * 1000);
    }
    const { initMs, failure } = await slot.process.ready;
    slot.state = 'busy';
    if (warm === undefined) {
      slot.initMs = initMs;
      slot.initCpuMs = totalCpuMs(slot.process.usage());
      // As on Lambda, a new process retries a handler that failed to load.
      if (failure !== undefined) slot.retired = true;
    }
    slot.cpuBeforeMs = totalCpuMs(slot.process.usage());
    return {
      process: slot.process,
      accessKeyId: slot.accessKeyId,
      logStreamName: slot.logStreamName,
      initMs: warm === undefined ? initMs : undefined,
      initFailure: failure,
      release: () => release(slot),
    };
  }

  return {
    lease,
    busyCount: (functionName) =>
      slots.filter(
        (slot) => slot.configuration.functionName === functionName && isUsable(slot) && slot.state !== 'idle',
      ).length,
    retire(functionName, version) {
      for (const slot of slots) {
        const { configuration } = slot;
        if (configuration.functionName !== functionName) continue;
        if (version !== undefined && configuration.version !== version) continue;
        slot.retired = true;
        if (slot.state === 'idle') slot.process.kill('SIGKILL');
      }
    },
    configurationOf: (accessKeyId) => slots.find((one) => one.accessKeyId === accessKeyId)?.configuration,
    kill(accessKeyId, signal) {
      const slot = slots.find((one) => one.accessKeyId === accessKeyId && one.process.alive());
      slot?.process.kill(signal);
      return slot !== undefined;
    },
    records: () => slots.map(describe),
    async close() {
      for (const slot of slots) slot.process.kill('SIGKILL');
      await Promise.all(slots.map((slot) => slot.process.exited));
    },
  };
}

function isUsable(slot: Slot): boolean {
  return slot.process.alive() && !slot.retired;
}

function totalCpuMs(usage: ProcessUsage): number {
  return usage.cpuUserMs + usage.cpuSystemMs;
}

function describe(slot: Slot): LambdaProcessRecord {
  return {
    ...slot.process.usage(),
    accessKeyId: slot.accessKeyId,
    functionName: slot.configuration.functionName,
    version: slot.configuration.version,
    pid: slot.process.pid,
    state: slot.process.alive() ? slot.state : 'ended',
    exit: slot.exit,
    initMs: slot.initMs,
    initCpuMs: slot.initCpuMs,
    invocationCpuMs: [...slot.invocationCpuMs],
  };
}
