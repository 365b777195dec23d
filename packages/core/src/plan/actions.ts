import type { Adoption } from '../model/adoptions.ts';
import type { Route, RoutedGroup } from '../model/route.ts';
import type { Cordon, LaunchAttempt, RetireMark, Task } from '../model/task.ts';
import type { Overdue } from './overdue.ts';

/** RunTask for the next generation of a service. */
export interface LaunchAction {
  readonly kind: 'launch';
  readonly predecessor: Task | undefined;
  readonly attempt: LaunchAttempt;
}

/** One change in AWS, other than a launch. Each may be carried out twice without harm. */
export type Action =
  | { readonly kind: 'mark-adopted'; readonly task: Task; readonly adoption: Adoption }
  /** A start is about to be answered that the task is up; `at` is in milliseconds since the epoch. */
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
      /** The task that ended although no operation requested it, and left the target behind. */
      readonly interrupted?: Task;
      /** The target belongs to no known task. */
      readonly stray?: true;
      /** The group can be read and does not show the target. If AWS rejects the call, there is nothing to deregister. */
      readonly precaution?: true;
    }
  | {
      readonly kind: 'mark-retiring';
      readonly task: Task;
      readonly mark: RetireMark;
      /** Why the task is retired, if it missed its deadline. */
      readonly overdue?: Overdue;
    }
  /** Points a listener rule to the service or to the activator. */
  | { readonly kind: 'point'; readonly route: RoutedGroup; readonly to: Route }
  /** Begins an idle stop, or ends it without a stop. */
  | { readonly kind: 'cordon'; readonly task: Task; readonly cordon: Cordon }
  | { readonly kind: 'stop'; readonly task: Task; readonly mark: RetireMark }
  /** A stop found no task to mark, and leaves a note for starts that were requested before it and arrive later. */
  | { readonly kind: 'note-stop'; readonly asked: number };
