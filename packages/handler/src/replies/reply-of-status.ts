import { formatMoment, type ServiceStatus } from '@start-engines/core';
import type { Body, Reply } from './reply.ts';

export function replyOfStatus(statuses: readonly ServiceStatus[], several: boolean): Reply {
  const bodies = statuses.map(bodyOfStatus);
  return { statusCode: 200, body: several ? { results: bodies } : { ...bodies[0] } };
}

function bodyOfStatus(status: ServiceStatus): Body {
  const tasks = status.tasks.map(({ launch, retire, ...task }) => ({
    ...task,
    ...(retire === undefined ? {} : { retire: { ...retire, asked: formatMoment(retire.asked) } }),
    ...(launch === undefined
      ? {}
      : { launch: { ...launch, asked: formatMoment(launch.asked), deadline: formatMoment(launch.deadline) } }),
  }));
  return { ...status, tasks };
}
