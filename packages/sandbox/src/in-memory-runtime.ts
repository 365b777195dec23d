import type { HealthCheck, HealthCheckResult, HealthProbe } from './model/health-probe.ts';
import type { ContainerToRun, RunningContainer, TaskRuntime } from './model/task-runtime.ts';

/** A container of the in-memory world. */
export interface InMemoryContainer {
  readonly container: ContainerToRun;
  /** The status code of its health check replies. */
  statusCode: number;
  exit(exitCode: number): void;
}

export interface InMemoryRuntime extends TaskRuntime, HealthProbe {
  /** The running containers. */
  readonly running: ReadonlySet<InMemoryContainer>;
  /** Sets the status codes of containers that start later. Default 200. */
  statusCodeFor(decide: (container: ContainerToRun) => number): void;
}

const terminated = { SIGTERM: 143, SIGKILL: 137 } as const;

/** Runs containers without processes. They answer health checks on their ports until they are stopped. */
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
