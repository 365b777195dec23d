import { randomBytes } from 'node:crypto';
import { formatTarget, type ReconcileForecast, type ReconcileOutcome } from '@start-engines/core';
import type { CommandContext } from '../command-context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { invokeFunction } from '../invoke-function.ts';
import { withResults } from '../operate/results.ts';
import { watchServices } from '../operate/watch-services.ts';
import { during } from '../output/during.ts';
import { groupName } from '../output/format-status.ts';
import type { Style } from '../output/output.ts';
import { joinLines } from '../output/terminal-text.ts';

export interface ReconcileOptions {
  readonly dryRun?: boolean;
}

type Result = ReconcileOutcome & Partial<Pick<ReconcileForecast, 'drift'>>;

/** `engines reconcile`. */
export async function reconcile(context: CommandContext, { dryRun = false }: ReconcileOptions = {}): Promise<ExitCode> {
  const { aws, options, output, signal } = context;
  const correlationId = `engines-${randomBytes(6).toString('hex')}`;
  const work = invokeFunction(
    { action: 'reconcile', ...(dryRun ? { dryRun } : {}), workspace: options.workspace, correlationId },
    {
      aws,
      functionName: options.functionName,
      signal,
      changes: true,
      hint: `The function continues: see engines status, or engines logs ${correlationId}`,
    },
  );
  const title = dryRun ? 'looking for drift' : 'reconcile';
  const formatResults = (results: readonly Result[]) =>
    joinLines(results.map((result) => formatResult(result, dryRun, output.style)));
  try {
    const { body } = await (dryRun ? during(context, title, work) : watchServices(context, title, [], work));
    const results = body.results as readonly Result[];
    output.result(
      { workspace: options.workspace, dryRun, correlationId, results },
      results.length === 0 ? nothing(dryRun) : formatResults(results),
    );
    return dryRun && results.some(isFinding) ? exitCodes.findings : exitCodes.done;
  } catch (caught) {
    const error = withResults(caught, `Details: engines logs ${correlationId}`);
    const { results } = (error as { details?: { results?: readonly Result[] } }).details ?? {};
    if (results !== undefined) output.progress(formatResults(results));
    throw error;
  }
}

/** A service that stays up for a reason is no drift. */
function isFinding({ service: _, notIdle: __, ...lists }: Result): boolean {
  return Object.values(lists).some((list) => list.length > 0);
}

function nothing(dryRun: boolean): string {
  return dryRun ? 'No drift.' : 'No drift; nothing was changed.';
}

function formatResult(result: Result, dryRun: boolean, style: Style): string {
  const { service, registered, deregistered, tasksRetired, tasksStopped, remarks, drift = [], notIdle } = result;
  const say = (would: string, did: string) => (dryRun ? `would ${would}` : did);
  const toTarget = ({ ip, port, targetGroupArn }: (typeof registered)[number]) =>
    `${formatTarget(ip, port)} of ${groupName(targetGroupArn)}`;
  const onlyMarked = tasksRetired.filter((taskArn) => !tasksStopped.includes(taskArn));
  return joinLines([
    style.bold(service),
    ...drift.map((sentence) => `  ${style.yellow(sentence)}`),
    ...registered.map((target) => `  ${say('register', 'registered')} ${toTarget(target)}`),
    ...deregistered.map((target) => `  ${say('deregister', 'deregistered')} ${toTarget(target)}`),
    ...onlyMarked.map((taskArn) => `  ${say('retire', 'marked as retiring:')} task ${idOf(taskArn)}`),
    ...tasksStopped.map((taskArn) => `  ${say('stop', 'stopped')} task ${idOf(taskArn)}`),
    ...(notIdle === undefined ? [] : [`  not stopped for being idle: ${notIdle}`]),
    ...remarks.map((remark) => `  ${style.yellow('needs attention:')} ${remark}`),
  ]);
}

function idOf(taskArn: string): string {
  return taskArn.split('/').at(-1) ?? taskArn;
}
