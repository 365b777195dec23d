import type { Evidence } from '../../src/doctor/evidence.ts';

export const targetGroupArn = 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/auth/0123456789abcdef';
const clusterArn = 'arn:aws:ecs:us-east-2:123456789012:cluster/main';

const group = {
  targetGroupArn,
  name: 'auth',
  port: 8080,
  found: {
    targetType: 'ip',
    healthCheck: { path: '/health', port: 'traffic-port', matcher: '200', timeoutSeconds: 2 },
    loadBalancerArns: ['arn:alb'],
    targets: [{ ip: '10.0.1.5', port: 8080, state: 'healthy', reason: undefined, description: undefined }],
  },
};

const anywhere = {
  protocol: '-1',
  fromPort: undefined,
  toPort: undefined,
  cidrs: ['0.0.0.0/0'],
  groupIds: [],
  prefixLists: [],
};

/** The complete evidence of a service without faults. */
export function soundEvidence(): Evidence {
  return {
    workspace: 'dev',
    service: 'auth',
    path: '/api/auth',
    host: undefined,
    now: Date.parse('2026-11-26T12:00:00Z'),
    mapping: {
      kind: 'loaded',
      loaded: {
        versions: { service: 3, defaults: 1 },
        problems: [],
        mapping: {
          service: 'auth',
          cluster: 'main',
          taskDefinition: 'auth-task',
          port: 8080,
          targetGroups: [{ targetGroupArn, port: 8080 }],
          subnets: ['subnet-a'],
          securityGroups: ['sg-task'],
          assignPublicIp: 'DISABLED',
          capacity: { launchType: 'FARGATE' },
          environment: {},
          wait: 'running',
          startTimeoutSeconds: 300,
          healthyTimeoutSeconds: 120,
          drainSeconds: 15,
          dependsOn: [],
          exclusiveTargetGroup: true,
          allowOverrides: {},
        },
      },
    },
    groups: { value: [group] },
    mappedGroups: { value: [group] },
    loadBalancers: {
      value: [
        {
          arn: 'arn:alb',
          name: 'shared',
          securityGroups: ['sg-alb'],
          zones: [
            { zone: 'us-east-2a', subnetId: 'subnet-1' },
            { zone: 'us-east-2b', subnetId: 'subnet-2' },
          ],
          ips: ['10.0.0.10', '10.0.0.11'],
          listeners: [
            {
              arn: 'arn:listener',
              protocol: 'HTTPS',
              port: 443,
              rules: [
                {
                  arn: 'arn:rule',
                  priority: 10,
                  paths: ['/api/auth', '/api/auth/*'],
                  hosts: undefined,
                  otherConditions: [],
                  action: { kind: 'forward', targetGroupArns: [targetGroupArn] },
                },
                {
                  arn: 'arn:default',
                  priority: undefined,
                  paths: undefined,
                  hosts: undefined,
                  otherConditions: [],
                  action: { kind: 'other', description: 'fixed response 404' },
                },
              ],
            },
          ],
        },
      ],
    },
    tasks: {
      value: [
        {
          taskArn: 'arn:aws:ecs:us-east-2:123456789012:task/main/0123456789abcdef0123456789abcdef',
          clusterArn,
          taskDefinitionArn: 'arn:aws:ecs:us-east-2:123456789012:task-definition/auth-task:7',
          startedBy: 'start-engines/dev/auth',
          lastStatus: 'RUNNING',
          desiredStatus: 'RUNNING',
          version: 5,
          createdAt: Date.parse('2026-11-26T11:00:00Z'),
          privateIp: '10.0.1.5',
          containers: [{ name: 'auth', lastStatus: 'RUNNING' }],
          facts: {
            launchId: 'launch',
            targets: [{ targetGroupArn, port: 8080 }],
            waitFor: 'running',
            deadline: Date.parse('2026-11-26T11:05:00Z'),
            healthyTimeoutSeconds: 120,
            drainSeconds: 15,
            exclusiveTargetGroup: true,
            asked: Date.parse('2026-11-26T11:00:00Z'),
            correlationId: 'id',
            fingerprints: {},
          },
        },
      ],
    },
    otherPlanes: { value: [] },
    interfaces: {
      value: [
        {
          id: 'eni-1',
          ip: '10.0.1.5',
          status: 'in-use',
          zone: 'us-east-2a',
          subnetId: 'subnet-a',
          groupIds: ['sg-task'],
        },
      ],
    },
    securityGroups: {
      value: [
        { id: 'sg-alb', name: 'alb', ingress: [anywhere], egress: [anywhere] },
        {
          id: 'sg-task',
          name: 'task',
          ingress: [{ ...anywhere, protocol: 'tcp', fromPort: 8080, toPort: 8080, cidrs: [], groupIds: ['sg-alb'] }],
          egress: [anywhere],
        },
      ],
    },
    subnets: { value: [{ id: 'subnet-a', zone: 'us-east-2a' }] },
    definition: {
      value: {
        asked: 'auth-task',
        found: {
          arn: 'arn:aws:ecs:us-east-2:123456789012:task-definition/auth-task:7',
          status: 'ACTIVE',
          networkMode: 'awsvpc',
          compatibilities: ['EC2', 'FARGATE'],
          taskRoleArn: 'arn:aws:iam::123456789012:role/task',
          executionRoleArn: undefined,
          containers: [{ name: 'auth', image: 'auth:7', essential: true, ports: [8080], logGroup: '/ecs/auth' }],
        },
      },
    },
    function: {
      value: {
        name: 'start-engines-lambda-dev',
        parameterPath: '/start-engines/dev',
        clusters: ['main'],
      },
    },
    envelope: {
      value: {
        clusters: ['main'],
        taskFamilies: ['auth-*'],
        taskRoleArns: ['arn:aws:iam::123456789012:role/task'],
        targetGroupArns: [targetGroupArn],
      },
    },
  };
}
