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
  /** What a start waits for. */
  readonly until?: string;
  readonly set: readonly string[];
  readonly wait: boolean;
  /** Seconds to wait for the outcome, whatever comes. */
  readonly timeout?: number;
}

const lookMs = 1_500;
const longestSeconds = 300;
/** EventBridge delivers within a second, and the log is there some seconds later. */
const longestUnheardSeconds = 60;
/** Clocks differ, and the function's may be behind ours. */
const beforeMs = 60_000;

/**
 * `engines send`: what an application does, and then what came of it. The log tells it, for the function writes on every line
 * the correlation id that goes with the event: it is there wherever the function runs, while an outcome event on the bus
 * reaches only who has a rule and a target for it.
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
    throw usageError('--until and --set are for a start.');
  }
  if (options.bus === '') throw usageError('--bus must be the name or the ARN of an event bus, not "".');
  if (options.source === '') throw usageError('--source must not be empty.');
  // The function would refuse it, and nobody would hear of that on the bus.
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
      `The event is on the bus. What comes of it: engines logs ${correlationId}`,
    );
    return exitCodes.done;
  }
  const patience: Patience = {
    unheardSeconds: options.timeout ?? longestUnheardSeconds,
    seconds: options.timeout ?? longestSeconds,
  };
  output.progress(
    `"${detailType}" is on the bus ${options.bus}. The function has ${patience.unheardSeconds} s to hear of it.`,
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
      hint: `How it went: engines logs ${correlationId}`,
      details: { correlationId, attempts: failures.length },
    });
  }
  const attempts = failures.length + 1;
  const what = `${action} ${services.join(', ')}`;
  const text =
    state === 'done'
      ? `${output.style.green('✔')} ${what}: the function has done it. Its log: engines logs ${correlationId}`
      : `${output.style.yellow('!')} ${what}: a stop that was asked later stands.`;
  output.result({ ...sent, outcome: state, attempts, ...(requestId === undefined ? {} : { requestId }) }, text);
  return state === 'superseded' ? exitCodes.overtaken : exitCodes.done;
}

interface Patience {
  /** Until the function has heard of the event. */
  readonly unheardSeconds: number;
  /** Until it is done with it. */
  readonly seconds: number;
}

interface Awaited {
  readonly correlationId: string;
  /** When the event was sent, in ms since the epoch, or somewhat earlier. */
  readonly since: number;
  readonly bus: string;
}

async function waitForOutcome(
  context: CommandContext,
  { correlationId, since, bus }: Awaited,
  { unheardSeconds, seconds }: Patience,
): Promise<Verdict> {
  const { signal, output } = context;
  const hint = `What comes of it: engines logs ${correlationId}`;
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
    // The last one of a start that has failed for good is the error itself.
    const passed = state === 'failed' ? failures.slice(0, -1) : failures;
    for (const { code, message } of passed.slice(told)) output.remark(`${code}: ${message} Lambda tries again.`);
    told = Math.max(told, passed.length);
    if (state !== 'unseen' && state !== 'running') return verdict;
    if (requestId === undefined && verdict.requestId !== undefined) {
      // Lambda's own lines, which tell of a function that died, have the request's id and nothing else.
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
    throw new CliError('OutcomeUnseen', `The event is on the bus; what comes of it cannot be seen: ${cause}`, {
      exitCode: exitCodes.unknown,
      cause: caught,
      details: { correlationId },
    });
  }
}

function noOutcome({ state }: Verdict, bus: string, seconds: number, hint: string): CliError {
  const message =
    state === 'unseen'
      ? `The event is on the bus ${bus}, and ${seconds} s later the function has not heard of it.`
      : `The function is still at it after ${seconds} s.`;
  return new CliError('NoOutcome', message, {
    exitCode: exitCodes.unknown,
    hint: state === 'unseen' ? `Does a rule of that bus send it to the function? ${hint}` : hint,
  });
}
