import type { SandboxClock } from '../../clock.ts';
import type { MetricSource } from '../../cloudwatch/metric.ts';
import type { SandboxDurations } from '../../durations.ts';
import type { Operations } from '../../operation.ts';
import type { Random } from '../../random.ts';
import type { Account } from '../arn.ts';
import { createVpc, type Vpc } from '../ec2/vpc.ts';
import type { HealthProbe } from '../health-probe.ts';
import type { ElbCounts, ElbState } from './elb-state.ts';
import { createGroupMetrics } from './group-metrics.ts';
import { loadBalancersUsing } from './group-use.ts';
import { createListenerOperations } from './listener-operations.ts';
import { createLoadBalancerOperations } from './load-balancer-operations.ts';
import { type NodeRule, type RequestToRoute, type RouteDecision, routeRequest, rulesOnNodes } from './route-request.ts';
import { createRuleOperations } from './rule-operations.ts';
import type { TargetHealth, TargetView } from './target-group.ts';
import { createTargetGroupOperations } from './target-group-operations.ts';
import { publishHealth } from './target-health.ts';
import { createTargetOperations } from './target-operations.ts';

export interface ElbModelOptions extends Account {
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly durations: SandboxDurations;
  readonly probe: HealthProbe;
  /** How many nodes each load balancer has. Default 2. */
  readonly nodes?: number;
  /** The quota of rules in a load balancer, which AWS raises on request. Default 100. */
  readonly ruleLimit?: number;
  /** Whether a function permits the load balancer to invoke it for a target group. Default: every function does. */
  readonly permitsInvoke?: (functionArn: string, targetGroupArn: string) => boolean;
  /** The network of load balancers and targets. Default: a new one. */
  readonly vpc?: Vpc;
}

/** The Elastic Load Balancing v2 model, without HTTP or the system clock. */
export interface ElbModel {
  readonly operations: Operations;
  /** Routes a request. @throws `RangeError` if there is no such listener */
  route(request: RequestToRoute): RouteDecision;
  /** The metrics of `AWS/ApplicationELB`. */
  readonly metrics: MetricSource;
  /** The listeners to serve. */
  listeners(): readonly ListenerToServe[];
  /** Calls the listener when `listeners` may have changed. Returns a function that removes it. */
  onListenersChanged(listener: () => void): () => void;
  readonly admin: ElbAdmin;
}

export interface ListenerToServe {
  readonly listenerArn: string;
  readonly loadBalancerName: string;
  readonly port: number;
  readonly protocol: 'HTTP' | 'HTTPS';
}

/** Controls of the model that AWS does not have. */
export interface ElbAdmin {
  /** Marks an address as used by a load balancer. As a target it is then `unused`, Target.IpUnusable. */
  reserveIp(ip: string): void;
  /**
   * Gives this ARN to the next target group or load balancer with its name, so that a deployment can be rebuilt
   * with the ARNs in its documents.
   *
   * @throws `RangeError` for another ARN
   */
  expectArn(arn: string): void;
  /**
   * Overrides the state of a registered target until it is deregistered or `health` is `undefined`.
   *
   * @throws `RangeError` if the target is not registered
   */
  pinTargetHealth(targetGroupArn: string, target: { ip: string; port: number }, health: TargetHealth | undefined): void;
  /** The current targets of a group, without stale reads. @throws `RangeError` if there is no such group */
  targets(targetGroupArn: string): readonly TargetView[];
  /**
   * The rule that each node of the load balancer would apply to a request now. Nodes apply a change of a rule at different
   * times (`rulePropagationMs`). Nothing is counted or drawn.
   *
   * @throws `RangeError` if there is no such listener
   */
  rulesOnNodes(request: Omit<RequestToRoute, 'node'>): readonly NodeRule[];
  counts(): ElbCounts;
}

export function createElbModel(options: ElbModelOptions): ElbModel {
  const { region, accountId, clock, random, durations, probe } = options;
  const state: ElbState = {
    account: { region, accountId },
    clock,
    random,
    durations,
    probe,
    permitsInvoke: options.permitsInvoke ?? (() => true),
    vpc: options.vpc ?? createVpc({ region, accountId }),
    loadBalancers: new Map(),
    listeners: new Map(),
    nodeViews: new Map(),
    nodes: options.nodes ?? 2,
    ruleLimit: options.ruleLimit ?? 100,
    nextNode: 0,
    targetGroups: new Map(),
    balancerIps: new Set(),
    expectedIds: new Map(),
    counts: { staleTargetHealthReads: 0, healthChecks: 0, failOpenRequests: 0 },
    metrics: createGroupMetrics({
      seed: random.seed,
      delayMs: durations.metricDelayMs,
      usersOf: (targetGroupArn) => loadBalancersUsing(state, targetGroupArn),
      now: () => clock.now(),
    }),
    listenersChanged: new Set(),
  };

  return {
    operations: {
      ...createLoadBalancerOperations(state),
      ...createListenerOperations(state),
      ...createRuleOperations(state),
      ...createTargetGroupOperations(state),
      ...createTargetOperations(state),
    },
    route: (request) => routeRequest(state, request),
    metrics: state.metrics.source,
    listeners: () =>
      [...state.listeners.values()].map(({ arn, loadBalancer, port, protocol }) => ({
        listenerArn: arn,
        loadBalancerName: loadBalancer.name,
        port,
        protocol,
      })),
    onListenersChanged(listener) {
      state.listenersChanged.add(listener);
      return () => state.listenersChanged.delete(listener);
    },
    admin: createElbAdmin(state),
  };
}

function createElbAdmin(state: ElbState): ElbAdmin {
  function findGroup(targetGroupArn: string) {
    const group = state.targetGroups.get(targetGroupArn);
    if (group === undefined) throw new RangeError(`there is no target group ${targetGroupArn}`);
    return group;
  }

  return {
    expectArn(arn) {
      const [, resource, id] = /^arn:[^/]*:((?:targetgroup|loadbalancer\/app)\/[^/]+)\/([^/]+)$/.exec(arn) ?? [];
      if (resource === undefined || id === undefined) {
        throw new RangeError(`${arn} is not the ARN of a target group or an application load balancer`);
      }
      state.expectedIds.set(resource, id);
    },
    reserveIp: (ip) => state.balancerIps.add(ip),
    pinTargetHealth(targetGroupArn, { ip, port }, health) {
      const group = findGroup(targetGroupArn);
      const target = group.targets.get(`${ip}:${port}`);
      if (target === undefined) throw new RangeError(`${ip}:${port} is not registered in ${targetGroupArn}`);
      target.pinned = health;
      publishHealth(state, group);
    },
    targets: (targetGroupArn) => findGroup(targetGroupArn).history.latest,
    rulesOnNodes: (request) => rulesOnNodes(state, request),
    counts: () => ({ ...state.counts }),
  };
}
