import type { Fault } from '@start-engines/sandbox';
import type { CallPoint } from './call-name.ts';

/** One column of the matrix: a fault, and the calls that it can hit. */
export interface FaultColumn {
  readonly name: string;
  readonly fault: Fault;
  /** How many attempts in a row fail. The SDK makes three attempts at a call. */
  readonly attempts: number;
  /** For an outage: how long every call of the operation fails, in milliseconds. The given call is the first to fail. */
  readonly outageMs?: number;
  /** The operations that the fault can hit. Default: all. */
  readonly operations?: readonly string[];
}

const sdkAttempts = 3;

/** All columns, in the order of the table. */
export const columns: readonly FaultColumn[] = [
  { name: 'throttle', fault: { kind: 'throttle' }, attempts: sdkAttempts },
  { name: 'server-error', fault: { kind: 'server-error' }, attempts: sdkAttempts },
  { name: 'access-denied', fault: { kind: 'access-denied' }, attempts: 1 },
  { name: 'denied-for-good', fault: { kind: 'access-denied' }, attempts: Number.POSITIVE_INFINITY },
  {
    name: 'rejected',
    fault: { kind: 'error', code: 'ClientException', message: 'The request is not valid.' },
    attempts: 1,
  },
  // Longer than the drain, shorter than the SDK's timeout.
  { name: 'late', fault: { kind: 'latency', delayMs: 3_000 }, attempts: 1 },
  { name: 'no-answer', fault: { kind: 'no-answer' }, attempts: sdkAttempts },
  { name: 'drop-before', fault: { kind: 'drop-before' }, attempts: sdkAttempts },
  { name: 'drop-after', fault: { kind: 'drop-after' }, attempts: sdkAttempts },
  { name: 'missing', fault: { kind: 'missing' }, attempts: 1, operations: ['DescribeTasks'] },
  {
    name: 'stale',
    fault: { kind: 'stale' },
    attempts: 1,
    operations: ['DescribeTasks', 'ListTasks', 'DescribeTargetHealth'],
  },
  { name: 'capacity', fault: { kind: 'capacity' }, attempts: 1, operations: ['RunTask'] },
  ...outages('throttled', { kind: 'throttle' }),
  ...outages('failing', { kind: 'server-error' }),
  { name: 'kill-before', fault: { kind: 'kill-before' }, attempts: 1 },
  { name: 'kill-after', fault: { kind: 'kill-after' }, attempts: 1 },
];

function outages(name: string, fault: Fault): readonly FaultColumn[] {
  return [30, 90].map((seconds) => {
    return { name: `${name}-${seconds}-s`, fault, attempts: Number.POSITIVE_INFINITY, outageMs: seconds * 1_000 };
  });
}

export function appliesTo({ operations, outageMs }: FaultColumn, { operation, nth }: CallPoint): boolean {
  if (outageMs !== undefined && nth > 1) return false;
  return operations === undefined || operations.includes(operation);
}

export function isKill({ fault }: FaultColumn): boolean {
  return fault.kind === 'kill-before' || fault.kind === 'kill-after';
}
