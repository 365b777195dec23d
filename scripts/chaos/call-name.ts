import type { CallLogEntry } from '@start-engines/sandbox';

/** The nth call of one AWS operation. */
export interface CallPoint {
  readonly service: CallLogEntry['service'];
  readonly operation: string;
  /** From 1. */
  readonly nth: number;
}

/** `RunTask` for the first call, `DescribeTasks#3` for the third. */
export function nameOf({ operation, nth }: CallPoint): string {
  return nth === 1 ? operation : `${operation}#${nth}`;
}

/** The calls, plus those in these names with the same operations: `DescribeTasks#9` in `start/DescribeTasks#9/late`. */
export function withNamedCalls(calls: readonly CallPoint[], names: readonly string[]): readonly CallPoint[] {
  const known = new Map(calls.map((call) => [nameOf(call), call]));
  for (const word of names.flatMap((name) => name.split(/[/+]/))) {
    const [operation, nth = '1'] = word.split('#');
    const first = calls.find((call) => call.operation === operation);
    if (first !== undefined && !known.has(word)) known.set(word, { ...first, nth: Number(nth) });
  }
  return [...known.values()];
}

/** Numbers the calls of each operation, in the order in which they were made. */
export function pointsOf(entries: readonly CallLogEntry[]): readonly CallPoint[] {
  const counts = new Map<string, number>();
  return entries.map(({ service, operation }) => {
    const nth = (counts.get(operation) ?? 0) + 1;
    counts.set(operation, nth);
    return { service, operation, nth };
  });
}
