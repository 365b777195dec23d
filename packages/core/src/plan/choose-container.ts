/** A port that a container exposes, or an inclusive range of ports. */
export type ExposedPort = number | { readonly from: number; readonly to: number };

export interface ContainerWithPorts {
  readonly name: string;
  readonly essential: boolean;
  readonly ports: readonly ExposedPort[];
}

export interface ChosenContainer<Container> {
  readonly container: Container;
  /** The port that decided the choice; undefined when no container exposes any of the ports. */
  readonly port?: number;
}

/**
 * The container that gets the environment when the mapping names none. The ports are tried in order; an essential container
 * that exposes the port wins over other containers. If no container exposes any, it is the first essential container, or none.
 */
export function chooseContainer<Container extends ContainerWithPorts>(
  containers: readonly Container[],
  ports: readonly number[],
): ChosenContainer<Container> | undefined {
  for (const port of ports) {
    const exposing = containers.filter((container) => exposesPort(container, port));
    const container = exposing.find(({ essential }) => essential) ?? exposing[0];
    if (container !== undefined) return { container, port };
  }
  const container = containers.find(({ essential }) => essential);
  return container === undefined ? undefined : { container };
}

export function exposesPort({ ports }: Pick<ContainerWithPorts, 'ports'>, port: number): boolean {
  return ports.some((one) => (typeof one === 'number' ? one === port : one.from <= port && port <= one.to));
}

/** The ports of a mapping, in the order in which they choose the container. */
export function portsOf(mapping: {
  readonly port: number;
  readonly targetGroups: readonly { readonly port: number }[];
}): readonly number[] {
  return [...new Set([mapping.port, ...mapping.targetGroups.map(({ port }) => port)])];
}
