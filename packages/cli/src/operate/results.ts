import { formatTarget, type ServiceResult, takeResultsOutOfMessage } from '@start-engines/core';
import { CliError } from '../cli-error.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { FunctionReply } from '../invoke-function.ts';
import type { Style } from '../output/output.ts';
import { joinLines, splitLines } from '../output/terminal-text.ts';

/** One result for each service, whether one or several were requested. */
export function resultsOf({ body }: FunctionReply, services: readonly string[]): readonly ServiceResult[] {
  if (Array.isArray(body.results)) return body.results as readonly ServiceResult[];
  return [{ service: services[0] ?? '', ...body }];
}

/**
 * The function can only throw a name and a message, so the message carries the results of the other services. This extracts
 * them: people read them line by line, scripts get them as `error.results`.
 */
export function withResults(error: unknown, hint: string): unknown {
  if (!(error instanceof CliError)) return error;
  const found = takeResultsOutOfMessage(error.message);
  const results = found?.results;
  if (results === undefined && error.exitCode !== exitCodes.failed) return error;
  return new CliError(error.code, found?.words ?? error.message, {
    exitCode: error.exitCode,
    cause: error,
    hint: error.hint ?? hint,
    details: { ...error.details, ...(results === undefined ? {} : { results }) },
  });
}

/** A line or two for each service, as text whose line breaks are all ours. */
export function formatResults(results: readonly ServiceResult[], style: Style): string {
  return splitLines(joinLines(results.map((result) => formatResult(result, style)))).join('\n');
}

function formatResult(result: ServiceResult, style: Style): string {
  const { service, message, error, superseded, status, taskId, privateIp, port } = result;
  if (error !== undefined) return `${style.red('✖')} ${service}: ${error}: ${message}`;
  if (superseded) return `${style.yellow('!')} ${service}: ${message}`;
  if (status === 'failed') return `${style.red('✖')} ${formatStop(result)}`;
  if (status !== undefined) return `${status === 'kept' ? style.yellow('!') : style.green('✔')} ${formatStop(result)}`;
  const where = privateIp === undefined || port === undefined ? '' : ` ${formatTarget(privateIp, port)},`;
  const line = `${message}${where} task ${taskId?.slice(0, 8)}`;
  if (result.unreachable !== undefined)
    return joinLines([`${style.yellow('!')} ${line}`, `  engines doctor ${service}`]);
  return `${style.green('✔')} ${line}`;
}

function formatStop(result: ServiceResult): string {
  return result.paused ? `${formatStatusOfStop(result)} Requests do not wake it.` : formatStatusOfStop(result);
}

function formatStatusOfStop({ service, status, tasksStopped = [], targetsDeregistered = [] }: ServiceResult): string {
  if (status === 'kept') return `${service} stays up: a start was requested later than this stop.`;
  if (status === 'resumed') return `${service}: requests wake it again.`;
  const out = `${count(targetsDeregistered.length, 'target')} deregistered`;
  if (status === 'failed') return `${service} was not stopped: ${out}, ${count(tasksStopped.length, 'task')} stopped.`;
  if (status === 'not-running') {
    return `${service} was not running${targetsDeregistered.length > 0 ? `; ${out}` : ''}.`;
  }
  return `${service} was stopped: ${out}, ${count(tasksStopped.length, 'task')} stopped.`;
}

function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? '' : 's'}`;
}

/** 5 when a later request wins for one of the services. */
export function exitCodeForResults(results: readonly ServiceResult[]): ExitCode {
  const overtaken = results.some(({ superseded, status }) => superseded === true || status === 'kept');
  return overtaken ? exitCodes.overtaken : exitCodes.done;
}
