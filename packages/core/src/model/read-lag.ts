/**
 * How old a read of tasks, lists or targets may be, in milliseconds. AWS documents no bound; every rule that waits until a change is
 * visible relies on this one (docs/adr/0001). AWS-009.
 */
export const readLagMs = 10_000;

/** How old a read of a task's tags may be, in milliseconds. AWS documents no bound. AWS-023. */
export const tagLagMs = 5_000;
