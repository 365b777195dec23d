import { namesMissingCluster } from './aws-error-meaning.ts';
import type { MappingProblem } from './service-mapping.ts';
import type { ServiceResult } from './service-result.ts';

/**
 * Every error that leaves this system, by its literal name: its HTTP status, whether a retry of the same request can help, and
 * its meaning. A test compares `docs/errors.md` with this table.
 */
export const errorCatalog = {
  InvalidRequest: { statusCode: 400, retryable: false, meaning: 'The event or the request is malformed.' },
  UnknownService: { statusCode: 404, retryable: false, meaning: 'No service mapping of that name exists.' },
  OverrideNotAllowed: { statusCode: 403, retryable: false, meaning: 'The mapping does not permit this override.' },
  OverrideNotApplied: {
    statusCode: 409,
    retryable: false,
    meaning: 'The task is live already, or being launched, without the requested overrides.',
  },
  Superseded: { statusCode: 409, retryable: false, meaning: 'Superseded by a later stop.' },
  WakeRefused: { statusCode: 409, retryable: false, meaning: 'Requests do not start the service now.' },
  MappingInvalid: { statusCode: 500, retryable: false, meaning: 'No version of the service mapping is valid.' },
  MappingUnavailable: { statusCode: 503, retryable: true, meaning: 'The service mapping could not be read.' },
  CapacityUnavailable: { statusCode: 503, retryable: true, meaning: 'ECS had no capacity for the task.' },
  TaskStopped: { statusCode: 502, retryable: true, meaning: 'The task ended before it was up.' },
  StartTimedOut: { statusCode: 504, retryable: true, meaning: 'The task was not running in time.' },
  TargetNotHealthy: { statusCode: 504, retryable: true, meaning: 'The target was not healthy in time.' },
  TargetUnusable: {
    statusCode: 502,
    retryable: false,
    meaning: 'The target can never become healthy with this load balancer configuration.',
  },
  LaunchFactsUnreadable: {
    statusCode: 500,
    retryable: false,
    meaning: 'ECS answered a launch with a task that has no usable launch facts.',
  },
  LaunchKeyUnusable: {
    statusCode: 500,
    retryable: false,
    meaning: 'The parameter with the key for launch facts was not written by start-engines.',
  },
  OutOfTime: { statusCode: 504, retryable: true, meaning: 'The function has too little time left.' },
  CompensationFailed: {
    statusCode: 500,
    retryable: true,
    meaning: 'A start failed, and the task that it had launched could not be stopped.',
  },
  DependencyFailed: {
    statusCode: 424,
    retryable: true,
    meaning: 'A service that this one depends on could not be started.',
  },
  SeveralFailed: { statusCode: 500, retryable: true, meaning: 'One or more of several services failed.' },
  AwsAccessDenied: { statusCode: 500, retryable: false, meaning: 'AWS denied the call: a permission is missing.' },
  AwsThrottled: { statusCode: 503, retryable: true, meaning: 'AWS throttled the call.' },
  AwsUnavailable: {
    statusCode: 503,
    retryable: true,
    meaning: 'AWS did not answer, or answered with an internal error.',
  },
  AwsRejected: { statusCode: 502, retryable: false, meaning: 'AWS rejected the call.' },
  Internal: { statusCode: 500, retryable: true, meaning: 'A defect of start-engines itself.' },
} as const satisfies Record<string, { statusCode: number; retryable: boolean; meaning: string }>;

/** The literal names of all errors; Step Functions' `Retry` and `Catch` match them. */
export type ErrorCode = keyof typeof errorCatalog;

/** Facts about an error, for the log and for decisions. Never the values of environment variables. */
export interface ErrorContext {
  /** The invalid field of the request. */
  readonly field?: string;
  readonly service?: string;
  readonly taskArn?: string;
  /** The name of AWS's own error. */
  readonly awsCode?: string | undefined;
  /** What is wrong with the service mapping. */
  readonly problems?: readonly MappingProblem[];
  /** All other members are only logged. */
  readonly [fact: string]: unknown;
}

export interface StartEnginesErrorOptions {
  readonly cause?: unknown;
  readonly context?: ErrorContext;
  readonly results?: readonly ServiceResult[] | undefined;
}

/** The only class of errors that this system throws on purpose. `name` is the `code`, even in a minified bundle. */
export class StartEnginesError extends Error {
  readonly code: ErrorCode;
  readonly statusCode: number;
  /** Whether the same request may succeed when it is made again. */
  readonly retryable: boolean;
  readonly context: ErrorContext;
  /** What was done for each service, when the operation failed in part. */
  readonly results?: readonly ServiceResult[];

  constructor(code: ErrorCode, message: string, options: StartEnginesErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = code;
    this.code = code;
    this.statusCode = errorCatalog[code].statusCode;
    this.retryable = errorCatalog[code].retryable;
    this.context = options.context ?? {};
    if (options.results !== undefined && options.results.length > 0) this.results = options.results;
  }
}

/** The error itself, or an `Internal` error with it as the cause if it is not a StartEnginesError. */
export function toStartEnginesError(error: unknown): StartEnginesError {
  if (error instanceof StartEnginesError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new StartEnginesError('Internal', message, { cause: error });
}

/**
 * Whether the service is known to exist. A caller can make up names, and while Parameter Store does not answer, those fail like
 * real ones. They must become neither metrics nor events.
 */
export function isOfKnownService(error: unknown): boolean {
  if (!(error instanceof StartEnginesError)) return true;
  if (error.code === 'MappingUnavailable') return error.context.serviceKnown === true;
  return error.code !== 'UnknownService';
}

/** Whether the error says that the target group does not exist. It then has no targets. */
export function isMissingGroup(error: StartEnginesError): boolean {
  return error.code === 'AwsRejected' && error.context.awsCode === 'TargetGroupNotFound';
}

/** Whether the error says that the cluster does not exist or is INACTIVE. It then has no tasks. */
export function isMissingCluster({ code, context, message }: StartEnginesError): boolean {
  return code === 'AwsRejected' && namesMissingCluster(context.awsCode ?? '', message);
}

/** Whether AWS throttled the call or did not answer: the same call may succeed a moment later. */
export function isTransient(error: Error): boolean {
  if (!(error instanceof StartEnginesError)) return false;
  const { code, context } = error;
  if (code === 'MappingUnavailable') return context.trouble === 'throttled' || context.trouble === 'unavailable';
  return code === 'AwsThrottled' || code === 'AwsUnavailable';
}
