import type { LaunchFacts, ObservedTarget, Task } from '@start-engines/core';
import type { GroupView, View } from '../src/model/view.ts';

export const at = Date.parse('2026-11-23T08:00:00.000Z');
export const groupArn = 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/auth/0123456789abcdef';
export const secondGroupArn = 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/auth-2/fedcba9876543210';
export const startedBy = 'start-engines/dev/auth';

export function taskArn(id: string): string {
  return `arn:aws:ecs:us-east-2:123456789012:task/auth-cluster/${id}`;
}

export function facts(changes: Partial<LaunchFacts> = {}): LaunchFacts {
  return {
    launchId: 'launch-1',
    targets: [{ targetGroupArn: groupArn, port: 8080 }],
    waitFor: 'running',
    deadline: at + 300_000,
    healthyTimeoutSeconds: 120,
    drainSeconds: 15,
    exclusiveTargetGroup: true,
    asked: at - 10_000,
    correlationId: 'c-1',
    fingerprints: {},
    ...changes,
  };
}

/** A running task of the service at 10.0.1.10, ten seconds old. */
export function task(changes: Partial<Task> = {}): Task {
  return {
    taskArn: taskArn('a'),
    clusterArn: 'arn:aws:ecs:us-east-2:123456789012:cluster/auth-cluster',
    taskDefinitionArn: 'arn:aws:ecs:us-east-2:123456789012:task-definition/auth-api-task:1',
    startedBy,
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    version: 5,
    createdAt: at - 10_000,
    privateIp: '10.0.1.10',
    containers: [],
    facts: facts(),
    ...changes,
  };
}

export function target(state: ObservedTarget['state'], changes: Partial<ObservedTarget> = {}): ObservedTarget {
  return { ip: '10.0.1.10', port: 8080, state, ...changes };
}

export function group(...targets: ObservedTarget[]): GroupView {
  return { targetGroupArn: groupArn, readAt: at, readable: true, targets };
}

export function view(changes: Partial<View> = {}): View {
  return {
    at,
    listedAt: changes.at ?? at,
    scope: 'service',
    groups: [group()],
    exclusiveGroupArns: new Set([groupArn]),
    tasks: [],
    foreign: [],
    registeredByUs: new Map(),
    deregisteredByUs: new Set(),
    drainingSince: new Map(),
    markedSince: new Map(),
    strayingSince: new Map(),
    ...changes,
  };
}
