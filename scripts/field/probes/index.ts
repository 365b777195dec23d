import { ecsRequestProbes } from './ecs-requests.ts';
import { eventProbes } from './event-probes.ts';
import { lifeProbes } from './life-probes.ts';
import { parameterProbes } from './parameters.ts';
import type { Probe } from './probe.ts';
import { targetProbes } from './target-probes.ts';
import { trafficProbes } from './traffic-probes.ts';

const inOrder = (found: readonly Probe[]) => found.toSorted((one, other) => (one.fact < other.fact ? -1 : 1));

/** The probes in lanes. Those of a lane share resources and run one after the other; lanes run at the same time. */
export const lanes: readonly (readonly Probe[])[] = [
  inOrder([...lifeProbes, ...ecsRequestProbes]),
  inOrder([...targetProbes, ...trafficProbes]),
  inOrder(eventProbes),
  inOrder(parameterProbes),
];

export const probes: readonly Probe[] = inOrder(lanes.flat());
