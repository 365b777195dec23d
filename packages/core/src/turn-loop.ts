import type { Action } from './actions.ts';
import { isPassing, StartEnginesError, toStartEnginesError } from './errors.ts';
import { persist } from './persist.ts';
import type { Ports } from './ports.ts';
import type { ServiceSession } from './service-session.ts';
import type { View } from './view.ts';

/** What a plan makes of one look at a service. */
export type Turn =
  | { readonly kind: 'done' }
  | { readonly kind: 'act'; readonly actions: readonly Action[] }
  | { readonly kind: 'wait'; readonly delayMs: number };

export interface LoopOptions {
  readonly service: string;
  /** Milliseconds since the epoch after which nothing new is begun. */
  readonly until: number;
  /** A first look that was taken already. */
  readonly firstView?: View;
}

/** How long a change may take to show: without a pause a stale read would have it made over and over. */
const settlingMs = 250;
/** Before a target group is read again that AWS would not let be read. */
const unreadablePauseMs = 1_000;

/**
 * Observe, plan, act, until the plan says that it is done. An action that fails does not keep the others from being
 * carried out; its error is thrown once nothing else is left to do.
 *
 * @throws StartEnginesError `OutOfTime` when `until` comes first, the action's own error, or several as `SeveralFailed`.
 */
export async function turnLoop(
  ports: Ports,
  session: ServiceSession,
  { service, until, firstView }: LoopOptions,
  plan: (view: View) => Turn,
): Promise<View> {
  const look = () => persist(ports, service, until, () => session.lookAtService('always'));
  let view = firstView ?? (await look());
  for (;;) {
    const turn = plan(view);
    if (turn.kind === 'done') {
      const hidden = view.groups.find((group) => !group.readable);
      if (hidden === undefined || hidden.readable) return view;
      // Nothing is known to be left to do; but what stands in this group is not known.
      if (!isPassing(hidden.problem) || ports.clock.now() + unreadablePauseMs >= until) throw hidden.problem;
      await ports.clock.sleep(unreadablePauseMs);
      view = await look();
      continue;
    }
    if (turn.kind === 'wait') {
      if (view.at + turn.delayMs >= until) throw outOfTime(service, turn.delayMs);
      await ports.clock.sleep(turn.delayMs);
    } else {
      await actOnAll(ports, session, service, until, turn.actions);
      if (ports.clock.now() + settlingMs >= until) throw outOfTime(service, settlingMs);
      await ports.clock.sleep(settlingMs);
    }
    view = await look();
  }
}

async function actOnAll(
  ports: Ports,
  session: ServiceSession,
  service: string,
  until: number,
  actions: readonly Action[],
): Promise<void> {
  const errors: StartEnginesError[] = [];
  for (const action of actions) {
    try {
      await persist(ports, service, until, () => session.act(action));
    } catch (caught) {
      errors.push(toStartEnginesError(caught));
    }
  }
  const [first] = errors;
  if (first === undefined) return;
  if (errors.length === 1) throw first;
  const message = `${errors.length} steps for service "${service}" failed: ${errors.map((error) => error.message).join('; ')}`;
  throw new StartEnginesError('SeveralFailed', message, { cause: new AggregateError(errors), context: { service } });
}

function outOfTime(service: string, delayMs: number): StartEnginesError {
  return new StartEnginesError(
    'OutOfTime',
    `Service "${service}" needs ${Math.ceil(delayMs / 1000)} s more than there are left. What was begun is finished by the next one.`,
    { context: { service } },
  );
}
