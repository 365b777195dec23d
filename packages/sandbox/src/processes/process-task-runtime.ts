import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { ContainerToRun, RunningContainer, TaskRuntime } from '../model/task-runtime.ts';
import type { Network } from '../network.ts';
import { buildContainerEnvironment } from './container-environment.ts';
import { findFreePort } from './free-port.ts';
import { createKeptOutput, type KeptOutput } from './kept-output.ts';
import { createReaper } from './reaper.ts';

const enginePath = fileURLToPath(new URL('./engine.mjs', import.meta.url));
/** How many ended containers keep their output. */
const endedKept = 1000;

export interface ProcessTaskRuntimeOptions {
  readonly network: Network;
  /** Speed of sandbox time relative to real time, also for the delays of the default engine. Default 1. */
  readonly speed?: number;
}

/** One container of a task, running or ended. */
export interface ContainerProcess {
  readonly taskArn: string;
  readonly containerName: string;
  readonly pid: number | undefined;
  readonly exitCode: number | undefined;
  /** The port on 127.0.0.1 of each container port. */
  readonly loopbackPorts: Readonly<Record<number, number>>;
}

/** Runs each container as a child process of this machine. */
export interface ProcessTaskRuntime extends TaskRuntime {
  /** The last 64 KB of output of a task, container by container. `undefined` for a task that never ran. */
  output(taskArn: string): string | undefined;
  containers(): readonly ContainerProcess[];
  close(): Promise<void>;
}

interface Entry {
  readonly container: ContainerToRun;
  readonly child: ChildProcess;
  readonly output: KeptOutput;
  readonly loopbackPorts: ReadonlyMap<number, number>;
  readonly exited: Promise<{ readonly exitCode: number }>;
  exitCode: number | undefined;
}

/**
 * A container without entry point and command runs the default engine (see `engine.mjs`). All others run as the task
 * definition specifies, without a shell. Windows has no SIGTERM, so containers are killed at once there.
 */
export function createProcessTaskRuntime(options: ProcessTaskRuntimeOptions): ProcessTaskRuntime {
  const { network } = options;
  const entries: Entry[] = [];
  const reaper = createReaper();
  let closed = false;

  async function start(container: ContainerToRun): Promise<RunningContainer> {
    const loopbackPorts = new Map<number, number>();
    for (const port of container.containerPorts) loopbackPorts.set(port, await findFreePort());
    if (closed) throw new Error('The sandbox is closing.');
    const child = spawnContainer(container, buildContainerEnvironment(container, loopbackPorts, options.speed ?? 1));
    const entry = follow(container, child, loopbackPorts);
    await started(child, container);
    keep(entry);
    const addresses = new Set([container.privateIp, container.privateIpv6 ?? container.privateIp]);
    const hidden = [...addresses].flatMap((ip) => {
      network.attach(ip);
      return [...loopbackPorts].map(([port, loopbackPort]) => network.expose({ ip, port, loopbackPort }));
    });
    void entry.exited.then(() => {
      for (const hide of hidden) hide();
    });
    return { kill: (signal) => void child.kill(signal), exited: entry.exited };
  }

  function follow(container: ContainerToRun, child: ChildProcess, loopbackPorts: ReadonlyMap<number, number>): Entry {
    const output = createKeptOutput();
    output.read(child.stdout);
    output.read(child.stderr);
    const { pid } = child;
    if (pid !== undefined) reaper.watch(pid);
    const exited = new Promise<{ readonly exitCode: number }>((resolve) => {
      child.once('exit', (code, signal) => {
        if (pid !== undefined) reaper.forget(pid);
        entry.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
        resolve({ exitCode: entry.exitCode });
      });
    });
    const entry: Entry = { container, child, output, loopbackPorts, exited, exitCode: undefined };
    return entry;
  }

  function keep(entry: Entry): void {
    entries.push(entry);
    const oldest = entries.findIndex((one) => one.exitCode !== undefined);
    if (entries.length > endedKept && oldest !== -1) entries.splice(oldest, 1);
  }

  return {
    start,
    output(taskArn) {
      const own = entries.filter((entry) => entry.container.taskArn === taskArn);
      return own.length === 0 ? undefined : own.map((entry) => entry.output.text()).join('');
    },
    containers: () => entries.map(describe),
    async close() {
      closed = true;
      const running = entries.filter((entry) => entry.exitCode === undefined);
      for (const entry of running) entry.child.kill('SIGKILL');
      await Promise.all(running.map((entry) => entry.exited));
      reaper.close();
    },
  };
}

function spawnContainer(container: ContainerToRun, env: Readonly<Record<string, string>>): ChildProcess {
  const [program, ...args] = [...container.entryPoint, ...container.command];
  return spawn(program ?? process.execPath, program === undefined ? [enginePath] : args, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
}

/** @throws Error with the container runtime's message if the program cannot be started */
async function started(child: ChildProcess, container: ContainerToRun): Promise<void> {
  try {
    await once(child, 'spawn');
  } catch (cause) {
    const [program] = [...container.entryPoint, ...container.command];
    const reason =
      (cause as NodeJS.ErrnoException).code === 'ENOENT'
        ? 'executable file not found in $PATH'
        : (cause as Error).message;
    throw new Error(`CannotStartContainerError: failed to create task for container: exec: "${program}": ${reason}`, {
      cause,
    });
  }
}

function describe(entry: Entry): ContainerProcess {
  return {
    taskArn: entry.container.taskArn,
    containerName: entry.container.containerName,
    pid: entry.child.pid,
    exitCode: entry.exitCode,
    loopbackPorts: Object.fromEntries(entry.loopbackPorts),
  };
}
