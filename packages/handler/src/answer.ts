import {
  type ErrorCode,
  errorCatalog,
  type ServiceStatus,
  StartEnginesError,
  type StartOutcome,
  type StartResult,
} from '@start-engines/core';
import { RouteRefused } from './invalid-request.ts';
import type { WayIn } from './request.ts';

type Body = Readonly<Record<string, unknown>>;

/** What an operation came to, before it is told to anybody. */
export interface Reply {
  readonly statusCode: number;
  readonly body: Body;
}

/** The same for a caller that is not API Gateway, or with the body as text and headers for one that is. */
export function answer(wayIn: WayIn, reply: Reply, headers: Readonly<Record<string, string>> = {}): unknown {
  if (wayIn !== 'http') return reply;
  return {
    statusCode: reply.statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(reply.body),
  };
}

export function replyOfStart(outcome: StartOutcome): Reply {
  return { statusCode: outcome.waitedFor === 'none' ? 202 : 200, body: bodyOfStart(outcome) };
}

function bodyOfStart(outcome: StartOutcome): Body {
  const { service, taskArn, taskId, privateIp, targets, reused } = outcome;
  const message = messageOfStart(outcome);
  if (targets === undefined) return { message, service, taskArn, taskId, reused };
  const [first] = targets;
  return {
    message,
    service,
    taskArn,
    taskId,
    privateIp,
    port: first.port,
    targetGroupArn: first.targetGroupArn,
    healthStatus: first.healthStatus,
    reused,
    ...(targets.length > 1 ? { targets } : {}),
  };
}

function messageOfStart({ service, waitedFor, reused }: StartOutcome): string {
  const was = reused ? 'was live already' : 'was started';
  if (waitedFor === 'none') return `${service} ${was}; nothing was waited for.`;
  return `${service} ${was}, is registered and ${waitedFor === 'healthy' ? 'healthy' : 'running'}.`;
}

const longestMessage = 1_000;

/**
 * One body for each service, in the order of the request.
 *
 * @throws the service's own error when it was the only one, else `SeveralFailed`. A start that a later stop overtook
 * is no failure.
 */
export function replyOfStarts(results: readonly StartResult[]): Reply {
  const failed = results.filter((result) => !result.ok && !isSuperseded(result.error));
  const [first] = failed;
  if (first === undefined) return { statusCode: 200, body: { results: results.map(bodyOfResult) } };
  if (results.length === 1 && !first.ok) throw first.error;
  throw severalFailed(results);
}

function bodyOfResult(result: StartResult): Body {
  if (result.ok) return bodyOfStart(result.outcome);
  const { service, error } = result;
  if (isSuperseded(error)) return { service, message: error.message, superseded: true };
  return { service, error: codeOf(error), message: error.message.slice(0, longestMessage) };
}

// Lambda tells a caller name and message of an error and nothing else, so what became of the others has to be in the
// message: a Step Function's `Catch` finds it there.
function severalFailed(results: readonly StartResult[]): StartEnginesError {
  const failures = results.flatMap((result) => (result.ok || isSuperseded(result.error) ? [] : [result]));
  const named = failures.map(({ service, error }) => `${service}: ${codeOf(error)}`).join(', ');
  const bodies = results.map(bodyOfResult);
  return new StartEnginesError(
    'SeveralFailed',
    `${failures.length} of ${results.length} services failed (${named}). Results: ${JSON.stringify(bodies)}`,
    {
      cause: new AggregateError(
        failures.map(({ error }) => error),
        named,
      ),
    },
  );
}

function codeOf(error: Error): ErrorCode {
  return error instanceof StartEnginesError ? error.code : 'Internal';
}

export function isSuperseded(error: unknown): error is StartEnginesError {
  return error instanceof StartEnginesError && error.code === 'Superseded';
}

/** The answer to a start that a later stop overtook: told, never thrown, for trying again is of no use. */
export function replyOfSuperseded(error: StartEnginesError): Reply {
  return { statusCode: error.statusCode, body: { message: error.message, superseded: true } };
}

export function replyOfStatus(statuses: readonly ServiceStatus[], several: boolean): Reply {
  const bodies = statuses.map(bodyOfStatus);
  return { statusCode: 200, body: several ? { results: bodies } : { ...bodies[0] } };
}

function bodyOfStatus(status: ServiceStatus): Body {
  const tasks = status.tasks.map(({ launch, retire, ...task }) => ({
    ...task,
    ...(retire === undefined ? {} : { retire: { ...retire, asked: formatTime(retire.asked) } }),
    ...(launch === undefined
      ? {}
      : { launch: { ...launch, asked: formatTime(launch.asked), deadline: formatTime(launch.deadline) } }),
  }));
  return { ...status, tasks };
}

function formatTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** Errors that are about the request itself, and whose own words may therefore be told to whoever made it. */
const tellable: ReadonlySet<ErrorCode> = new Set(['InvalidRequest', 'OverrideNotAllowed', 'OverrideNotApplied']);

/** What an HTTP caller is told of a failure: no internals, and nothing about other services. */
export function replyOfError(error: StartEnginesError, correlationId: string | undefined): Reply {
  const { field, fields } = error.context;
  const ownWords = tellable.has(error.code);
  return {
    statusCode: error.statusCode,
    body: {
      error: error.code,
      message: ownWords ? error.message : errorCatalog[error.code].meaning,
      ...(ownWords && field !== undefined ? { field } : {}),
      ...(ownWords && fields !== undefined ? { fields } : {}),
      retryable: error.retryable,
      ...(correlationId === undefined ? {} : { correlationId }),
    },
  };
}

/** The headers that go with a failure. */
export function headersOfError(error: StartEnginesError): Readonly<Record<string, string>> {
  return error instanceof RouteRefused && error.allow.length > 0 ? { allow: error.allow.join(', ') } : {};
}
