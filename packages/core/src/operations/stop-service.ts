import { lastAskedByPerson } from '../model/adoptions.ts';
import { distinctClusters } from '../model/clusters.ts';
import { mappingDefaults } from '../model/contract.ts';
import { StartEnginesError, toStartEnginesError } from '../model/errors.ts';
import { ownerOf } from '../model/identity.ts';
import type { OperationContext, StopOutcome, StopRequest, StopResult } from '../model/operation-types.ts';
import type { Ports } from '../model/ports.ts';
import type { LoadedMapping } from '../model/service-mapping.ts';
import { isKept, isLive, type Task } from '../model/task.ts';
import { claimants, type View } from '../model/view.ts';
import { isStoppedBy, markOfStop, planStop } from '../plan/plan-stop.ts';
import { stopStartingAt } from '../plan/time-left.ts';
import { announce, announceFailure } from '../session/announce.ts';
import { withClaimedFacts } from '../session/claimed-facts.ts';
import { deregisteredTargets } from '../session/deregistered-targets.ts';
import { loadMapping } from '../session/load-mapping.ts';
import { patientReads } from '../session/patient-reads.ts';
import { notePause, noteResume } from '../session/pause-service.ts';
import { persist } from '../session/persist.ts';
import { publishActivation } from '../session/publish-activation.ts';
import { neighbourReader } from '../session/read-neighbours.ts';
import { ServiceSession } from '../session/service-session.ts';
import { manyServices, shareReads } from '../session/share-reads.ts';
import { turnLoop } from '../session/turn-loop.ts';

/** How long a stop waits for its mapping, in milliseconds. Without it, the stop still finds the tasks and their targets. */
const mappingPatienceMs = 30_000;

/**
 * Stops a service: its tasks are deregistered, drained and stopped by their own launch facts, and not by the current mapping. Tasks
 * requested after the stop stay.
 *
 * @throws StartEnginesError `UnknownService` when there is neither a mapping nor a task, `OutOfTime`, or an AWS code. Its
 * `results` say what was done.
 */
export function stopService(ports: Ports, request: StopRequest, context: OperationContext): Promise<StopOutcome> {
  if (request.pause === false) return resumeService(ports, request, context);
  return stopOne(withClaimedFacts(ports, request.service), request, context);
}

async function stopOne(
  ports: Ports,
  request: StopRequest,
  context: OperationContext,
  stopNotedAt?: number,
): Promise<StopOutcome> {
  const { service, asked, pause } = request;
  const begunAt = ports.clock.now();
  const until = stopStartingAt(context);
  const mappingUntil = Math.min(until, begunAt + mappingPatienceMs);
  const mapping = await loadIfPossible(patientReads(ports, service, { until: mappingUntil }), service);
  const mapped = mapping instanceof StartEnginesError ? undefined : mapping.mapping;
  const isPause = pause === true && isWokenByRequests(mapping);
  const session = new ServiceSession(ports, {
    service,
    until,
    startedBy: ownerOf(ports.workspace, service),
    clusters: distinctClusters([...ports.clusters, ...(mapped === undefined ? [] : [mapped.cluster])]),
    targetGroupArns: mapped?.targetGroups.map((group) => group.targetGroupArn) ?? [],
    routes: mapped?.routes,
    ...(stopNotedAt === undefined ? {} : { stopNotedAt }),
    readNeighbours: neighbourReader(ports, service),
  });
  const mark = markOfStop({ asked, isPause });
  const found = new Set<string>();
  const drainMs = (mapped?.drainSeconds ?? mappingDefaults.drainSeconds) * 1000;
  try {
    if (isPause) await notePause(ports, service, asked, until);
    const view = await turnLoop(ports, session, { service, until }, (seen) => {
      const unknown = mapping instanceof StartEnginesError && mapping.code === 'UnknownService';
      if (unknown && claimants(seen).length === 0) throw mapping;
      const stopping = [...seen.tasks.filter((task) => isStoppedBy(task, mark)), ...seen.foreign.filter(isLive)];
      for (const { taskArn } of stopping) found.add(taskArn);
      return planStop(seen, { asked, isPause, firstLookAt: begunAt, drainMs });
    });
    if (view.stopNotedAt === undefined) await noteStop(ports, service, asked, until);
    const outcome = outcomeOf(service, session, found, view);
    const paused = isPause && (await settlePause(ports, service, asked, view, until));
    if ((mapped?.routes ?? []).length > 0 && outcome.status !== 'kept') {
      await publishActivation(ports, service, { state: paused ? 'paused' : 'asleep', since: asked });
    }
    await announce(ports, {
      type: 'Service Stopped',
      operation: 'stop',
      service,
      correlationId: context.correlationId,
      durationMs: ports.clock.now() - begunAt,
      taskArns: outcome.tasksStopped,
    });
    return paused ? { ...outcome, paused } : outcome;
  } catch (caught) {
    const error = await announceFailure(ports, context, { operation: 'stop', service, begunAt, error: caught });
    const { status: _, ...done } = outcomeOf(service, session, found, session.memory.view('service'));
    const didSomething = done.tasksStopped.length + done.targetsDeregistered.length > 0;
    throw new StartEnginesError(error.code, error.message, {
      cause: error.cause ?? error,
      context: { ...error.context, service },
      results: didSomething ? [{ ...done, status: 'failed' }] : [],
    });
  }
}

/**
 * A pause under way may have been overwritten by an older one, or overruled by a later start.
 *
 * @returns Whether the service is paused.
 */
async function settlePause(ports: Ports, service: string, asked: number, view: View, until: number): Promise<boolean> {
  const later = Math.max(0, ...view.tasks.filter(isKept).map(lastAskedByPerson));
  if (later > asked) await noteResume(ports, service, later, until);
  else await notePause(ports, service, asked, until);
  return later <= asked;
}

/** Lets requests wake the service again. */
async function resumeService(
  ports: Ports,
  { service, asked }: StopRequest,
  context: OperationContext,
): Promise<StopOutcome> {
  const begunAt = ports.clock.now();
  const until = stopStartingAt(context);
  const mapping = await loadIfPossible(patientReads(ports, service, { until }), service);
  if (isWokenByRequests(mapping)) {
    try {
      await noteResume(ports, service, asked, until);
    } catch (error) {
      throw await announceFailure(ports, context, { operation: 'stop', service, begunAt, error });
    }
    await publishActivation(ports, service, { state: 'asleep', since: asked });
  }
  return { service, tasksStopped: [], targetsDeregistered: [], status: 'resumed' };
}

/**
 * Notes a stop that its marks record already. ECS forgets a stopped task and its mark after about an hour; a start that arrives
 * later finds the note.
 */
async function noteStop(ports: Ports, service: string, asked: number, until: number): Promise<'noted' | 'refused'> {
  try {
    await persist(ports, service, until, () => ports.stopNotes.note(service, asked));
    ports.journal.record({ service, kind: 'stop-noted', asked });
    return 'noted';
  } catch (caught) {
    const { code, message } = toStartEnginesError(caught);
    ports.journal.record({ service, kind: 'aws-trouble', code, message });
    return 'refused';
  }
}

/**
 * Stops every service of the workspace. One note covers all of them, because Parameter Store accepts three writes per second.
 *
 * @returns as `stopServices` does.
 */
export async function stopAllServices(
  ports: Ports,
  requests: readonly StopRequest[],
  context: OperationContext,
): Promise<readonly StopResult[]> {
  const asked = Math.min(...requests.map((request) => request.asked));
  if (requests.length === 0) return [];
  if (requests[0]?.pause === false) return stopEach(ports, requests, context);
  const noted = await noteStop(ports, 'all', asked, stopStartingAt(context));
  return stopEach(ports, requests, context, noted === 'noted' ? ports.clock.now() : undefined);
}

/**
 * Stops several services at once.
 *
 * @returns One result for each request, in their order. A service's failure is a result, not a rejection.
 */
export function stopServices(
  ports: Ports,
  requests: readonly StopRequest[],
  context: OperationContext,
): Promise<readonly StopResult[]> {
  return stopEach(ports, requests, context);
}

function stopEach(
  ports: Ports,
  requests: readonly StopRequest[],
  context: OperationContext,
  stopNotedAt?: number,
): Promise<readonly StopResult[]> {
  // Shared reads are repeated where they are shared. Otherwise the services would repeat them one by one.
  const many = requests.length >= manyServices;
  const claimed = withClaimedFacts(ports, 'all');
  const shared = many ? shareReads(patientReads(claimed, 'all', { until: stopStartingAt(context) })) : claimed;
  return Promise.all(
    requests.map(async (request): Promise<StopResult> => {
      try {
        const isResume = request.pause === false;
        const outcome = await (isResume
          ? resumeService(ports, request, context)
          : stopOne(shared, request, context, stopNotedAt));
        return { ok: true, outcome };
      } catch (caught) {
        return { ok: false, service: request.service, error: toStartEnginesError(caught) };
      }
    }),
  );
}

/** Whether requests can wake the service. Without a usable mapping it is unknown, and a pause is recorded. */
function isWokenByRequests(mapping: LoadedMapping | StartEnginesError): boolean {
  return mapping instanceof StartEnginesError || mapping.mapping.routes !== undefined;
}

/** A service can be stopped even if its mapping is broken or deleted. */
async function loadIfPossible(ports: Ports, service: string): Promise<LoadedMapping | StartEnginesError> {
  try {
    return await loadMapping(ports, service);
  } catch (caught) {
    const error = toStartEnginesError(caught);
    if (error.code === 'Internal') throw error;
    if (error.code === 'MappingUnavailable') {
      ports.journal.record({ service, kind: 'aws-trouble', code: error.code, message: error.message });
    }
    return error;
  }
}

/**
 * The tasks that the stop found and that were stopped, by this or another operation. A task that ended on its own was found only
 * because a stale read still showed it live.
 */
function outcomeOf(service: string, session: ServiceSession, found: ReadonlySet<string>, view: View): StopOutcome {
  const tasksStopped = claimants(view)
    .filter((task) => found.has(task.taskArn) && wasStopped(task))
    .map((task) => task.taskArn);
  const targetsDeregistered = deregisteredTargets(session);
  const stopped = tasksStopped.length > 0 || targetsDeregistered.length > 0;
  const status = view.tasks.some(isKept) ? 'kept' : stopped ? 'stopped' : 'not-running';
  return { service, tasksStopped, targetsDeregistered, status };
}

/** Whether StopTask ended the task. A task may be marked after a crash that ECS does not show yet; its stop code decides. */
function wasStopped(task: Task): boolean {
  return !isLive(task) && task.retire !== undefined && (task.stopCode ?? 'UserInitiated') === 'UserInitiated';
}
