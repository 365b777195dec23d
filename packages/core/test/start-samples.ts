import type { Followed, StartState } from '../src/plan/start-state.ts';
import { at, taskArn } from './samples.ts';

/** A start of `auth` that was requested a second ago. */
export function intent(changes: Partial<StartState> = {}): StartState {
  return {
    service: 'auth',
    asked: at - 1_000,
    waitFor: 'running',
    launchId: 'launch-2',
    restart: false,
    requested: {},
    giveUpAt: at + 60_000,
    heldUpMs: 0,
    startTimeoutMs: 300_000,
    refusals: [],
    ...changes,
  };
}

/** The same request with the time of the task’s own, so there is nothing to note on the task. */
export function waiting(changes: Partial<StartState> = {}): StartState {
  return intent({ asked: at - 10_000, ...changes });
}

/** A task that the start has been following for five seconds. */
export function following(changes: Partial<Followed> = {}): Followed {
  return { taskArn: taskArn('a'), since: at - 5_000, looks: 3, seenLive: true, ...changes };
}
