import { createSecretKey } from 'node:crypto';
import type { LaunchFacts, LaunchKey, LaunchKeys, LaunchRequest } from '@start-engines/core';

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
