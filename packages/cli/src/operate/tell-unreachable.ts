import type { ServiceResult } from '@start-engines/core';
import type { CommandContext } from '../command-context.ts';
import { fetchStatus, type ServiceReport } from '../fetch-status.ts';
import { healthOf } from '../output/format-status.ts';
import { pause } from '../pause.ts';

/** The load balancer shows a new registration after about a second. */
const mostLooks = 4;
const pauseMs = 500;

/**
 * Reads the health of new targets again: right after the registration the load balancer may not show the target, or that
 * it does not use it. A read that fails changes nothing, because the operation has succeeded.
 */
export async function tellUnreachable(
  context: CommandContext,
  results: readonly ServiceResult[],
): Promise<readonly ServiceResult[]> {
  const unchecked = results.filter(
    ({ healthStatus, unreachable }) => healthStatus === 'initial' && unreachable === undefined,
  );
  let reports: readonly ServiceReport[] = [];
  const targetsOf = ({ service, taskId }: ServiceResult) => {
    const report = reports.find((one) => one.service === service);
    const task = report?.tasks.find((one) => one.taskId === taskId);
    return report === undefined || task === undefined ? [] : healthOf(report, task);
  };
  const isHidden = (result: ServiceResult) => targetsOf(result).some(({ state }) => state === 'not registered');
  for (let looks = 0; unchecked.length > 0 && looks < mostLooks; looks += 1) {
    if (looks > 0) await pause(pauseMs, context.signal);
    const names = unchecked.map(({ service }) => service);
    reports = await fetchStatus(context, names).catch(() => []);
    if (!unchecked.some(isHidden)) break;
  }
  return results.map((result) => withReason(result, targetsOf(result)));
}

function withReason(result: ServiceResult, targets: ReturnType<typeof healthOf>): ServiceResult {
  const reasons = targets
    .filter(({ state }) => state === 'unused' || state === 'unhealthy')
    .map(({ group, state, reason }) => {
      const words = reason === undefined ? state : `${state} (${reason})`;
      return targets.length === 1 ? words : `${words} in ${group}`;
    });
  if (reasons.length === 0) return result;
  const unreachable = reasons.join(', ');
  return { ...result, unreachable, message: `${result.message?.replace(/\.$/, '')} but unreachable: ${unreachable}.` };
}
