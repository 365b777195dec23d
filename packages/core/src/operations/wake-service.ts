import { StartEnginesError } from '../model/errors.ts';
import type { OperationContext, StartOutcome } from '../model/operation-types.ts';
import { pausedSince } from '../model/pauses.ts';
import type { Ports } from '../model/ports.ts';
import { applyOverrides } from '../plan/launch-settings.ts';
import { wakeRefused } from '../plan/start-errors.ts';
import { stopStartingAt } from '../plan/time-left.ts';
import { announceFailure } from '../session/announce.ts';
import { loadMapping } from '../session/load-mapping.ts';
import { patientReads } from '../session/patient-reads.ts';
import { bringUp } from './bring-up.ts';

/** A request that has waited longer than this has been given up, in milliseconds. */
const oldestWakeMs = 300_000;

export interface WakeRequest {
  readonly service: string;
  /** When the activator received the request, in milliseconds since the epoch. */
  readonly asked: number;
}

/**
 * Starts a service because a request arrived for it. No caller waits for the answer: the task is registered when ECS
 * reports that it runs.
 *
 * @throws StartEnginesError `WakeRefused` when requests do not start the service now, or any code that a start throws.
 */
export async function wakeService(
  ports: Ports,
  { service, asked }: WakeRequest,
  context: OperationContext,
): Promise<StartOutcome> {
  const begunAt = ports.clock.now();
  if (begunAt - asked > oldestWakeMs) throw wakeRefused(service, 'the request was made more than five minutes ago');
  try {
    const patient = patientReads(ports, service, { until: stopStartingAt(context) });
    const loaded = await loadMapping(patient, service, context.receivedAt);
    if ((loaded.mapping.routes ?? []).length === 0) throw wakeRefused(service, 'its mapping has no "wake"');
    if (pausedSince(await patient.pauses.read(service)) !== undefined) throw wakeRefused(service, 'it is paused');
    const request = { service, asked, waitFor: 'none', overrides: {} } as const;
    const settings = applyOverrides(loaded.mapping, {});
    const { outcome } = await bringUp(ports, { kind: 'wake', request, context, settings, loaded });
    return outcome;
  } catch (error) {
    if (error instanceof StartEnginesError && error.code === 'WakeRefused') throw error;
    throw await announceFailure(ports, context, { operation: 'start', service, begunAt, error });
  }
}
