import type { Fault } from '@start-engines/sandbox';
import type { CallPoint } from './call-name.ts';

/** One column of the matrix: what happens to a call. */
export interface Affliction {
  readonly name: string;
  readonly fault: Fault;
  /** How many attempts in a row are struck: three are all that the SDK makes of one call. */
  readonly strikes: number;
  /** An outage: every call of that operation is struck for so long, in milliseconds, from its first call on. */
  readonly outageMs?: number;
  /** The operations that it makes sense for; all when left out. */
  readonly operations?: readonly string[];
}

const sdkAttempts = 3;

/** All columns, in the order of the table. */
export const afflictions: readonly Affliction[] = [
  { name: 'throttle', fault: { kind: 'throttle' }, strikes: sdkAttempts },
  { name: 'server-error', fault: { kind: 'server-error' }, strikes: sdkAttempts },
  { name: 'access-denied', fault: { kind: 'access-denied' }, strikes: 1 },
  { name: 'denied-for-good', fault: { kind: 'access-denied' }, strikes: Number.POSITIVE_INFINITY },
  {
    name: 'rejected',
    fault: { kind: 'error', code: 'ClientException', message: 'AWS does not take the request.' },
    strikes: 1,
  },
  // Longer than the drain, shorter than the SDK waits.
  { name: 'late', fault: { kind: 'latency', delayMs: 3_000 }, strikes: 1 },
  { name: 'no-answer', fault: { kind: 'no-answer' }, strikes: sdkAttempts },
  { name: 'drop-before', fault: { kind: 'drop-before' }, strikes: sdkAttempts },
  { name: 'drop-after', fault: { kind: 'drop-after' }, strikes: sdkAttempts },
  { name: 'missing', fault: { kind: 'missing' }, strikes: 1, operations: ['DescribeTasks'] },
  {
    name: 'stale',
    fault: { kind: 'stale' },
    strikes: 1,
    operations: ['DescribeTasks', 'ListTasks', 'DescribeTargetHealth'],
  },
  { name: 'capacity', fault: { kind: 'capacity' }, strikes: 1, operations: ['RunTask'] },
  ...outages('throttled', { kind: 'throttle' }),
  ...outages('failing', { kind: 'server-error' }),
  { name: 'kill-before', fault: { kind: 'kill-before' }, strikes: 1 },
  { name: 'kill-after', fault: { kind: 'kill-after' }, strikes: 1 },
];

function outages(name: string, fault: Fault): readonly Affliction[] {
  return [30, 90].map((seconds) => {
    return { name: `${name}-${seconds}-s`, fault, strikes: Number.POSITIVE_INFINITY, outageMs: seconds * 1_000 };
  });
}

/** An outage strikes all calls of an operation, so it makes sense for the first one alone. */
export function appliesTo({ operations, outageMs }: Affliction, { operation, nth }: CallPoint): boolean {
  if (outageMs !== undefined && nth > 1) return false;
  return operations === undefined || operations.includes(operation);
}

export function isKill({ fault }: Affliction): boolean {
  return fault.kind === 'kill-before' || fault.kind === 'kill-after';
}
