import { formatMoment, operationTriggers, type WakeRequest, wakeService } from '@start-engines/core';
import { fieldOf, readMoment, readServiceName } from '../read-fields.ts';
import { onlyOutcome, settle } from '../replies/results.ts';
import { defineOperation } from './operation.ts';
import { checkFields } from './read-services.ts';

/** The activator received a request for a service that is down. */
export const wake = defineOperation({
  name: 'wake',
  triggers: operationTriggers.wake,
  read(detail, origin): WakeRequest {
    checkFields(detail, ['service', 'workspace', 'asked', 'correlationId'], { ...origin, mustBeAddressed: true });
    const asked = fieldOf(detail, 'asked');
    return {
      service: readServiceName(fieldOf(detail, 'service'), 'service'),
      // The event's own time has no milliseconds.
      asked:
        asked === undefined
          ? origin.asked
          : readMoment(asked, { field: 'asked', source: 'the detail' }, origin.receivedAt),
    };
  },
  services: ({ service }) => [service],
  logDetails: ({ asked }) => ({ asked: formatMoment(asked) }),
  async run(request, { ports, meter, context }) {
    const result = await settle(request.service, () => wakeService(ports, request, context));
    const isRefused = !result.ok && result.error.code === 'WakeRefused';
    meter.count('WakeCount', request.service);
    if (isRefused) return { service: request.service, status: 'refused', message: result.error.message } as const;
    if (!result.ok) meter.count('WakeFailure', request.service);
    const { taskArn, reused } = onlyOutcome([result]);
    return { service: request.service, status: reused ? 'running' : 'starting', taskArn } as const;
  },
  reply: (body) => ({ statusCode: 202, body }),
});
