import type { ECSClient } from '@aws-sdk/client-ecs';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SSMClient } from '@aws-sdk/client-ssm';

/** The resources of a field test. The probes create and change nothing outside of them. */
export interface FieldResources {
  /** Every name starts with it, such as `field-test-3f9a`. */
  readonly prefix: string;
  readonly cluster: string;
  /** A task that serves HTTP on port 80 and answers 200 for `/`. */
  readonly taskDefinition: string;
  /** A task definition whose image does not exist. */
  readonly unpullable: string;
  readonly subnets: readonly string[];
  readonly securityGroup: string;
  readonly listenerArn: string;
  /** Of the load balancer's listener, from inside of the VPC. */
  readonly url: string;
  /** A group that the listener's default rule names, with health checks that a task passes. */
  readonly groupArn: string;
  /** A group in a rule, with weight 0. */
  readonly weightlessGroupArn: string;
  /** A group in a rule whose health checks every task fails. */
  readonly failingGroupArn: string;
  /** A group in a rule, without targets. */
  readonly emptyGroupArn: string;
  /** A group that no listener names. */
  readonly unusedGroupArn: string;
  /** A group with the function as its target. */
  readonly functionGroupArn: string;
  /** In the VPC: sends HTTP requests to the load balancer, and answers as a target of it. */
  readonly functionName: string;
}

export interface ProbeClients {
  readonly ecs: ECSClient;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly events: EventBridgeClient;
  readonly lambda: LambdaClient;
  readonly ssm: SSMClient;
}

/** What a probe works with. */
export interface ProbeWorld {
  readonly clients: ProbeClients;
  readonly resources: FieldResources;
  /** A name or token that no other probe and no other run uses. */
  unique(): string;
}
