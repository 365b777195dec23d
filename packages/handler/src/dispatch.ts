import {
  describeService,
  describeServices,
  type OperationContext,
  type Ports,
  StartEnginesError,
  type StartRequest,
  type StartResult,
  startService,
  startServices,
  toStartEnginesError,
} from '@start-engines/core';
import { isSuperseded, type Reply, replyOfStart, replyOfStarts, replyOfStatus } from './answer.ts';
import { invalidRequest } from './invalid-request.ts';
import type { Meter } from './meter.ts';
import type { Operation } from './request.ts';

export interface DispatchOptions {
  readonly ports: Ports;
  readonly meter: Meter;
  readonly context: OperationContext;
}

/**
 * Does what is asked.
 *
 * @throws StartEnginesError Any code of the catalog; `InvalidRequest` for an operation that this version does not have.
 */
export async function dispatch(operation: Operation, options: DispatchOptions): Promise<Reply> {
  switch (operation.kind) {
    case 'start':
      return operation.several
        ? replyOfStarts(await startList(operation.requests, options))
        : replyOfStart(await startOne(operation.requests[0], options));
    case 'status':
      return replyOfStatus(await describe(operation.services, options.ports), operation.several);
    case 'stop':
    case 'restart':
    case 'reconcile':
    case 'look':
      throw invalidRequest(`The operation ${operation.kind} is not supported yet by this version.`, {
        operation: operation.kind,
      });
  }
}

async function startOne(request: StartRequest, { ports, meter, context }: DispatchOptions) {
  try {
    const outcome = await startService(ports, request, context);
    countStart(meter, { ok: true, outcome });
    return outcome;
  } catch (caught) {
    const error = toStartEnginesError(caught);
    countStart(meter, { ok: false, service: request.service, error });
    throw error;
  }
}

async function startList(requests: readonly StartRequest[], { ports, meter, context }: DispatchOptions) {
  const results = await startServices(ports, requests, context);
  for (const result of results) countStart(meter, result);
  return results;
}

function countStart(meter: Meter, result: StartResult): void {
  const service = result.ok ? result.outcome.service : knownService(result);
  meter.count('StartCount', service);
  if (!result.ok && !isSuperseded(result.error)) meter.count('StartFailure', service);
}

// Whoever may call could make up names without end, and each would become a metric.
function knownService({ service, error }: Extract<StartResult, { ok: false }>): string | undefined {
  return error instanceof StartEnginesError && error.code === 'UnknownService' ? undefined : service;
}

function describe(services: readonly string[] | undefined, ports: Ports) {
  return services === undefined
    ? describeServices(ports)
    : Promise.all(services.map((service) => describeService(ports, service)));
}
