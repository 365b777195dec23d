import type { SandboxClock } from '../clock.ts';
import type { FunctionConfiguration } from './function-configuration.ts';
import { buildFunctionEnvironment } from './function-environment.ts';
import { type LambdaProcess, type ProcessUsage, startLambdaProcess } from './lambda-process.ts';
import type { ProcessExit, RuntimeErrorPayload } from './runtime-error.ts';

/** One process of a function, for the curious and for benchmarks. It stays listed after its end. */
export interface LambdaProcessRecord extends ProcessUsage {
  /** The access key id that the process signs its calls with: who called, in the call log. */
  readonly accessKeyId: string;
  readonly functionName: string;
  /** `$LATEST`, or the number of a published version. */
  readonly version: string;
  readonly pid: number | undefined;
  readonly state: 'starting' | 'idle' | 'busy' | 'ended';
  /** How it ended: `signal` is `SIGKILL` when a fault has killed it. `undefined` until it is really gone. */
  readonly exit: ProcessExit | undefined;
  /** How long loading the handler took, in milliseconds of the sandbox's time. */
  readonly initMs: number | undefined;
  /** CPU time up to the loaded handler, Node's own start included. */
  readonly initCpuMs: number | undefined;
  /** CPU time of each invocation that was answered, in order. */
  readonly invocationCpuMs: readonly number[];
}

/** An execution environment that is held by one invocation. */
export interface LeasedProcess {
  readonly process: LambdaProcess;
  readonly accessKeyId: string;
  readonly logStreamName: string;
  /** Set for the first invocation only. */
  readonly initMs: number | undefined;
  readonly initFailure: RuntimeErrorPayload | ProcessExit | undefined;
  /** Gives the process back: it is kept warm unless it has ended or its function has changed. */
  release(): void;
}

export interface ProcessPool {
  /** A warm process of this very configuration, else a new one. Resolves when the handler is loaded. */
  lease(configuration: FunctionConfiguration): Promise<LeasedProcess>;
  /** Processes of the function that run an invocation now. */
  busyCount(functionName: string): number;
  /** Ends the idle processes of a function or of one version of it, and each busy one after its invocation. */
  retire(functionName: string, version?: string): void;
  /** What the process that signs with this access key id runs; also after its end. */
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
  /** True: every invocation gets a new process. */
  readonly coldStart: () => boolean;
  /** How long loading the handler may take outside an invocation, in real milliseconds; Lambda's 10 s unless said. */
  readonly initLimitMs?: number | undefined;
}

const INIT_LIMIT_MS = 10_000;

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
    let slot = warm ?? start(configuration, options.initLimitMs ?? INIT_LIMIT_MS);
    if (warm !== undefined) warm.state = 'busy';
    if ((await slot.process.ready).timedOut) {
      slot.retired = true;
      // As on Lambda: what was not loaded in time is loaded again within the invocation, which may take its own time-out.
      slot = start(configuration, configuration.timeoutSeconds * 1000);
    }
    const { initMs, failure } = await slot.process.ready;
    slot.state = 'busy';
    if (warm === undefined) {
      slot.initMs = initMs;
      slot.initCpuMs = totalCpuMs(slot.process.usage());
      // The handler that could not be loaded is tried again by a new process, as Lambda does.
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
