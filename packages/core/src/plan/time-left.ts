import type { OperationContext } from '../model/operation-types.ts';

/** Reserved so that the last look can finish and its outcome be published, in milliseconds. */
const answerMs = 2_000;

/** When an operation stops starting new work, in milliseconds since the epoch. */
export function stopStartingAt({ deadline }: Pick<OperationContext, 'deadline'>): number {
  return deadline - answerMs;
}
