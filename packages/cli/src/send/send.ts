import { randomBytes } from 'node:crypto';
import { createEventBus } from '@start-engines/aws';
import { operationTriggers, StartEnginesError } from '@start-engines/core';
import { CliError, interrupted, usageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodeOf } from '../describe-failure.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { createLogReader } from '../logs/function-log.ts';
import type { LogLine } from '../logs/read-log-line.ts';
import { readOverrides } from '../operate/overrides.ts';
import { watchServices } from '../operate/watch-services.ts';
import { pause } from '../pause.ts';
import { readServiceNames } from '../service-names.ts';
import { judgeOutcome, type Verdict } from './judge-outcome.ts';
import { refuseDeadBus } from './refuse-dead-bus.ts';

export type SentAction = 'start' | 'stop' | 'restart';

export interface SendOptions {
  readonly bus: string;
  readonly source: string;
  /** What the start waits for. */
  readonly until?: string;
  readonly set: readonly string[];
  readonly wait: boolean;
  /** Seconds to wait for the outcome in all cases. */
  readonly timeout?: number;
}

const lookMs = 1_500;
const longestSeconds = 300;
/** EventBridge delivers within a second; the log follows some seconds later. */
const longestUnheardSeconds = 60;
/** The function's clock may be behind ours. */
const beforeMs = 60_000;

/**
 * `engines send`: puts the event as an application does, and then reports the outcome. It reads the outcome from the log: the
 * function writes the event's correlation ID on every line. Every deployment has the log; an outcome event on the bus reaches
 * only subscribers with a rule and a target.
 */
export async function send(
  context: CommandContext,
  action: SentAction,
  given: readonly string[],
  options: SendOptions,
): Promise<ExitCode> {
  const { output, aws, signal } = context;
  const services = readServiceNames(given);
  const overrides = readOverrides(options.set);
  if (action !== 'start' && (options.until !== undefined || options.set.length > 0)) {
    throw usageError('--until and --set apply to start only.');
  }
  if (options.bus === '') throw usageError('--bus must be the name or the ARN of an event bus, not "".');
  if (options.source === '') throw usageError('--source must not be empty.');
  // The function would refuse the event, and the sender would not learn of it.
  if (services.length > 1 && options.set.length > 0) throw usageError('--set is for one service at a time.');
  const correlationId = `engines-${randomBytes(6).toString('hex')}`;
  const which = services.length === 1 ? { service: services[0] } : { services };
  const until = options.until === undefined ? {} : { wait: options.until };
  const { workspace } = context.options;
  const detail = { ...which, ...until, ...overrides, workspace, correlationId };
  const { detailType } = operationTriggers[action];
  await refuseDeadBus(context, options.bus);
  if (signal.aborted) throw interrupted('Nothing was sent.');
  const since = Date.now() - beforeMs;
  const bus = createEventBus({ client: await aws.eventBridge(), eventBusName: options.bus });
  await bus.put({ source: options.source, detailType, detail });
  const sent = { workspace, action, services, correlationId };
  if (!options.wait) {
    output.result(
      { ...sent, outcome: 'sent' },
      `The event is on the bus. To see the outcome: engines logs ${correlationId}`,
    );
    return exitCodes.done;
  }
  const patience: Patience = {
    unheardSeconds: options.timeout ?? longestUnheardSeconds,
    seconds: options.timeout ?? longestSeconds,
  };
  output.progress(
    `"${detailType}" is on the bus ${options.bus}. Waiting up to ${patience.unheardSeconds} s for the function to receive it.`,
  );
  const waiting = waitForOutcome(context, { correlationId, since, bus: options.bus }, patience);
  const verdict = await watchServices(context, `${action} ${services.join(', ')}`, services, waiting);
  return tell(context, sent, verdict);
}

interface Sent {
  readonly action: SentAction;
  readonly services: readonly string[];
  readonly correlationId: string;
}

function tell({ output }: CommandContext, sent: Sent, { state, requestId, failures }: Verdict): ExitCode {
  const { action, services, correlationId } = sent;
  const last = failures.at(-1);
  if (state === 'failed' && last !== undefined) {
    throw new CliError(last.code, last.message, {
      exitCode: exitCodeOf(last.code),
      hint: `Details: engines logs ${correlationId}`,
      details: { correlationId, attempts: failures.length },
    });
  }
  const attempts = failures.length + 1;
  const what = `${action} ${services.join(', ')}`;
  const text =
    state === 'done'
      ? `${output.style.green('✔')} ${what}: done. Log: engines logs ${correlationId}`
      : `${output.style.yellow('!')} ${what}: superseded by a later stop.`;
  output.result({ ...sent, outcome: state, attempts, ...(requestId === undefined ? {} : { requestId }) }, text);
  return state === 'superseded' ? exitCodes.overtaken : exitCodes.done;
}

interface Patience {
  /** Until the function has received the event. */
  readonly unheardSeconds: number;
  /** Until the function has finished. */
  readonly seconds: number;
}

interface Awaited {
  readonly correlationId: string;
  /** When the event was sent or a little earlier, in milliseconds since the epoch. */
  readonly since: number;
  readonly bus: string;
}

async function waitForOutcome(
  context: CommandContext,
  { correlationId, since, bus }: Awaited,
  { unheardSeconds, seconds }: Patience,
): Promise<Verdict> {
  const { signal, output } = context;
  const hint = `To see the outcome: engines logs ${correlationId}`;
  const begun = performance.now();
  let reader = createLogReader(context, { about: correlationId, since });
  const lines: LogLine[] = [];
  let requestId: string | undefined;
  let told = 0;
  for (;;) {
    lines.push(...(await readLog(reader, correlationId, signal)));
    if (signal.aborted) throw interrupted(hint);
    const verdict = judgeOutcome(lines);
    const { state, failures } = verdict;
    // The last failure is reported as the error itself.
    const passed = state === 'failed' ? failures.slice(0, -1) : failures;
    for (const { code, message } of passed.slice(told)) output.remark(`${code}: ${message} Lambda will retry.`);
    told = Math.max(told, passed.length);
    if (state !== 'unseen' && state !== 'running') return verdict;
    if (requestId === undefined && verdict.requestId !== undefined) {
      // Lambda's own lines, such as those about a timeout, have the request ID only.
      requestId = verdict.requestId;
      reader = createLogReader(context, { about: requestId, since });
      lines.length = 0;
    }
    const patience = state === 'unseen' ? unheardSeconds : seconds;
    if (performance.now() - begun > patience * 1_000) throw noOutcome(verdict, bus, patience, hint);
    await pause(lookMs, signal);
    if (signal.aborted) throw interrupted(hint);
  }
}

async function readLog(reader: { next(): Promise<readonly LogLine[]> }, correlationId: string, signal: AbortSignal) {
  try {
    return await reader.next();
  } catch (caught) {
    if (signal.aborted || (caught instanceof StartEnginesError && caught.code === 'AwsThrottled')) return [];
    const cause = caught instanceof Error ? caught.message : String(caught);
    throw new CliError('OutcomeUnseen', `The event is on the bus, but its outcome cannot be read: ${cause}`, {
      exitCode: exitCodes.unknown,
      cause: caught,
      details: { correlationId },
    });
  }
}

function noOutcome({ state }: Verdict, bus: string, seconds: number, hint: string): CliError {
  const message =
    state === 'unseen'
      ? `The event is on the bus ${bus}, but the function has not received it after ${seconds} s.`
      : `The function has not finished after ${seconds} s.`;
  return new CliError('NoOutcome', message, {
    exitCode: exitCodes.unknown,
    hint: state === 'unseen' ? `Check that a rule of that bus sends it to the function. ${hint}` : hint,
  });
}
