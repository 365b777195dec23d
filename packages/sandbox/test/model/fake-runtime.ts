import type { ContainerToRun, TaskRuntime } from '../../src/model/task-runtime.ts';

/** Containers without processes. Each exits when it is killed or when the test ends it. */
export interface FakeRuntime extends TaskRuntime {
  readonly started: readonly ContainerToRun[];
  /** The signals sent to the containers of a task, in order. */
  signals(taskArn: string): readonly string[];
  /** Makes a container exit. */
  exit(taskArn: string, containerName: string, exitCode: number): void;
  /** Containers that start later ignore SIGTERM. */
  ignoreSigterm: boolean;
  /** Containers that start later have started when this promise settles. */
  startedWhen: Promise<void>;
  /** Containers that start later fail to start with this message. */
  failure: string | undefined;
}

export function createFakeRuntime(): FakeRuntime {
  const started: ContainerToRun[] = [];
  const signals = new Map<string, string[]>();
  const ends = new Map<string, (exitCode: number) => void>();

  const runtime: FakeRuntime = {
    started,
    signals: (taskArn) => signals.get(taskArn) ?? [],
    exit: (taskArn, containerName, exitCode) => ends.get(`${taskArn} ${containerName}`)?.(exitCode),
    ignoreSigterm: false,
    startedWhen: Promise.resolve(),
    failure: undefined,
    async start(container) {
      if (runtime.failure !== undefined) throw new Error(runtime.failure);
      await runtime.startedWhen;
      started.push(container);
      const deaf = runtime.ignoreSigterm;
      const { promise, resolve } = Promise.withResolvers<{ readonly exitCode: number }>();
      ends.set(`${container.taskArn} ${container.containerName}`, (exitCode) => resolve({ exitCode }));
      return {
        exited: promise,
        kill(signal) {
          signals.set(container.taskArn, [...(signals.get(container.taskArn) ?? []), signal]);
          if (signal === 'SIGKILL') resolve({ exitCode: 137 });
          else if (!deaf) resolve({ exitCode: 143 });
        },
      };
    },
  };
  return runtime;
}
