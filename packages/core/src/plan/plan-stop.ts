import { lastAskedAgainst } from '../model/adoptions.ts';
import { isPastMoment } from '../model/moments.ts';
import { readLagMs } from '../model/read-lag.ts';
import { isLive, lateAfterMs, type RetireMark, type Task } from '../model/task.ts';
import { parseRetireMark } from '../model/task-marks.ts';
import type { View } from '../model/view.ts';
import type { Action } from './actions.ts';
import { planRetirement, type RetireStep } from './plan-targets.ts';
import { planUpkeep, upkeepDelayMs } from './plan-upkeep.ts';
import type { Turn } from './turn.ts';

export interface StopIntent {
  /** When the stop was requested, in milliseconds since the epoch. */
  readonly asked: number;
  /** Requests do not wake the service afterwards. */
  readonly isPause?: boolean | undefined;
  /** When it looked first. A stop looks twice, `drainMs` apart, to find a start that was under way at the first look. */
  readonly firstLookAt: number;
  readonly drainMs: number;
}

/** Whether a stop stops the task. A task requested after the stop is left alone, but a wake does not end a pause. */
export function isStoppedBy(task: Task, mark: RetireMark): boolean {
  return isLive(task) && lastAskedAgainst(mark, task) <= mark.asked;
}

/** The mark that a stop puts on the tasks that it stops. */
export function markOfStop({ asked, isPause }: Pick<StopIntent, 'asked' | 'isPause'>): RetireMark {
  return { asked, by: 'stop', ...(isPause ? { kind: 'pause' } : {}) };
}

/** A whole stop, as one pure function of what was seen. */
export function planStop(view: View, intent: StopIntent): Turn {
  const { asked, firstLookAt, drainMs } = intent;
  const mark = markOfStop(intent);
  const stopping = view.tasks.filter((task) => isStoppedBy(task, mark));
  // The request time that a foreign task claims does not count.
  const steps = [...stopping, ...view.foreign.filter(isLive)].map((task) => planRetirement(view, task, mark));
  const upkeep = planUpkeep(afterMarks(view, stopping, mark), ({ retire }) => retire === mark);
  if (stopping.length === 0 && view.stopNotedAt === undefined && !hasMark(view, mark)) {
    // If one of these fails, the others are still carried out.
    return { kind: 'act', actions: [{ kind: 'note-stop', asked }, ...actionsOf(steps), ...upkeep] };
  }
  const actions = [...actionsOf(steps), ...upkeep];
  if (actions.length > 0) return { kind: 'act', actions };
  const drains = steps.flatMap((step) => (step.kind === 'drain' ? [step.remainingMs] : []));
  const secondLook = secondLookAt(view, firstLookAt, drainMs) - view.at;
  const delays = [...drains, upkeepDelayMs(view), secondLook > 0 ? secondLook : undefined].filter(
    (delay) => delay !== undefined,
  );
  return delays.length === 0 ? { kind: 'done' } : { kind: 'wait', delayMs: Math.max(1, Math.min(...delays)) };
}

/** The view as the marks will leave it: a task that this stop retires replaces no other. */
function afterMarks(view: View, stopping: readonly Task[], mark: RetireMark): View {
  return { ...view, tasks: view.tasks.map((task) => (stopping.includes(task) ? { ...task, retire: mark } : task)) };
}

function actionsOf(steps: readonly RetireStep[]): readonly Action[] {
  return steps.flatMap((step) => (step.kind === 'act' ? step.actions : []));
}

/** The second look must find everything launched by starts that did not read the note. */
function secondLookAt({ stopNotedAt }: View, firstLookAt: number, drainMs: number): number {
  return stopNotedAt === undefined ? firstLookAt + drainMs : stopNotedAt + Math.max(drainMs, lateAfterMs + readLagMs);
}

/**
 * Whether a task's mark shows this stop to every earlier start. After StopTask only the stopped reason is left, and the process
 * that called it may not have seen the latest mark.
 */
function hasMark(view: View, { asked }: RetireMark): boolean {
  return view.tasks.some((task) => {
    const mark = isLive(task) ? task.retire : parseRetireMark(undefined, task.stoppedReason);
    return mark?.by === 'stop' && mark.asked >= asked && isPastMoment(mark.asked, view.at);
  });
}
