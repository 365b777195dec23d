import { formatMoment, operationTriggers, restartService } from '@start-engines/core';
import { bodyOfRestart } from '../replies/body-of-start.ts';
import { onlyOutcome, replyOfResults, settle } from '../replies/results.ts';
import { defineServiceOperation } from './operation.ts';
import { checkFields, requireServices, serviceFields } from './read-services.ts';

export const restart = defineServiceOperation({
  name: 'restart',
  triggers: operationTriggers.restart,
  metric: 'Restart',
  read(fields, origin) {
    checkFields(fields, serviceFields, origin);
    return { ...requireServices(fields, origin), asked: origin.asked };
  },
  services: ({ names }) => names,
  logDetails: ({ asked }) => ({ asked: formatMoment(asked) }),
  run: ({ names, asked }, { ports, context }) =>
    Promise.all(names.map((service) => settle(service, () => restartService(ports, { service, asked }, context)))),
  reply(results, { several }) {
    if (several) return replyOfResults(results, bodyOfRestart);
    return { statusCode: 200, body: bodyOfRestart(onlyOutcome(results)) };
  },
});
