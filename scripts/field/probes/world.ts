import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { TaskLife } from './task-life.ts';

/** The resources of a field test. The probes create and change nothing outside of them. */
export interface FieldResources {
  /** Every name starts with it, such as `field-test-3f9a`. */
  readonly prefix: string;
  readonly cluster: string;
  /** The family of a task that serves HTTP on port 80 and answers 200 for `/`. */
  readonly taskDefinition: string;
  /** The family of a task whose image does not exist. */
  readonly unpullable: string;
  readonly subnets: readonly string[];
  readonly securityGroup: string;
  readonly assignPublicIp: 'ENABLED' | 'DISABLED';
  readonly listenerArn: string;
  /** The listener's URL inside of the VPC. */
  readonly url: string;
  /** By name. `healthy`, `weightless`, `failing` and `empty` are in rules for the paths of their names. `unused` is in none. */
  readonly groups: Readonly<Record<GroupName, string>>;
  /** The rule for `/switch`, which forwards to `empty`, with weight 1, and `function`, with weight 0. */
  readonly switchRuleArn: string;
  /** A function in the VPC that sends requests to the load balancer, is a target of it, and logs the events that it gets. */
  readonly functionName: string;
}

export type GroupName = 'healthy' | 'weightless' | 'failing' | 'empty' | 'unused' | 'function';

export interface ProbeClients {
  readonly ecs: ECSClient;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly events: EventBridgeClient;
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;
  readonly ssm: SSMClient;
}

/** What a probe works with. */
export interface ProbeWorld {
  readonly clients: ProbeClients;
  readonly resources: FieldResources;
  /** A name that no other probe and no other run uses. */
  unique(): string;
  /** The recorded life of one task, from RunTask to STOPPED. Recorded once for all probes. */
  taskLife(): Promise<TaskLife>;
}

/** Reads until the result is the wanted one, or returns the last result when the time is over. */
export async function until<T>(
  read: () => Promise<T>,
  wanted: (result: T) => boolean,
  patienceMs = 180_000,
): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const result = await read();
    if (wanted(result) || Date.now() > deadline) return result;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** The name and message of the error with which a call fails; `no error` if it succeeds. */
export async function errorOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'no error';
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}
