import type { RestartOutcome, ServiceResult, StartOutcome } from '@start-engines/core';

export function bodyOfStart(outcome: StartOutcome): ServiceResult {
  return { message: messageOfStart(outcome), ...factsOfStart(outcome) };
}

function factsOfStart(outcome: StartOutcome): ServiceResult {
  const { service, taskArn, taskId, privateIp, targets, reused } = outcome;
  const unreachable = outcome.unreachable === undefined ? {} : { unreachable: outcome.unreachable };
  if (targets === undefined) return { service, taskArn, taskId, reused, ...unreachable };
  const [first] = targets;
  return {
    service,
    taskArn,
    taskId,
    privateIp,
    port: first.port,
    targetGroupArn: first.targetGroupArn,
    healthStatus: first.healthStatus,
    ...(first.healthReason === undefined ? {} : { healthReason: first.healthReason }),
    reused,
    ...unreachable,
    ...(targets.length > 1 ? { targets } : {}),
  };
}

function messageOfStart({ service, waitedFor, reused, ended, unreachable }: StartOutcome): string {
  if (ended !== undefined)
    return `${service} was brought up for this request before. Its task has ended since: ${ended}`;
  const was = reused ? 'was live already' : 'was started';
  if (waitedFor === 'none') {
    const trouble = unreachable === undefined ? '' : ` It is running but unreachable: ${unreachable}.`;
    return `${service} ${was}; nothing was waited for.${trouble}`;
  }
  if (unreachable !== undefined) return `${service} ${was}, is registered and running but unreachable: ${unreachable}.`;
  return `${service} ${was}, is registered and ${waitedFor === 'healthy' ? 'healthy' : 'running'}.`;
}

export function bodyOfRestart(outcome: RestartOutcome): ServiceResult {
  const { service, replacedTasks } = outcome;
  const message = outcome.ended === undefined ? `${service} was restarted and is healthy.` : messageOfStart(outcome);
  return { message, ...factsOfStart(outcome), replacedTasks };
}
