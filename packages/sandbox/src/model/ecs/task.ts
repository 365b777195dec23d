/** A task as returned by DescribeTasks, without its tags. The members are those of ECS's `Task`. */
export interface Task {
  readonly taskArn: string;
  readonly clusterArn: string;
  readonly taskDefinitionArn: string;
  readonly lastStatus: TaskStatus;
  readonly desiredStatus: 'RUNNING' | 'STOPPED';
  readonly version: number;
  readonly createdAt: Date;
  readonly startedBy?: string;
  readonly group: string;
  readonly launchType: 'FARGATE' | 'EC2';
  readonly capacityProviderName?: string;
  readonly platformVersion?: string;
  readonly platformFamily?: string;
  readonly availabilityZone: string;
  readonly cpu: string;
  readonly memory: string;
  readonly ephemeralStorage: { readonly sizeInGiB: number };
  readonly enableExecuteCommand: boolean;
  readonly overrides: TaskOverrides;
  readonly attachments: readonly Attachment[];
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
  readonly containers: readonly Container[];
  readonly healthStatus: 'UNKNOWN';
  readonly connectivity?: 'CONNECTED';
  readonly connectivityAt?: Date;
  readonly pullStartedAt?: Date;
  readonly pullStoppedAt?: Date;
  readonly startedAt?: Date;
  readonly stoppingAt?: Date;
  readonly executionStoppedAt?: Date;
  readonly stoppedAt?: Date;
  readonly stopCode?: StopCode;
  readonly stoppedReason?: string;
}

export type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED';

// AWS-027
export type StopCode = 'TaskFailedToStart' | 'EssentialContainerExited' | 'UserInitiated' | 'SpotInterruption';

export interface Container {
  readonly containerArn: string;
  readonly taskArn: string;
  readonly name: string;
  readonly image: string;
  readonly lastStatus: 'PENDING' | 'RUNNING' | 'STOPPED';
  readonly networkInterfaces: readonly {
    readonly attachmentId: string;
    readonly privateIpv4Address?: string;
    readonly ipv6Address?: string;
  }[];
  /** The agent of ECS Exec, if it is enabled. */
  readonly managedAgents?: readonly {
    readonly name: 'ExecuteCommandAgent';
    readonly lastStatus: 'PENDING' | 'RUNNING' | 'STOPPED';
  }[];
  readonly healthStatus: 'UNKNOWN';
  readonly cpu: string;
  readonly memory?: string;
  readonly imageDigest?: string;
  readonly runtimeId?: string;
  readonly exitCode?: number;
  readonly reason?: string;
}

export interface Attachment {
  readonly id: string;
  readonly type: 'ElasticNetworkInterface' | 'AmazonElasticBlockStorage';
  readonly status: 'PRECREATED' | 'ATTACHING' | 'ATTACHED' | 'DELETED';
  readonly details: readonly { readonly name: string; readonly value: string }[];
}

export interface KeyValue {
  readonly name: string;
  readonly value: string;
}

export interface ContainerOverride extends Readonly<Record<string, unknown>> {
  readonly name?: string;
  readonly command?: readonly string[];
  readonly environment?: readonly { readonly name?: string; readonly value?: string }[];
}

export interface TaskOverrides extends Readonly<Record<string, unknown>> {
  readonly containerOverrides?: readonly ContainerOverride[];
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}
