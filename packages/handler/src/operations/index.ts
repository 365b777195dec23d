import type { Operation } from './operation.ts';
import { reconcile } from './reconcile.ts';
import { restart } from './restart.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { taskChange } from './task-change.ts';
import { wake } from './wake.ts';

/** Every operation. Triggers find theirs here; messages list them in this order. */
export const operations: readonly Operation[] = [start, stop, restart, reconcile, status, wake, taskChange];
