import {
  formatMoment,
  mappingBounds,
  operationTriggers,
  type StartRequest,
  startService,
  startServices,
  type WaitFor,
} from '@start-engines/core';
import { invalidField, kindOf } from '../invalid-request.ts';
import { fieldOf, readBoolean } from '../read-fields.ts';
import { overrideFields, readOverrides } from '../read-overrides.ts';
import { bodyOfStart } from '../replies/body-of-start.ts';
import { onlyOutcome, replyOfResults, settle } from '../replies/results.ts';
import { defineServiceOperation, type Fields, type Origin } from './operation.ts';
import { checkFields, requireServices, serviceFields } from './read-services.ts';

const waits: ReadonlySet<unknown> = new Set<WaitFor>(['none', 'running', 'healthy']);

interface Starts {
  readonly requests: readonly [StartRequest, ...StartRequest[]];
  readonly several: boolean;
}

export const start = defineServiceOperation({
  name: 'start',
  triggers: operationTriggers.start,
  metric: 'Start',
  read: readStarts,
  services: ({ requests }) => requests.map(({ service }) => service),
  logDetails({ requests: [{ asked, waitFor, overrides }] }) {
    // Names of overrides, never their values: an environment may hold secrets.
    return { asked: formatMoment(asked), waitFor, overrides: Object.keys(overrides) };
  },
  async run({ requests, several }, { ports, context }) {
    if (several) return startServices(ports, requests, context);
    const [request] = requests;
    return [await settle(request.service, () => startService(ports, request, context))];
  },
  reply(results, { several }) {
    if (several) return replyOfResults(results, bodyOfStart);
    const outcome = onlyOutcome(results);
    return { statusCode: outcome.waitedFor === 'none' ? 202 : 200, body: bodyOfStart(outcome) };
  },
});

function readStarts(fields: Fields, origin: Origin): Starts {
  if (!origin.canWait) refuseWait(fields);
  checkFields(fields, [...serviceFields, 'wait', 'waitForHealthy', 'leaseSeconds', ...overrideFields], origin);
  const { names, several } = requireServices(fields, origin);
  const overrides = readOverrides(fields);
  const [overridden] = Object.keys(overrides);
  if (names.length > 1 && overridden !== undefined) {
    throw invalidField(overridden, 'can be overridden for one service at a time only.');
  }
  const waitFor = origin.canWait ? readWait(fields) : 'none';
  const leaseSeconds = readLease(fields);
  const toRequest = (service: string): StartRequest => ({
    service,
    asked: origin.asked,
    ...(waitFor === undefined ? {} : { waitFor }),
    ...(leaseSeconds === undefined ? {} : { leaseSeconds }),
    overrides,
  });
  const [first, ...rest] = names;
  return { requests: [toRequest(first), ...rest.map(toRequest)], several };
}

function readLease(fields: Fields): number | undefined {
  const seconds = fieldOf(fields, 'leaseSeconds');
  if (seconds === undefined) return undefined;
  const { least, most } = mappingBounds.leaseSeconds;
  if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= least && seconds <= most) return seconds;
  throw invalidField(
    'leaseSeconds',
    `must be a whole number of seconds from ${least} to ${most}, not ${kindOf(seconds)}.`,
  );
}

function refuseWait(fields: Fields): void {
  const wait = fieldOf(fields, 'wait');
  const field = wait !== undefined && wait !== 'none' ? 'wait' : 'waitForHealthy';
  if (field === 'wait' || Object.hasOwn(fields, field)) {
    throw invalidField(field, 'cannot be set over HTTP: the answer is sent as soon as the task is launched.');
  }
}

function readWait(fields: Fields): WaitFor | undefined {
  const wait = fieldOf(fields, 'wait');
  const waitForHealthy = fieldOf(fields, 'waitForHealthy');
  if (wait !== undefined && !isWait(wait)) {
    throw invalidField('wait', `must be "none", "running" or "healthy", not ${kindOf(wait)}.`);
  }
  if (waitForHealthy === undefined) return wait;
  const healthy = readBoolean(waitForHealthy, 'waitForHealthy');
  if (wait !== undefined && healthy !== (wait === 'healthy')) {
    throw invalidField('waitForHealthy', `is ${healthy}, which contradicts wait: "${wait}".`);
  }
  return wait ?? (healthy ? 'healthy' : 'running');
}

function isWait(value: unknown): value is WaitFor {
  return waits.has(value);
}
