import {
  describeService,
  describeServices,
  formatMoment,
  operationTriggers,
  type ServiceStatus,
  type SleepStatus,
} from '@start-engines/core';
import { defineOperation } from './operation.ts';
import { checkFields, readServices, serviceFields } from './read-services.ts';

/** Describes the named services, or all of them. */
export const status = defineOperation({
  name: 'status',
  triggers: operationTriggers.status,
  read(fields, origin) {
    checkFields(fields, serviceFields, origin);
    return readServices(fields);
  },
  services: (request) => request?.names,
  async run(request, { ports, context }) {
    if (request === undefined || request.several) return describeServices(ports, context, request?.names);
    return [await describeService(ports, request.names[0], context)];
  },
  reply(statuses, request) {
    const bodies = statuses.map(bodyOfStatus);
    return { statusCode: 200, body: request?.several === false ? { ...bodies[0] } : { results: bodies } };
  },
});

function bodyOfStatus(serviceStatus: ServiceStatus) {
  const tasks = serviceStatus.tasks.map(({ launch, retire, leaseUntil, ...task }) => ({
    ...task,
    ...(leaseUntil === undefined ? {} : { leaseUntil: formatMoment(leaseUntil) }),
    ...(retire === undefined ? {} : { retire: { ...retire, asked: formatMoment(retire.asked) } }),
    ...(launch === undefined
      ? {}
      : { launch: { ...launch, asked: formatMoment(launch.asked), deadline: formatMoment(launch.deadline) } }),
  }));
  const { sleep } = serviceStatus;
  return { ...serviceStatus, tasks, ...(sleep === undefined ? {} : { sleep: bodyOfSleep(sleep) }) };
}

function bodyOfSleep({ pausedAt, retryAt, lastUsedAt, idleAt, ...sleep }: SleepStatus) {
  const moments = Object.entries({ pausedAt, retryAt, lastUsedAt, idleAt }).flatMap(([name, moment]) =>
    moment === undefined ? [] : [[name, formatMoment(moment)]],
  );
  return { ...sleep, ...Object.fromEntries(moments) };
}
