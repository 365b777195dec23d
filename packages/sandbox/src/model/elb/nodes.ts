import { drawDuration } from '../../durations.ts';
import type { ElbState, Listener, NodeView } from './elb-state.ts';

/** @throws RangeError if it is not a positive integer */
export function readNodes(nodes = 2): number {
  if (Number.isInteger(nodes) && nodes > 0) return nodes;
  throw new RangeError(`loadBalancerNodes must be a positive integer, not ${nodes}`);
}

/**
 * Sends a changed listener to each node. The nodes apply it at different times, and the latest change that a node has
 * received replaces all earlier ones. A new listener is served at once. AWS-040.
 */
export function propagate(state: ElbState, listener: Listener): void {
  const now = state.clock.now();
  const known = state.nodeViews.get(listener.arn);
  const views = Array.from({ length: state.nodes }, (_, node): readonly NodeView[] => {
    const earlier = known?.[node] ?? [];
    if (earlier.length === 0) return [{ from: now, listener }];
    const from = now + drawDuration(state.durations.rulePropagationMs, state.random);
    const current = earlier.findLastIndex((view) => view.from <= now);
    return [...earlier.slice(current), { from, listener }];
  });
  state.nodeViews.set(listener.arn, views);
}

/** The listener that a node applies now. @throws `RangeError` if there is no such listener or node */
export function listenerOnNode(state: ElbState, listenerArn: string, node: number): Listener {
  const views = state.nodeViews.get(listenerArn);
  if (views === undefined) throw new RangeError(`there is no listener ${listenerArn}`);
  const now = state.clock.now();
  const found = views[node]?.findLast(({ from }) => from <= now);
  if (found === undefined) throw new RangeError(`there is no node ${node}: the load balancer has ${views.length}`);
  return found.listener;
}
