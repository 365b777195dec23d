import type { AddressType, LoadedMapping, MappingProblem, Task } from '@start-engines/core';
import type { ClusterEvidence } from '../envelope/read-cluster.ts';
import type { DefinitionEvidence } from '../envelope/read-definition.ts';
import type { Envelope } from '../envelope/read-envelope.ts';
import type { FunctionEvidence } from '../envelope/read-function.ts';

/** An answer of AWS, or why there is none. Unread facts never count as absent. */
export type Read<Value> = { readonly value: Value } | { readonly problem: string };

/** Everything that was read about one service. The checks use nothing else. */
export interface Evidence {
  readonly workspace: string;
  readonly service: string;
  /** The path that a client requests, such as `/api/auth`, without a final slash. */
  readonly path: string;
  /** The host that a client requests; undefined for any. */
  readonly host: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly mapping: MappingEvidence;
  /** The target groups of the service's task: those of the live task, or those of the mapping. */
  readonly groups: Read<readonly GroupEvidence[]>;
  /** The target groups of the mapping, in which the next task will be registered. */
  readonly mappedGroups: Read<readonly GroupEvidence[]>;
  /** The load balancers of all target groups of the workspace. */
  readonly loadBalancers: Read<readonly LoadBalancerEvidence[]>;
  /** Live and ended tasks, newest first. */
  readonly tasks: Read<readonly Task[]>;
  /** ECS services that register tasks in one of the groups. */
  readonly otherPlanes: Read<readonly ControlPlane[]>;
  /** The network interfaces with the addresses of live tasks. */
  readonly interfaces: Read<readonly InterfaceEvidence[]>;
  /** The security groups of the load balancers, the live task and the mapping. */
  readonly securityGroups: Read<readonly SecurityGroupEvidence[]>;
  /** The subnets of the mapping. */
  readonly subnets: Read<readonly SubnetEvidence[]>;
  /** The mapping's task definition; undefined without a mapping. */
  readonly definition: Read<DefinitionEvidence | undefined>;
  /** The mapping's cluster; absent if the mapping has a launch type, which does not depend on the cluster. */
  readonly cluster?: Read<ClusterEvidence | undefined>;
  readonly function: Read<FunctionEvidence | undefined>;
  /** Undefined if Terraform has not published it. */
  readonly envelope: Read<Envelope | undefined>;
}

export type MappingEvidence =
  | { readonly kind: 'loaded'; readonly loaded: LoadedMapping }
  | { readonly kind: 'invalid'; readonly problems: readonly MappingProblem[] }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly problem: string };

export interface GroupEvidence {
  readonly targetGroupArn: string;
  readonly name: string;
  /** The port of the task in this target group. */
  readonly port: number;
  /** Undefined if the target group does not exist. */
  readonly found: FoundGroup | undefined;
}

export interface FoundGroup {
  /** Undefined if AWS does not show it. */
  readonly targetType: string | undefined;
  /** The address type that it accepts; IPv4 if absent. */
  readonly ipAddressType?: AddressType;
  readonly healthCheck: {
    readonly path: string;
    /** `traffic-port` or a number. */
    readonly port: string;
    readonly matcher: string;
    readonly timeoutSeconds: number;
  };
  readonly loadBalancerArns: readonly string[];
  readonly targets: readonly TargetEvidence[];
}

export interface TargetEvidence {
  readonly ip: string;
  readonly port: number;
  readonly state: string;
  readonly reason: string | undefined;
  readonly description: string | undefined;
}

export interface LoadBalancerEvidence {
  readonly arn: string;
  readonly name: string;
  readonly vpcId?: string;
  readonly securityGroups: readonly string[];
  readonly zones: readonly { readonly zone: string; readonly subnetId: string }[];
  /** The addresses of its network interfaces; empty if they could not be read. */
  readonly ips: readonly string[];
  readonly listeners: readonly ListenerEvidence[];
}

export interface ListenerEvidence {
  readonly arn: string;
  readonly protocol: string;
  readonly port: number;
  /** In order of priority, the default rule last. */
  readonly rules: readonly RuleEvidence[];
}

export interface RuleEvidence {
  readonly arn: string;
  /** Undefined for the default rule. */
  readonly priority: number | undefined;
  /** The patterns of its path condition; undefined if it has none, or one that is in `doubts`. */
  readonly paths: readonly string[] | undefined;
  readonly pathRegexes?: readonly string[];
  readonly hosts: readonly string[] | undefined;
  readonly hostRegexes?: readonly string[];
  /** The fields of its other conditions, such as `http-header`, which depend on the request. */
  readonly otherConditions: readonly string[];
  /** The unknown parts of the rule's conditions, such as "its member X is unknown". */
  readonly doubts?: readonly string[];
  /** Actions before the forward, such as `after authenticate-oidc`. */
  readonly notes?: readonly string[];
  readonly action: RuleAction;
}

export type RuleAction =
  | {
      readonly kind: 'forward';
      /** Without target groups of weight 0. */
      readonly targetGroupArns: readonly string[];
      /** The weight of each target group, if there are several. */
      readonly weights?: readonly number[];
    }
  | { readonly kind: 'other'; readonly description: string }
  /** The outcome of a request is unknown. */
  | { readonly kind: 'unknown'; readonly description: string };

export interface ControlPlane {
  readonly serviceName: string;
  readonly cluster: string;
  readonly targetGroupArn: string;
  readonly desiredCount: number;
  readonly runningCount: number;
}

export interface InterfaceEvidence {
  readonly id: string;
  readonly ip: string;
  readonly status: string;
  readonly zone: string;
  readonly subnetId: string;
  readonly vpcId?: string;
  readonly groupIds: readonly string[];
}

export interface SecurityGroupEvidence {
  readonly id: string;
  readonly name: string;
  readonly ingress: readonly PermissionEvidence[];
  readonly egress: readonly PermissionEvidence[];
}

export interface PermissionEvidence {
  readonly protocol: string;
  readonly fromPort: number | undefined;
  readonly toPort: number | undefined;
  readonly cidrs: readonly string[];
  readonly groupIds: readonly string[];
  readonly prefixLists: readonly string[];
}

export interface SubnetEvidence {
  readonly id: string;
  readonly zone: string;
  readonly vpcId?: string;
  /** The address types that its tasks can have. */
  readonly addressTypes?: readonly AddressType[];
}
