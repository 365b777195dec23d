/**
 * How old a read of tasks, tags, lists or targets may be, in milliseconds. AWS documents no bound; every rule that waits for
 * others to see a change relies on this one (docs/adr/0001).
 */
export const readLagMs = 10_000;
