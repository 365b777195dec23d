import { StartEnginesError, toStartEnginesError } from '../model/errors.ts';
import type { OperationContext, StartRequest, StartResult } from '../model/operation-types.ts';
import type { Ports } from '../model/ports.ts';
import type { ServiceMapping } from '../model/service-mapping.ts';
import { stopStartingAt } from '../plan/time-left.ts';
import { announceFailure } from '../session/announce.ts';
import { patientReads } from '../session/patient-reads.ts';
import { startService } from './start-service.ts';

/**
 * Starts several services at once. A service that depends on another of them waits for it, and is not started if that one fails.
 * Services that are not named are not started, even if others depend on them.
 *
 * @returns One result for each request, in the order of the requests. A service's failure is a result, not a rejection.
 */
export async function startServices(
  ports: Ports,
  requests: readonly StartRequest[],
  context: OperationContext,
): Promise<readonly StartResult[]> {
  const named = new Set(requests.map((request) => request.service));
  const mappings = new Map<string, ServiceMapping>();
  const patient = patientReads(ports, 'all', { until: stopStartingAt(context) });
  await Promise.all(
    requests.map(async ({ service }) => {
      // A mapping that cannot be loaded fails its own start.
      const loaded = await patient.mappings.load(service, context.receivedAt).catch(() => undefined);
      if (loaded !== undefined) mappings.set(service, loaded.mapping);
    }),
  );
  const dependencies = new Map(
    [...mappings].map(([service, { dependsOn }]) => [service, dependsOn.filter((name) => named.has(name))]),
  );
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
    const circle = findCircle(dependencies, service);
    if (circle !== undefined) return refuse(service, circleError(circle));
    const needed = requests.filter((other) => dependencies.get(service)?.includes(other.service));
    const results = await Promise.all(needed.map(start));
    const failed = results.find((result) => !result.ok);
    if (failed !== undefined && !failed.ok) return refuse(service, dependencyFailed(service, failed));
    try {
      // A service that others depend on must be up before they are started.
      const isNeeded = [...dependencies.values()].some((names) => names.includes(service));
      const waitFor = request.waitFor ?? mappings.get(service)?.wait;
      const awaited: StartRequest = isNeeded && waitFor === 'none' ? { ...request, waitFor: 'running' } : request;
      return { ok: true, outcome: await startService(ports, awaited, context) };
    } catch (caught) {
      return { ok: false, service, error: toStartEnginesError(caught) };
    }
  }

  async function refuse(service: string, refusal: StartEnginesError): Promise<StartResult> {
    const failure = { operation: 'start', service, begunAt: ports.clock.now(), error: refusal } as const;
    return { ok: false, service, error: await announceFailure(ports, context, failure) };
  }

  return Promise.all(requests.map(start));
}

/** The path from a service through its dependencies back to itself. */
function findCircle(
  dependencies: ReadonlyMap<string, readonly string[]>,
  service: string,
): readonly string[] | undefined {
  const seen = new Set<string>();
  function visit(path: readonly [string, ...string[]]): readonly string[] | undefined {
    for (const next of dependencies.get(path.at(-1) ?? service) ?? []) {
      if (next === service) return path;
      if (seen.has(next)) continue;
      seen.add(next);
      const circle = visit([...path, next]);
      if (circle !== undefined) return circle;
    }
    return undefined;
  }
  return visit([service]);
}

function circleError(services: readonly string[]): StartEnginesError {
  return new StartEnginesError('MappingInvalid', `These services depend on each other: ${services.join(' → ')}.`, {
    context: { services, key: 'dependsOn' },
  });
}

function dependencyFailed(service: string, failed: Extract<StartResult, { ok: false }>): StartEnginesError {
  return new StartEnginesError(
    'DependencyFailed',
    `Service "${service}" was not started because it depends on "${failed.service}", which could not be started.`,
    { cause: failed.error, context: { service, dependency: failed.service } },
  );
}
