/** An ECS service, which may also register tasks in a target group. */
export interface EcsService {
  readonly serviceArn: string;
  readonly serviceName: string;
  readonly clusterArn: string;
  readonly createdAt: Date;
  taskDefinition: string;
  desiredCount: number;
  status: 'ACTIVE' | 'INACTIVE';
  loadBalancers: readonly ServiceLoadBalancer[];
}

interface ServiceLoadBalancer {
  readonly targetGroupArn?: string;
  readonly containerName?: string;
  readonly containerPort?: number;
}
