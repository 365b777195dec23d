import { formatTarget } from '../../model/addresses.ts';
import type { Task } from '../../model/task.ts';
import type { View } from '../../model/view.ts';
import type { Action } from '../actions.ts';

/** What a rule decides on. */
export interface Scene {
  readonly view: View;
  /** The service's tasks, except those that the operation looks after itself. */
  readonly tasks: readonly Task[];
  /** Those of `tasks` that no rule has retired so far. */
  readonly staying: readonly Task[];
}

/** One thing that can be wrong with a service, whichever operation comes across it. */
export interface UpkeepRule {
  /** The changes that put it right, or the next of them. */
  plan(scene: Scene): readonly Action[];
  /** How long until changes under way can go on, in milliseconds. */
  continuesInMs?(view: View): readonly number[];
  /** How long until something that may be a stale read has to be seen again before the rule acts, in milliseconds. */
  confirmsInMs?(view: View): readonly number[];
  /** What is wrong, for a dry run: one sentence for each finding. */
  describe(scene: Scene, actions: readonly Action[]): readonly string[];
}

export type Registration = Extract<Action, { kind: 'register' }>;
export type Deregistration = Extract<Action, { kind: 'deregister' }>;
export type MarkRetiring = Extract<Action, { kind: 'mark-retiring' }>;

export function marksIn(actions: readonly Action[]): MarkRetiring[] {
  return actions.filter((action) => action.kind === 'mark-retiring');
}

/** "Target 10.0.1.7:8080 of auth-tg" */
export function describeTarget({ targetGroupArn, ip, port }: Deregistration): string {
  return `Target ${formatTarget(ip, port)} of ${nameOfGroup(targetGroupArn)}`;
}

export function nameOfGroup(targetGroupArn: string): string {
  return targetGroupArn.split('/').at(-2) ?? targetGroupArn;
}
