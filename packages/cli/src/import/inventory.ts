/** What exists in an account and Region, as far as a first tfvars file needs it. */
export interface Inventory {
  /** Undefined if nothing was found whose ARN contains it. */
  readonly accountId: string | undefined;
  readonly clusters: readonly string[];
  readonly definitions: readonly FoundDefinition[];
  readonly services: readonly FoundService[];
  readonly loadBalancers: readonly FoundLoadBalancer[];
  readonly targetGroups: readonly FoundTargetGroup[];
  readonly subnets: readonly FoundSubnet[];
}

/** The newest active revision of a task definition family. */
export interface FoundDefinition {
  readonly family: string;
  readonly networkMode: string;
  readonly fargate: boolean;
  readonly roleArns: readonly string[];
  readonly ports: readonly { readonly container: string; readonly port: number }[];
}

/** An ECS service. */
export interface FoundService {
  readonly cluster: string;
  readonly name: string;
  readonly family: string;
  readonly desiredCount: number;
  readonly targets: readonly { readonly targetGroupArn: string; readonly port: number | undefined }[];
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly publicIp: boolean;
  readonly capacityProviders: readonly { readonly name: string; readonly weight: number; readonly base: number }[];
}

/** An application load balancer. */
export interface FoundLoadBalancer {
  readonly name: string;
  readonly vpcId: string;
  readonly listeners: readonly FoundListener[];
}

export interface FoundListener {
  readonly arn: string;
  readonly port: number;
  readonly protocol: string;
  readonly rules: readonly FoundRule[];
}

export interface FoundRule {
  /** Undefined for the default rule. */
  readonly priority: number | undefined;
  readonly paths: readonly string[];
  readonly otherConditions: boolean;
  readonly targetGroupArns: readonly string[];
}

export interface FoundTargetGroup {
  readonly arn: string;
  readonly name: string;
  readonly path: string | undefined;
  readonly matcher: string | undefined;
}

export interface FoundSubnet {
  readonly id: string;
  readonly vpcId: string;
  readonly zone: string;
}
