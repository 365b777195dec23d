import type { StartRequest, WaitFor } from '@start-engines/core';
import { invalidField, invalidRequest, kindOf } from './invalid-request.ts';
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
}

const serviceFields = ['service', 'services', 'correlationId'];
const startFields = [...serviceFields, 'wait', 'waitForHealthy', ...overrideFields];
const waits: ReadonlySet<unknown> = new Set<WaitFor>(['none', 'running', 'healthy']);

export function readStart(fields: Fields, origin: Origin): Operation {
  refuseUnknown(fields, new Set([...startFields, ...origin.own]), origin.where);
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
  refuseUnknown(fields, new Set([...serviceFields, 'deregister_targets', ...origin.own]), origin.where);
  const deregister = fieldOf(fields, 'deregister_targets');
  if (deregister !== undefined && !readBoolean(deregister, 'deregister_targets')) {
    throw invalidField('deregister_targets', 'cannot be false: the target of a stopped task is of no use.');
  }
  const all = origin.allowAll && fieldOf(fields, 'services') === 'all' && fieldOf(fields, 'service') === undefined;
  return { kind: 'stop', services: all ? 'all' : requireServices(fields, origin).names, asked: origin.asked };
}

export function readRestart(fields: Fields, origin: Origin): Operation {
  refuseUnknown(fields, new Set([...serviceFields, ...origin.own]), origin.where);
  const { names, several } = requireServices(fields, origin);
  return { kind: 'restart', services: names, several, asked: origin.asked };
}

export function readReconcile(fields: Fields, origin: Origin): Operation {
  refuseUnknown(fields, new Set(['correlationId', 'dryRun', ...origin.own]), origin.where);
  const dryRun = fieldOf(fields, 'dryRun');
  return {
    kind: 'reconcile',
    asked: origin.asked,
    dryRun: dryRun === undefined ? false : readBoolean(dryRun, 'dryRun'),
  };
}

export function readStatus(fields: Fields, origin: Origin): Operation {
  refuseUnknown(fields, new Set([...serviceFields, ...origin.own]), origin.where);
  const services = readServices(fields);
  if (services === undefined) return { kind: 'status', several: true };
  return { kind: 'status', services: services.names, several: services.several };
}

function requireServices(fields: Fields, origin: Origin): Exclude<ReturnType<typeof readServices>, undefined> {
  const services = readServices(fields);
  if (services !== undefined) return services;
  throw invalidRequest(`${origin.where} names no service; it needs one, such as {"service":"auth"}.`, {
    field: 'service',
  });
}
