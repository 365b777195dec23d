import { addressesOf } from './addresses.ts';
import type { StartEnginesError } from './errors.ts';
import { isLive, type Task } from './task.ts';

/**
 * The live tasks of the clusters, whoever started them: who has an address that another task had before. Or why they could
 * not be read.
 */
export type Neighbours = {
  /** When the reading began, in milliseconds since the epoch. */
  readonly readAt: number;
} & (
  | {
      readonly readable: true;
      readonly byAddress: ReadonlyMap<string, readonly Task[]>;
      /** ECS shows no address of these yet. */
      readonly withoutAddress: readonly Task[];
      /** All tasks that were read, those that have ended since they were listed included. */
      readonly tasks: readonly Task[];
    }
  | { readonly readable: false; readonly problem: StartEnginesError }
);

/** @param tasks Any tasks; those that are not live are left out. */
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
