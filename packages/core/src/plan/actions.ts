import type { LaunchAttempt, RetireMark, Task } from '../model/task.ts';
import type { Overdue } from './overdue.ts';

/** RunTask for the next generation of a service. */
export interface LaunchAction {
  readonly kind: 'launch';
  readonly predecessor: Task | undefined;
  readonly attempt: LaunchAttempt;
}

/** One change in AWS that a plan calls for, besides a launch. Each may be carried out twice without harm. */
export type Action =
  | { readonly kind: 'mark-adopted'; readonly task: Task; readonly asked: number }
  /** A start is about to be answered that the task is up. */
  | { readonly kind: 'mark-up'; readonly task: Task; readonly at: number }
  | {
      readonly kind: 'register';
      readonly task: Task;
      readonly targetGroupArn: string;
      readonly ip: string;
      readonly port: number;
    }
  | {
      readonly kind: 'deregister';
      readonly targetGroupArn: string;
      readonly ip: string;
      readonly port: number;
      /** The task that ended, unrequested, and left the target behind. */
      readonly interrupted?: Task;
      /** Nobody knows whose the target was. */
      readonly stray?: true;
      /** The group can be read and does not show the target: where AWS refuses the call, there is nothing to take out. */
      readonly precaution?: true;
    }
  | {
      readonly kind: 'mark-retiring';
      readonly task: Task;
      readonly mark: RetireMark;
      /** Why it is taken down, when it should have been up by its deadline. */
      readonly overdue?: Overdue;
    }
  | { readonly kind: 'stop'; readonly task: Task; readonly mark: RetireMark }
  /** A stop found no task to mark, and leaves a note for starts that were asked before it and come later. */
  | { readonly kind: 'note-stop'; readonly asked: number };
