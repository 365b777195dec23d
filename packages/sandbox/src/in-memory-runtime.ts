import type { HealthCheck, HealthCheckResult, HealthProbe } from './model/health-probe.ts';
import type { ContainerToRun, RunningContainer, TaskRuntime } from './model/task-runtime.ts';

/** What a container of the in-memory world does when it is asked for its health. */
export interface InMemoryContainer {
  readonly container: ContainerToRun;
  /** The status code of its answers. */
  statusCode: number;
  exit(exitCode: number): void;
}

export interface InMemoryRuntime extends TaskRuntime, HealthProbe {
  /** The containers that run now. */
  readonly running: ReadonlySet<InMemoryContainer>;
  /** Decides the status code of containers that are started from now on; 200 unless set. */
  statusCodeFor(decide: (container: ContainerToRun) => number): void;
}

const terminated = { SIGTERM: 143, SIGKILL: 137 } as const;

/** Containers that are no processes: they are there, answer health checks on their ports, and go when they are told. */
export function createInMemoryRuntime(): InMemoryRuntime {
  const running = new Set<InMemoryContainer>();
  let decideStatusCode: (container: ContainerToRun) => number = () => 200;
  return {
    running,
    statusCodeFor(decide) {
      decideStatusCode = decide;
    },
    async start(container): Promise<RunningContainer> {
      const { promise: exited, resolve } = Promise.withResolvers<{ exitCode: number }>();
      const entry: InMemoryContainer = {
        container,
        statusCode: decideStatusCode(container),
        exit(exitCode) {
          running.delete(entry);
          resolve({ exitCode });
        },
      };
      running.add(entry);
      return { exited, kill: (signal) => entry.exit(terminated[signal]) };
    },
    async check({ ip, port }: HealthCheck): Promise<HealthCheckResult> {
      const atAddress = [...running].filter(({ container }) =>
        [container.privateIp, container.privateIpv6].includes(ip),
      );
      if (atAddress.length === 0) return { kind: 'timeout' };
      const listening = atAddress.find(({ container }) => container.containerPorts.includes(port));
      return listening === undefined ? { kind: 'refused' } : { kind: 'answered', statusCode: listening.statusCode };
    },
  };
}
