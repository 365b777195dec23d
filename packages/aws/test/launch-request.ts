import { createSecretKey } from 'node:crypto';
import type { LaunchFacts, LaunchKey, LaunchKeys, LaunchRequest } from '@start-engines/core';
import { createEcsTaskRunner } from '../src/index.ts';
import type { CannedAws } from './canned-aws.ts';

/** 2026-11-23T09:00:00Z, later than all times in the tests. */
export const clock = { now: () => 1_795_424_400_000 };

/** The key is newer than the tests' tasks, so their facts are trusted. */
export const launchKey: LaunchKey = {
  workspace: 'dev',
  secret: createSecretKey(Buffer.alloc(32, 'k')),
  createdAt: clock.now(),
};

export const launchKeys: LaunchKeys = { read: async () => launchKey };

export const facts: LaunchFacts = {
  launchId: 'launch-1',
  targets: [
    {
      targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/auth/0123456789abcdef',
      port: 8080,
    },
  ],
  waitFor: 'healthy',
  deadline: 1_795_420_800_000,
  healthyTimeoutSeconds: 120,
  drainSeconds: 15,
  exclusiveTargetGroup: true,
  asked: 1_795_420_500_000,
  correlationId: 'correlation-1',
  fingerprints: { port: 'abcd1234' },
};

export const launchRequest: LaunchRequest = {
  cluster: 'engines',
  taskDefinition: 'auth',
  capacity: { launchType: 'FARGATE' },
  subnets: ['subnet-1', 'subnet-2'],
  securityGroups: ['sg-1'],
  assignPublicIp: 'DISABLED',
  containerName: 'web',
  ports: [8080],
  environment: { LEVEL: 'debug' },
  startedBy: 'start-engines/dev/auth',
  clientToken: 'token-1',
  facts,
};

const { containerName: _, ...withoutContainerName } = launchRequest;
export const unnamedRequest: LaunchRequest = withoutContainerName;

export const taskArn = 'arn:aws:ecs:us-east-2:123456789012:task/engines/1';

export function runner(aws: CannedAws) {
  return createEcsTaskRunner({ client: aws.clients.ecs, clock, launchKeys });
}

/** An error reply of ECS. */
export function rejected(type: string, message: string) {
  return { status: 400, json: { __type: type, message } };
}
