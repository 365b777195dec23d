import { planRoutes, vacancyDelaysMs } from '../plan-route.ts';
import { nameOfGroup, type UpkeepRule } from './rule.ts';

/** Requests go to the service while a kept task is healthy, and to the activator while none is registered. */
export const routeRequests: UpkeepRule = {
  plan: ({ view }) => planRoutes(view),
  confirmsInMs: vacancyDelaysMs,
  describe: (_scene, actions) =>
    actions.flatMap((action) =>
      action.kind === 'point'
        ? [`The rule of ${nameOfGroup(action.route.targetGroupArn)} does not send requests to the ${action.to}.`]
        : [],
    ),
};
