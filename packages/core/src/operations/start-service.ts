import type { OperationContext, StartOutcome, StartRequest } from '../model/operation-types.ts';
import type { Ports } from '../model/ports.ts';
import { applyOverrides } from '../plan/launch-settings.ts';
import { stopStartingAt } from '../plan/time-left.ts';
import { announceFailure, announceStart } from '../session/announce.ts';
import { loadMapping } from '../session/load-mapping.ts';
import { patientReads } from '../session/patient-reads.ts';
import { bringUp } from './bring-up.ts';

/**
 * Starts a service: adopts its live task or launches one, waits for it, registers it in every target group, and waits until it is
 * healthy if requested. Many calls at once start one task. AWS-051.
 *
 * @throws StartEnginesError Any code of the catalogue. A task that this start launched is taken down first, unless another start has
 * reported it as up.
 */
export async function startService(
  ports: Ports,
  request: StartRequest,
  context: OperationContext,
): Promise<StartOutcome> {
  const { service } = request;
  const begunAt = ports.clock.now();
  try {
    const patient = patientReads(ports, service, { until: stopStartingAt(context) });
    const loaded = await loadMapping(patient, service, context.receivedAt);
    const settings = applyOverrides(loaded.mapping, request.overrides);
    const { outcome, session } = await bringUp(ports, { kind: 'start', request, context, settings, loaded });
    await announceStart(ports, context, outcome, session.memory.view('service'), begunAt);
    return outcome;
  } catch (error) {
    throw await announceFailure(ports, context, { operation: 'start', service, begunAt, error });
  }
}
