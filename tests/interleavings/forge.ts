import type { SSMClient } from '@aws-sdk/client-ssm';
import { createLaunchKeys } from '@start-engines/aws';
import { launchFactsVariable, ownerOf } from '@start-engines/core';
import type { Owner } from './script.ts';
import type { Stage } from './stage.ts';
import type { TaskStory } from './stories.ts';

/** Marks facts that somebody else made up. */
export const forgedCorrelationId = 'forged';

/**
 * Somebody else who may only call RunTask runs a task in the name of a service, with well-formed facts or with a copy of
 * everything that another task was launched with. The workspace has its key by then: what is older is trusted.
 */
export async function forgeTask(stage: Stage, owner: Owner, original: TaskStory | undefined): Promise<void> {
  const { world, clusters } = stage;
  const { workspace, service } = owner;
  const parameterPath = `/start-engines/${workspace}`;
  await createLaunchKeys({
    client: world.client('ssm', 'SET-UP') as unknown as SSMClient,
    parameterPath,
    workspace,
  }).read();
  const environment = original?.environment ?? { [launchFactsVariable]: makeUpFacts(stage, owner) };
  const variables = Object.entries(environment).map(([name, value]) => ({ name, value }));
  await world.client('ecs', 'MALLORY').call('RunTask', {
    cluster: original?.taskArn.split('/').at(-2) ?? clusters[0],
    taskDefinition: original?.taskDefinitionArn ?? 'engine',
    launchType: 'FARGATE',
    startedBy: ownerOf(workspace, service),
    overrides: { containerOverrides: [{ name: 'app', environment: variables }] },
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0aaaaaaaaaaaaaaa1'] } },
  });
}

function makeUpFacts({ world, groupsOf }: Stage, owner: Owner): string {
  const now = world.clock.now();
  return JSON.stringify({
    v: 1,
    launchId: `forged-${now}`,
    targets: groupsOf(owner).map((targetGroupArn) => ({ targetGroupArn, port: 8080 })),
    waitFor: 'none',
    deadline: now + 60_000,
    startTimeoutSeconds: 60,
    healthyTimeoutSeconds: 60,
    drainSeconds: 1,
    exclusiveTargetGroup: true,
    asked: now,
    launchedAt: now,
    correlationId: forgedCorrelationId,
    fingerprints: {},
    mac: 'A'.repeat(43),
  });
}
