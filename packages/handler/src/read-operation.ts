import type { StartRequest, WaitFor } from '@start-engines/core';
import { invalidField, invalidRequest, kindOf, quote } from './invalid-request.ts';
import { fieldOf, readBoolean, readServices, refuseUnknown } from './read-fields.ts';
import { overrideFields, readOverrides } from './read-overrides.ts';
import type { Fields, Operation } from './request.ts';

/** What a caller's fields stand in, and what that way in adds to every operation. */
export interface Origin {
  /** How messages call the place, at their beginning: `The detail`, `The input`. */
  readonly where: string;
  /** Fields that this way in has beside the operation's own, such as `action`. */
  readonly own: readonly string[];
  /** Milliseconds since the epoch. */
  readonly asked: number;
  /** Whether `services: "all"` may be said here. */
  readonly allowAll: boolean;
  /** The workspace that this function serves; undefined when the environment names none. */
  readonly workspace: string | undefined;
  /** Whether the fields must name the workspace. */
  readonly mustBeAddressed: boolean;
}

const commonFields = ['workspace', 'correlationId'];
const serviceFields = ['service', 'services', ...commonFields];
const startFields = [...serviceFields, 'wait', 'waitForHealthy', ...overrideFields];
const waits: ReadonlySet<unknown> = new Set<WaitFor>(['none', 'running', 'healthy']);

export function readStart(fields: Fields, origin: Origin): Operation {
  checkFields(fields, startFields, origin);
  const { names, several } = requireServices(fields, origin);
  const overrides = readOverrides(fields);
  const [overridden] = Object.keys(overrides);
  if (names.length > 1 && overridden !== undefined) {
    throw invalidField(overridden, 'can be overridden for one service at a time only.');
  }
  const waitFor = readWait(fields);
  const toRequest = (service: string): StartRequest => ({
    service,
    asked: origin.asked,
    ...(waitFor === undefined ? {} : { waitFor }),
    overrides,
  });
  const [first, ...rest] = names;
  return { kind: 'start', requests: [toRequest(first), ...rest.map(toRequest)], several };
}

function readWait(fields: Fields): WaitFor | undefined {
  const wait = fieldOf(fields, 'wait');
  const waitForHealthy = fieldOf(fields, 'waitForHealthy');
  if (wait !== undefined && !waits.has(wait)) {
    throw invalidField('wait', `must be "none", "running" or "healthy", not ${kindOf(wait)}.`);
  }
  const said = wait as WaitFor | undefined;
  if (waitForHealthy === undefined) return said;
  const healthy = readBoolean(waitForHealthy, 'waitForHealthy');
  if (said !== undefined && healthy !== (said === 'healthy')) {
    throw invalidField('waitForHealthy', `is ${healthy}, which contradicts wait: "${said}".`);
  }
  return said ?? (healthy ? 'healthy' : 'running');
}

export function readStop(fields: Fields, origin: Origin): Operation {
  checkFields(fields, [...serviceFields, 'deregister_targets'], origin);
  const deregister = fieldOf(fields, 'deregister_targets');
  if (deregister !== undefined && !readBoolean(deregister, 'deregister_targets')) {
    throw invalidField('deregister_targets', 'cannot be false: the target of a stopped task is of no use.');
  }
  const all = origin.allowAll && fieldOf(fields, 'services') === 'all' && fieldOf(fields, 'service') === undefined;
  return { kind: 'stop', services: all ? 'all' : requireServices(fields, origin).names, asked: origin.asked };
}

export function readRestart(fields: Fields, origin: Origin): Operation {
  checkFields(fields, serviceFields, origin);
  const { names, several } = requireServices(fields, origin);
  return { kind: 'restart', services: names, several, asked: origin.asked };
}

export function readReconcile(fields: Fields, origin: Origin): Operation {
  checkFields(fields, [...commonFields, 'dryRun'], origin);
  const dryRun = fieldOf(fields, 'dryRun');
  return {
    kind: 'reconcile',
    asked: origin.asked,
    dryRun: dryRun === undefined ? false : readBoolean(dryRun, 'dryRun'),
  };
}

export function readStatus(fields: Fields, origin: Origin): Operation {
  checkFields(fields, serviceFields, origin);
  const services = readServices(fields);
  if (services === undefined) return { kind: 'status', several: true };
  return { kind: 'status', services: services.names, several: services.several };
}

/**
 * Several workspaces may share an event bus, and anyone may write a rule or name a function. The rules match `workspace` too;
 * this check also covers rules and callers that Terraform does not know.
 */
function checkFields(
  fields: Fields,
  known: readonly string[],
  { own, where, workspace, mustBeAddressed }: Origin,
): void {
  refuseUnknown(fields, new Set([...known, ...own]), where);
  const named = fieldOf(fields, 'workspace');
  if (workspace === undefined || named === workspace) return;
  if (named !== undefined) {
    throw invalidField('workspace', `is ${kindOf(named)}, but this function serves ${quote(workspace)}.`);
  }
  if (mustBeAddressed) {
    throw invalidField('workspace', `is missing: ${quote(workspace)} accepts only events that name it.`);
  }
}

function requireServices(fields: Fields, origin: Origin): Exclude<ReturnType<typeof readServices>, undefined> {
  const services = readServices(fields);
  if (services !== undefined) return services;
  throw invalidRequest(`${origin.where} names no service; it needs one, such as {"service":"auth"}.`, {
    field: 'service',
  });
}
