import type { Mutant } from './mutant.ts';

/** Core without one of the rules about listener rules, each in the dimension whose scripts need it. */
export const mutantsOfRoutes: readonly Mutant[] = [
  {
    name: 'a stop that does not wait until its route has settled',
    dimension: 'routes',
    patches: [
      {
        file: 'plan/plan-route.ts',
        search: 'const settledAt = Math.max(awaySince, markVisibleAt) + settleMs;',
        replace: 'const settledAt = Math.max(awaySince, markVisibleAt);',
      },
    ],
  },
  {
    name: 'a route to a task that is registered and not healthy yet',
    dimension: 'routes',
    patches: [
      {
        file: 'plan/plan-route.ts',
        search: "healthOf(view, task, target) === 'healthy',\n    )",
        replace: "sightOfTask(view, task, target).kind === 'shown',\n    )",
      },
    ],
  },
];
