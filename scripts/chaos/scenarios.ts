import type { Scenario } from './scenario.ts';
import { ended, running } from './scenario-change.ts';
import { overdue } from './scenario-overdue.ts';
import { reconcile } from './scenario-reconcile.ts';
import { restart } from './scenario-restart.ts';
import { refused, start } from './scenario-start.ts';
import { stop } from './scenario-stop.ts';

/** All scenarios, in the order of the page. */
export const scenarios: readonly Scenario[] = [start, refused, stop, restart, running, ended, reconcile, overdue];
