import { isTransient, StartEnginesError, toStartEnginesError } from '../model/errors.ts';
import type { Ports } from '../model/ports.ts';
import type { View } from '../model/view.ts';
import type { Action } from '../plan/actions.ts';
import { problemOfLeftovers } from '../plan/plan-leftovers.ts';
import type { Turn } from '../plan/turn.ts';
import { act } from './carry-out.ts';
import { lookAtService, lookAtTask } from './observe.ts';
import { pauseAfter, tryOnce } from './persist.ts';
import type { ServiceSession } from './service-session.ts';

export interface LoopOptions {
  readonly service: string;
  /** Milliseconds since the epoch after which no new work is started. */
  readonly until: number;
  /** The first look, if it was taken already. */
  readonly firstView?: View;
  /** Looks only at this task and its targets. */
  readonly taskArn?: string;
}

/** How long a change may take to show, in milliseconds. Without a pause, a stale read would repeat the change. */
const settlingMs = 250;

/**
 * Observe, plan, act, until the plan is done. If an action fails, the others are still carried out; its error is thrown when nothing
 * else is left to do.
 *
 * @throws StartEnginesError `OutOfTime` when `until` comes first, the action's own error, or `SeveralFailed` for several.
 */
export function turnLoop(
  ports: Ports,
  session: ServiceSession,
  options: LoopOptions,
  plan: (view: View) => Turn,
): Promise<View> {
  return ports.endCallsBy(options.until, () => turn(ports, session, options, plan));
}

async function turn(
  ports: Ports,
  session: ServiceSession,
  { service, until, firstView, taskArn }: LoopOptions,
  plan: (view: View) => Turn,
): Promise<View> {
  session.until = until;
  const look = () => (taskArn === undefined ? lookAtService(session, 'always') : lookAtTask(session, taskArn));
  let failures = 0;
  for (let view = firstView ?? (await look()); ; view = await look()) {
    const next = plan(view);
    switch (next.kind) {
      case 'done': {
        const problem = problemOfGroups(view) ?? problemOfLeftovers(view);
        if (problem === undefined || taskArn !== undefined) return view;
        // Nothing known is left to do, but not everything could be read.
        if (!isTransient(problem)) throw problem;
        failures += 1;
        await pause(ports, service, until, pauseAfter(ports, failures), problem);
        break;
      }
      case 'wait':
        if (next.optional && view.at + next.delayMs >= until) return view;
        await pause(ports, service, until, next.delayMs);
        break;
      case 'act':
        if (await actOnAll(ports, session, { service, until, failures }, next.actions)) {
          failures = 0;
          await pause(ports, service, until, settlingMs);
        } else {
          failures += 1;
        }
        break;
    }
  }
}

function problemOfGroups({ groups }: View): Error | undefined {
  const hidden = groups.find((group) => !group.readable);
  return hidden?.readable === false ? hidden.problem : undefined;
}

/** @throws StartEnginesError `otherwise`, or `OutOfTime`, when there is no time for the pause. */
async function pause(ports: Ports, service: string, until: number, delayMs: number, otherwise?: Error): Promise<void> {
  if (ports.clock.now() + delayMs >= until) throw otherwise ?? outOfTime(service, delayMs);
  await ports.clock.sleep(delayMs);
}

/** True when all were carried out; false when AWS held one up, and the next look decides about the rest. */
async function actOnAll(
  ports: Ports,
  session: ServiceSession,
  limits: { readonly service: string; readonly until: number; readonly failures: number },
  actions: readonly Action[],
): Promise<boolean> {
  const errors: StartEnginesError[] = [];
  let complete = true;
  for (const action of actions) {
    try {
      if ((await tryOnce(ports, limits, () => act(session, action))) === 'done') continue;
      complete = false;
      break;
    } catch (caught) {
      errors.push(toStartEnginesError(caught));
    }
  }
  const [first] = errors;
  if (first === undefined) return complete;
  if (errors.length === 1) throw first;
  const message = `${errors.length} steps for service "${limits.service}" failed: ${errors.map((error) => error.message).join('; ')}`;
  throw new StartEnginesError('SeveralFailed', message, {
    cause: new AggregateError(errors),
    context: { service: limits.service },
  });
}

function outOfTime(service: string, delayMs: number): StartEnginesError {
  return new StartEnginesError(
    'OutOfTime',
    `Service "${service}" needs about ${Math.ceil(delayMs / 1000)} s more than the function has left. A retry or the next reconcile will finish it.`,
    { context: { service } },
  );
}
