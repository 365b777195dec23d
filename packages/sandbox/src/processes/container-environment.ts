import type { ContainerToRun } from '../model/task-runtime.ts';

/** Variables that programs need to start. Containers receive no others of the sandbox's environment. */
const neededToStart = ['PATH', 'SYSTEMROOT', 'TMPDIR', 'TEMP', 'TMP'];

/**
 * The environment of a container. Containers share this machine's loopback address, so `PORT` (the first container
 * port) and `SANDBOX_PORT_<container port>` contain the ports to listen on.
 */
export function buildContainerEnvironment(
  container: ContainerToRun,
  loopbackPorts: ReadonlyMap<number, number>,
  speed: number,
): Readonly<Record<string, string>> {
  const [firstPort] = loopbackPorts.values();
  const region = container.taskArn.split(':')[3] ?? '';
  const ports = [...loopbackPorts].map(([port, loopbackPort]) => [`SANDBOX_PORT_${port}`, String(loopbackPort)]);
  return {
    ...inheritedEnvironment(),
    AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    ...container.environment,
    ...(firstPort === undefined ? {} : { PORT: String(firstPort) }),
    ...Object.fromEntries(ports),
    SANDBOX_TASK_ARN: container.taskArn,
    SANDBOX_CONTAINER_NAME: container.containerName,
    SANDBOX_PRIVATE_IP: container.privateIp,
    SANDBOX_SPEED: String(speed),
    SANDBOX_SHOWN_VARIABLES: Object.keys(container.environment).join(','),
  };
}

function inheritedEnvironment(): Readonly<Record<string, string>> {
  const entries = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && neededToStart.includes(entry[0].toUpperCase()),
  );
  return Object.fromEntries(entries);
}
