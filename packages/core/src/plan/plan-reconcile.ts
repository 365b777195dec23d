import type { View } from '../model/view.ts';
import { planUpkeep, upkeepDelayMs } from './plan-upkeep.ts';
import type { Turn } from './turn.ts';
import { rivalsAmong } from './upkeep/retire-rivals.ts';

/** How often the health of two rivals is read, in milliseconds. */
const rivalPauseMs = 1_000;

/** Everything that can be done now, then a wait for the next step. */
export function planReconcile(view: View): Turn {
  const actions = planUpkeep(view);
  if (actions.length > 0) return { kind: 'act', actions };
  const delayMs = upkeepDelayMs(view);
  return delayMs === undefined ? { kind: 'done' } : { kind: 'wait', delayMs };
}

/** Waits, while two tasks are kept, until the newer one is healthy or past its deadline. */
export function planUntilOneIsLeft(view: View): Turn {
  const turn = planReconcile(view);
  if (turn.kind !== 'done') return turn;
  return hasRivals(view) ? { kind: 'wait', delayMs: rivalPauseMs, optional: true } : turn;
}

/** Whether more than one task is kept. */
export function hasRivals({ tasks }: View): boolean {
  return rivalsAmong(tasks).length > 1;
}
