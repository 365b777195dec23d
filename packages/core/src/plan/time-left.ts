import type { OperationContext } from '../model/operation-types.ts';

/** Kept of an operation's time: the look that was begun last has to end, and what came of it to be told. */
const answerMs = 2_000;

/** After when an operation begins nothing new, in milliseconds since the epoch. */
export function lastBeginning({ deadline }: Pick<OperationContext, 'deadline'>): number {
  return deadline - answerMs;
}
