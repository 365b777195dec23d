import type { RestartOutcome, StartOutcome } from '@start-engines/core';
import type { Body, Reply } from './reply.ts';
import { type Result, replyOfResults } from './reply-of-results.ts';

export function replyOfStart(outcome: StartOutcome): Reply {
  return { statusCode: outcome.waitedFor === 'none' ? 202 : 200, body: bodyOfStart(outcome) };
}

/** @throws StartEnginesError as `replyOfResults` does. */
export function replyOfStarts(results: readonly Result<StartOutcome>[]): Reply {
  return replyOfResults(results, bodyOfStart);
}

function bodyOfStart(outcome: StartOutcome): Body {
  return { message: messageOfStart(outcome), ...factsOfStart(outcome) };
}

function factsOfStart(outcome: StartOutcome): Body {
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

export function replyOfRestart(outcome: RestartOutcome): Reply {
  return { statusCode: 200, body: bodyOfRestart(outcome) };
}

/** @throws StartEnginesError as `replyOfResults` does. */
export function replyOfRestarts(results: readonly Result<RestartOutcome>[]): Reply {
  return replyOfResults(results, bodyOfRestart);
}

function bodyOfRestart(outcome: RestartOutcome): Body {
  const { service, replacedTasks } = outcome;
  const message = outcome.ended === undefined ? `${service} was restarted and is healthy.` : messageOfStart(outcome);
  return { message, ...factsOfStart(outcome), replacedTasks };
}
