import {
  formatMoment,
  listServices,
  operationTriggers,
  type ServiceResult,
  type StopResult,
  stopAllServices,
  stopServices,
} from '@start-engines/core';
import { invalidField } from '../invalid-request.ts';
import { fieldOf, readBoolean } from '../read-fields.ts';
import type { Reply } from '../replies/reply.ts';
import { bodyOfFailure, isFailure, severalFailed } from '../replies/results.ts';
import { defineServiceOperation, type Fields, type Origin } from './operation.ts';
import { checkFields, requireServices, serviceFields } from './read-services.ts';

interface Stops {
  readonly services: readonly string[] | 'all';
  readonly asked: number;
  readonly pause?: boolean;
}

export const stop = defineServiceOperation({
  name: 'stop',
  triggers: operationTriggers.stop,
  metric: 'Stop',
  read: readStops,
  services: ({ services }) => (services === 'all' ? undefined : services),
  logDetails: ({ asked, pause }) => ({ asked: formatMoment(asked), ...(pause === undefined ? {} : { pause }) }),
  async run({ services, asked, pause }, { ports, context }) {
    const names = services === 'all' ? await listServices(ports, context) : services;
    const requests = names.map((service) => ({ service, asked, pause }));
    const stopThem = services === 'all' ? stopAllServices : stopServices;
    return stopThem(ports, requests, context);
  },
  reply: replyOfStops,
});

function readStops(fields: Fields, origin: Origin): Stops {
  checkFields(fields, [...serviceFields, 'deregister_targets', 'pause'], origin);
  const deregister = fieldOf(fields, 'deregister_targets');
  if (deregister !== undefined && !readBoolean(deregister, 'deregister_targets')) {
    throw invalidField('deregister_targets', 'cannot be false: a stop always deregisters the targets of the tasks.');
  }
  const pause = fieldOf(fields, 'pause');
  const all = origin.allowAll && fieldOf(fields, 'services') === 'all' && fieldOf(fields, 'service') === undefined;
  return {
    services: all ? 'all' : requireServices(fields, origin).names,
    asked: origin.asked,
    ...(pause === undefined ? {} : { pause: readBoolean(pause, 'pause') }),
  };
}

/**
 * One body for each service, in the order of the request.
 *
 * @throws the service's own error when it was the only one, else `SeveralFailed`.
 */
function replyOfStops(results: readonly StopResult[]): Reply {
  const failures = results.filter(isFailure);
  const [first] = failures;
  const bodies = results.map(bodyOfStop);
  if (first === undefined) return { statusCode: 200, body: { results: bodies } };
  throw results.length > 1 ? severalFailed(failures, bodies) : first.error;
}

function bodyOfStop(result: StopResult): ServiceResult {
  if (result.ok) return result.outcome;
  const [done] = result.error.results ?? [];
  return { ...bodyOfFailure(result), tasksStopped: [], targetsDeregistered: [], status: 'failed', ...done };
}
