/** A container that the ECS model starts. */
export interface ContainerToRun {
  readonly taskArn: string;
  readonly containerName: string;
  readonly image: string;
  /** The task's private IPv4 address in the model, such as `10.0.1.37`, or its IPv6 address if it has no other. */
  readonly privateIp: string;
  readonly privateIpv6?: string;
  readonly containerPorts: readonly number[];
  readonly entryPoint: readonly string[];
  readonly command: readonly string[];
  /** The task definition's environment with the overrides applied. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface RunningContainer {
  /** Sends SIGTERM (or SIGKILL) to the container's process. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Resolves when the process has exited. `exitCode` is 128 + n after signal n, as in ECS. */
  readonly exited: Promise<{ readonly exitCode: number }>;
}

/**
 * Runs containers. The in-memory runtime of the model's tests starts nothing. The sandbox's runtime starts a
 * child process for each container.
 */
export interface TaskRuntime {
  /** Resolves when the process has started. Rejects with an `Error` whose message becomes the container's reason. */
  start(container: ContainerToRun): Promise<RunningContainer>;
}
