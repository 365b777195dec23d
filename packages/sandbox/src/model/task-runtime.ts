/** What the ECS model asks for when a container has to run. */
export interface ContainerToRun {
  readonly taskArn: string;
  readonly containerName: string;
  readonly image: string;
  /** The task's private IPv4 address in the model, such as `10.0.1.37`, or its IPv6 address where it has no other. */
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
  /** Resolves once, when the process has ended. `exitCode` is 128 + n after signal n, as ECS shows it. */
  readonly exited: Promise<{ readonly exitCode: number }>;
}

/**
 * Where containers really run. The in-memory runtime of the model's own tests starts nothing; the sandbox's starts a
 * child process each.
 */
export interface TaskRuntime {
  /** Resolves when the process has been started; rejects with an `Error` whose message becomes the container's reason. */
  start(container: ContainerToRun): Promise<RunningContainer>;
}
