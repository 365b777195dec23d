import { StartEnginesError, toStartEnginesError } from './errors.ts';
import type { OperationContext, StartRequest, StartResult } from './operation-types.ts';
import type { Ports } from './ports.ts';
import { startService } from './start-service.ts';

/**
 * Starts several services at once; one that depends on another of them waits for it, and is not started when that one
 * fails. Services that are not named are not started, whoever depends on them.
 *
 * @returns One result for each request, in the order of the requests. A service's failure is a result, not a rejection.
 */
export async function startServices(
  ports: Ports,
  requests: readonly StartRequest[],
  context: OperationContext,
): Promise<readonly StartResult[]> {
  const named = new Set(requests.map((request) => request.service));
  const dependencies = new Map<string, readonly string[]>();
  await Promise.all(
    requests.map(async ({ service }) => {
      dependencies.set(service, await dependenciesOf(ports, service, named));
    }),
  );
  const circular = findCircle(dependencies);
  const running = new Map<string, Promise<StartResult>>();

  function start(request: StartRequest): Promise<StartResult> {
    const known = running.get(request.service);
    if (known !== undefined) return known;
    const started = begin(request);
    running.set(request.service, started);
    return started;
  }

  async function begin(request: StartRequest): Promise<StartResult> {
    const { service } = request;
    if (circular.includes(service)) return { ok: false, service, error: circleError(circular) };
    const needed = requests.filter((other) => dependencies.get(service)?.includes(other.service));
    const results = await Promise.all(needed.map(start));
    const failed = results.find((result) => !result.ok);
    if (failed !== undefined && !failed.ok) return { ok: false, service, error: dependencyFailed(service, failed) };
    try {
      // A service that others depend on must be up before they are started.
      const isNeeded = [...dependencies.values()].some((names) => names.includes(service));
      const awaited: StartRequest =
        isNeeded && request.waitFor === 'none' ? { ...request, waitFor: 'running' } : request;
      return { ok: true, outcome: await startService(ports, awaited, context) };
    } catch (caught) {
      return { ok: false, service, error: toStartEnginesError(caught) };
    }
  }

  return Promise.all(requests.map(start));
}

/** A mapping that cannot be loaded says so when its own start is tried. */
async function dependenciesOf(ports: Ports, service: string, named: ReadonlySet<string>): Promise<readonly string[]> {
  try {
    const { mapping } = await ports.mappings.load(service);
    return mapping.dependsOn.filter((name) => named.has(name));
  } catch {
    return [];
  }
}

/** The services of the first circle of dependencies, or none. */
function findCircle(dependencies: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const settled = new Set<string>();
  function visit(service: string, path: readonly string[]): readonly string[] {
    if (path.includes(service)) return path.slice(path.indexOf(service));
    if (settled.has(service)) return [];
    for (const next of dependencies.get(service) ?? []) {
      const circle = visit(next, [...path, service]);
      if (circle.length > 0) return circle;
    }
    settled.add(service);
    return [];
  }
  for (const service of dependencies.keys()) {
    const circle = visit(service, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

function circleError(services: readonly string[]): StartEnginesError {
  return new StartEnginesError('MappingInvalid', `These services depend on each other: ${services.join(' → ')}.`, {
    context: { services, key: 'dependsOn' },
  });
}

function dependencyFailed(service: string, failed: Extract<StartResult, { ok: false }>): StartEnginesError {
  return new StartEnginesError(
    'DependencyFailed',
    `Service "${service}" was not started, because "${failed.service}", on which it depends, could not be started.`,
    { cause: failed.error, context: { service, dependency: failed.service } },
  );
}
