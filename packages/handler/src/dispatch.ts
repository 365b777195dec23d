import {
  describeService,
  describeServices,
  forecastReconcile,
  listServices,
  type OperationContext,
  type Ports,
  reconcileAll,
  reconcileChange,
  restartService,
  startService,
  startServices,
  stopAllServices,
  stopServices,
  toStartEnginesError,
} from '@start-engines/core';
import { type CountedOperation, countReconcile, countResult } from './count-operation.ts';
import type { Meter } from './meter.ts';
import type { Reply } from './replies/reply.ts';
import { replyOfForecast, replyOfReconcile, withOthersResults } from './replies/reply-of-reconcile.ts';
import type { Result } from './replies/reply-of-results.ts';
import { replyOfRestart, replyOfRestarts, replyOfStart, replyOfStarts } from './replies/reply-of-start.ts';
import { replyOfStatus } from './replies/reply-of-status.ts';
import { replyOfStops } from './replies/reply-of-stop.ts';
import type { Operation } from './request.ts';

export interface DispatchOptions {
  readonly ports: Ports;
  readonly meter: Meter;
  readonly context: OperationContext;
}

type OperationOf<Kind extends Operation['kind']> = Extract<Operation, { kind: Kind }>;

/**
 * Does what is asked.
 *
 * @throws StartEnginesError Any code of the catalog.
 */
export async function dispatch(operation: Operation, options: DispatchOptions): Promise<Reply> {
  const { ports, context } = options;
  switch (operation.kind) {
    case 'start':
      return start(operation, options);
    case 'stop':
      return stop(operation, options);
    case 'restart':
      return restart(operation, options);
    case 'reconcile':
      return reconcile(operation, options);
    case 'look': {
      const outcome = await reconcileChange(ports, operation, context);
      return replyOfReconcile(outcome === undefined ? [] : [outcome]);
    }
    case 'status':
      return replyOfStatus(await describe(operation, options), operation.several);
  }
}

async function start({ requests, several }: OperationOf<'start'>, { ports, meter, context }: DispatchOptions) {
  if (several) return replyOfStarts(count(meter, 'Start', await startServices(ports, requests, context)));
  const [request] = requests;
  const result = await settle(request.service, () => startService(ports, request, context));
  return replyOfStart(outcomeOf(count(meter, 'Start', [result])));
}

async function stop({ services, asked }: OperationOf<'stop'>, { ports, meter, context }: DispatchOptions) {
  const names = services === 'all' ? await listServices(ports, context) : services;
  const requests = names.map((service) => ({ service, asked }));
  const stopThem = services === 'all' ? stopAllServices : stopServices;
  return replyOfStops(count(meter, 'Stop', await stopThem(ports, requests, context)));
}

async function restart({ services, several, asked }: OperationOf<'restart'>, options: DispatchOptions) {
  const { ports, meter, context } = options;
  const results = await Promise.all(
    services.map((service) => settle(service, () => restartService(ports, { service, asked }, context))),
  );
  count(meter, 'Restart', results);
  return several ? replyOfRestarts(results) : replyOfRestart(outcomeOf(results));
}

async function reconcile({ dryRun }: OperationOf<'reconcile'>, { ports, meter, context }: DispatchOptions) {
  try {
    if (dryRun) return replyOfForecast(await forecastReconcile(ports, context));
    return replyOfReconcile(await countReconcile(meter, () => reconcileAll(ports, context)));
  } catch (caught) {
    throw withOthersResults(caught);
  }
}

async function settle<Outcome>(service: string, run: () => Promise<Outcome>): Promise<Result<Outcome>> {
  try {
    return { ok: true, outcome: await run() };
  } catch (caught) {
    return { ok: false, service, error: toStartEnginesError(caught) };
  }
}

function count<Each extends Result<{ readonly service: string }>>(
  meter: Meter,
  operation: CountedOperation,
  results: readonly Each[],
): readonly Each[] {
  for (const result of results) countResult(meter, operation, result);
  return results;
}

function outcomeOf<Outcome>([only]: readonly Result<Outcome>[]): Outcome {
  if (only === undefined) throw new Error('The operation has no result.');
  if (only.ok) return only.outcome;
  throw only.error;
}

async function describe({ services, several }: OperationOf<'status'>, { ports, context }: DispatchOptions) {
  const [only] = services ?? [];
  if (several || only === undefined) return describeServices(ports, context, services);
  return [await describeService(ports, only, context)];
}
