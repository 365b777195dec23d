import type { AddressType, LoadedMapping, MappingProblem, Task } from '@start-engines/core';
import type { ClusterEvidence } from '../envelope/read-cluster.ts';
import type { DefinitionEvidence } from '../envelope/read-definition.ts';
import type { Envelope } from '../envelope/read-envelope.ts';
import type { FunctionEvidence } from '../envelope/read-function.ts';

/** Something that was asked of AWS: the answer, or why there is none. Nothing that was not read counts as absent. */
export type Read<Value> = { readonly value: Value } | { readonly problem: string };

/** All that was found out about one service; what is wrong is told from this alone. */
export interface Evidence {
  readonly workspace: string;
  readonly service: string;
  /** What a client asks for, such as `/api/auth`; no slash at the end. */
  readonly path: string;
  /** The host that a client asks; undefined: any. */
  readonly host: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly mapping: MappingEvidence;
  /** The target groups in which the service's task has to be: the live task's own, else those of the mapping. */
  readonly groups: Read<readonly GroupEvidence[]>;
  /** The target groups of the mapping, which the next task will be in. */
  readonly mappedGroups: Read<readonly GroupEvidence[]>;
  /** The load balancers that serve any target group of the workspace. */
  readonly loadBalancers: Read<readonly LoadBalancerEvidence[]>;
  /** Newest first, live and ended ones. */
  readonly tasks: Read<readonly Task[]>;
  /** ECS services that put tasks into one of the groups. */
  readonly otherPlanes: Read<readonly ControlPlane[]>;
  /** The interfaces at the addresses of live tasks. */
  readonly interfaces: Read<readonly InterfaceEvidence[]>;
  /** The groups of load balancers, of the live task and of the mapping. */
  readonly securityGroups: Read<readonly SecurityGroupEvidence[]>;
  /** The subnets that the mapping names. */
  readonly subnets: Read<readonly SubnetEvidence[]>;
  /** What the mapping's task definition is now; undefined where there is no mapping. */
  readonly definition: Read<DefinitionEvidence | undefined>;
  /** The mapping's cluster; absent where the mapping gives a launch type, which needs nothing of the cluster. */
  readonly cluster?: Read<ClusterEvidence | undefined>;
  readonly function: Read<FunctionEvidence | undefined>;
  /** Undefined: Terraform has not published it. */
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
  /** The port under which the task belongs there. */
  readonly port: number;
  /** Undefined: there is no such target group. */
  readonly found: FoundGroup | undefined;
}

export interface FoundGroup {
  /** Undefined: it is not shown. */
  readonly targetType: string | undefined;
  /** The kind of address that it takes; IPv4 where this is absent. */
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
  /** Addresses of its own interfaces; empty where they could not be read. */
  readonly ips: readonly string[];
  readonly listeners: readonly ListenerEvidence[];
}

export interface ListenerEvidence {
  readonly arn: string;
  readonly protocol: string;
  readonly port: number;
  /** By priority, the default rule last. */
  readonly rules: readonly RuleEvidence[];
}

export interface RuleEvidence {
  readonly arn: string;
  /** Undefined: the default rule. */
  readonly priority: number | undefined;
  /** Patterns of its path condition; undefined: it has none, or one that `doubts` is about. */
  readonly paths: readonly string[] | undefined;
  readonly pathRegexes?: readonly string[];
  readonly hosts: readonly string[] | undefined;
  readonly hostRegexes?: readonly string[];
  /** Fields of other conditions, such as `http-header`: whether they are met depends on the request. */
  readonly otherConditions: readonly string[];
  /** What this version does not know of the rule's conditions, in words that begin with "its". */
  readonly doubts?: readonly string[];
  /** What happens on the way to the target group, such as `after authenticate-oidc`. */
  readonly notes?: readonly string[];
  readonly action: RuleAction;
}

export type RuleAction =
  | {
      readonly kind: 'forward';
      /** Without those of weight 0. */
      readonly targetGroupArns: readonly string[];
      /** One for each target group, where there are several. */
      readonly weights?: readonly number[];
    }
  | { readonly kind: 'other'; readonly description: string }
  /** What becomes of a request is not known. */
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
  /** The kinds of address that its tasks can have. */
  readonly addressTypes?: readonly AddressType[];
}
