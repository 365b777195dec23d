/** Where a listener rule sends requests. */
export type Route = 'service' | 'activator';

/** A target group of a service that requests can wake, and the listener rule that forwards to it or to the activator. */
export interface RoutedGroup {
  readonly listenerRuleArn: string;
  readonly targetGroupArn: string;
}

/**
 * A rule as Elastic Load Balancing shows it. `mixed`: both groups get requests, or neither does. `foreign`: its target groups are
 * not exactly the service's and the activator's, so start-engines leaves it alone. `missing`: the rule does not exist.
 */
export type RouteState = Route | 'mixed' | 'foreign' | 'missing';

export type RouteView = RoutedGroup &
  (
    | { readonly state: RouteState; readonly problem?: undefined }
    /** The rule could not be read. */
    | { readonly state: 'unknown'; readonly problem: Error }
  );

/** What the looks of one operation found about the routes of a service. */
export interface Routing {
  readonly routes: readonly RouteView[];
  /** Since when no look has shown a rule that sends requests to the service, in milliseconds since the epoch. */
  readonly awaySince?: number;
  /** By listener rule: since when looks have shown a kept task that is running and not registered (ms since the epoch). */
  readonly vacantSince: ReadonlyMap<string, number>;
  /** By listener rule: when this operation changed it last, and to which route. */
  readonly changedByUs: ReadonlyMap<string, { readonly to: Route; readonly at: number }>;
  /** How long the nodes of a load balancer may take to apply a changed rule, in milliseconds. */
  readonly settleMs: number;
}
