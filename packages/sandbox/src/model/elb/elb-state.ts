import { AwsError } from '../../aws-error.ts';
import type { SandboxClock } from '../../clock.ts';
import type { SandboxDurations } from '../../durations.ts';
import type { Random } from '../../random.ts';
import type { Account } from '../arn.ts';
import type { NetworkInterface } from '../ec2/security-group.ts';
import type { Vpc } from '../ec2/vpc.ts';
import type { HealthProbe } from '../health-probe.ts';
import type { Action } from './action.ts';
import type { Condition } from './conditions.ts';
import { validationError } from './elb-operation.ts';
import type { GroupMetrics } from './group-metrics.ts';
import type { TargetGroup } from './target-group.ts';

/** The state of the ELB model. */
export interface ElbState {
  readonly account: Account;
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly durations: SandboxDurations;
  readonly probe: HealthProbe;
  readonly permitsInvoke: (functionArn: string, targetGroupArn: string) => boolean;
  readonly vpc: Vpc;
  /** By ARN, in order of creation. */
  readonly loadBalancers: Map<string, LoadBalancer>;
  readonly listeners: Map<string, Listener>;
  /** What each node of the load balancer applies, by the listener's ARN. */
  readonly nodeViews: Map<string, readonly (readonly NodeView[])[]>;
  /** How many nodes each load balancer has. */
  readonly nodes: number;
  /** The quota of rules in a load balancer. */
  readonly ruleLimit: number;
  /** The node that receives the next request. */
  nextNode: number;
  readonly targetGroups: Map<string, TargetGroup>;
  /** Addresses of load balancers. */
  readonly balancerIps: Set<string>;
  /** IDs that `expectArn` has set, by the part of the ARN before them. */
  readonly expectedIds: Map<string, string>;
  readonly counts: { -readonly [K in keyof ElbCounts]: number };
  readonly metrics: GroupMetrics;
  readonly listenersChanged: Set<() => void>;
}

/** Counters that show how much a run has exercised the model. */
export interface ElbCounts {
  /** Reads of target health whose reply differed from the current state. */
  readonly staleTargetHealthReads: number;
  readonly healthChecks: number;
  /** Requests sent to an unhealthy target because none was healthy. */
  readonly failOpenRequests: number;
}

export interface LoadBalancer {
  readonly arn: string;
  readonly name: string;
  readonly id: string;
  readonly dnsName: string;
  readonly createdAt: Date;
  /** When its state becomes `active`, in milliseconds since the epoch. */
  readonly activeAt: number;
  readonly scheme: string;
  readonly ipAddressType: string;
  subnets: readonly string[];
  securityGroups: readonly string[];
  /** Its network interfaces, one in each subnet. */
  interfaces: readonly NetworkInterface[];
  /** Unknown members, stored unchanged. */
  readonly others: Readonly<Record<string, unknown>>;
}

export interface Listener {
  readonly arn: string;
  readonly id: string;
  readonly loadBalancer: LoadBalancer;
  readonly protocol: 'HTTP' | 'HTTPS';
  readonly port: number;
  readonly sslPolicy: string | undefined;
  readonly certificates: readonly unknown[];
  readonly defaultRuleArn: string;
  readonly defaultActions: readonly Action[];
  /** The rules without the default rule, by priority. */
  readonly rules: readonly Rule[];
  /** Unknown members, stored unchanged. */
  readonly others: Readonly<Record<string, unknown>>;
}

/** A listener as a node of its load balancer applies it from a point in time on. */
export interface NodeView {
  readonly from: number;
  readonly listener: Listener;
}

export interface Rule {
  readonly arn: string;
  readonly priority: number;
  readonly conditions: readonly Condition[];
  readonly actions: readonly Action[];
  /** Stored and returned, but not applied. */
  readonly transforms: readonly unknown[];
  /** Unknown members, stored unchanged. */
  readonly others: Readonly<Record<string, unknown>>;
}

/** The random part of an ARN. @param resource such as `targetgroup/auth` */
export function drawId(state: ElbState, resource: string): string {
  return state.expectedIds.get(resource) ?? state.random.hex(16);
}

/** @throws `AwsError` LoadBalancerNotFound or ValidationError */
export function findLoadBalancer(state: ElbState, arn: string): LoadBalancer {
  checkArn(arn, 'loadbalancer', 'load balancer');
  const found = state.loadBalancers.get(arn);
  if (found === undefined) throw new AwsError('LoadBalancerNotFound', 'One or more load balancers not found');
  return found;
}

/** @throws `AwsError` ListenerNotFound or ValidationError */
export function findListener(state: ElbState, arn: string): Listener {
  checkArn(arn, 'listener', 'listener');
  const found = state.listeners.get(arn);
  if (found === undefined) throw new AwsError('ListenerNotFound', 'One or more listeners not found');
  return found;
}

/** @throws `AwsError` TargetGroupNotFound or ValidationError (AWS-042) */
export function findTargetGroup(state: ElbState, arn: string): TargetGroup {
  checkArn(arn, 'targetgroup', 'target group');
  const found = state.targetGroups.get(arn);
  if (found === undefined) throw new AwsError('TargetGroupNotFound', 'One or more target groups not found');
  return found;
}

function checkArn(arn: string, resource: string, kind: string): void {
  if (!new RegExp(`^arn:aws[a-z-]*:elasticloadbalancing:[^:]+:\\d+:${resource}/.+`).test(arn)) {
    throw validationError(`'${arn}' is not a valid ${kind} ARN`);
  }
}
