import { addressesOf } from './addresses.ts';
import type { StartEnginesError } from './errors.ts';
import { isLive, type Task } from './task.ts';

/**
 * The live tasks of the clusters, of all owners, by address: they show which task has an address now that another task had
 * before. Or why they could not be read.
 */
export type Neighbours = {
  /** When the reading began, in milliseconds since the epoch. */
  readonly readAt: number;
} & (
  | {
      readonly readable: true;
      readonly byAddress: ReadonlyMap<string, readonly Task[]>;
      /** Tasks without an address yet. */
      readonly withoutAddress: readonly Task[];
      /** All tasks that were read, including those that have ended since they were listed. */
      readonly tasks: readonly Task[];
    }
  | { readonly readable: false; readonly problem: StartEnginesError }
);

/** @param tasks Any tasks. Only live ones count. */
export function neighboursAmong(tasks: readonly Task[], readAt: number): Neighbours {
  const byAddress = new Map<string, Task[]>();
  const withoutAddress: Task[] = [];
  for (const task of tasks.filter(isLive)) {
    const addresses = addressesOf(task);
    if (addresses.length === 0) withoutAddress.push(task);
    for (const address of addresses) byAddress.set(address, [...(byAddress.get(address) ?? []), task]);
  }
  return { readable: true, readAt, byAddress, withoutAddress, tasks };
}
