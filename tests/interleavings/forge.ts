import { createHash } from 'node:crypto';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { createLaunchKeys } from '@start-engines/aws';
import { launchFactsVariable, ownerOf } from '@start-engines/core';
import type { Owner } from './script.ts';
import type { Stage } from './stage.ts';
import type { TaskStory } from './stories.ts';

/** Marks facts that another principal invented. */
export const forgedCorrelationId = 'forged';

/**
 * A principal that may only call RunTask runs a task in a service's name, with well-formed facts or as a full copy of another
 * task. The workspace has its key by then, because older tasks are trusted.
 *
 * @param after the predecessor whose next launch token to use
 */
export async function forgeTask(
  stage: Stage,
  owner: Owner,
  { original, after }: { readonly original: TaskStory | undefined; readonly after: string | undefined },
): Promise<void> {
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
  const input = {
    cluster: original?.taskArn.split('/').at(-2) ?? clusters[0],
    taskDefinition: original?.taskDefinitionArn ?? 'engine',
    launchType: 'FARGATE',
    startedBy: ownerOf(workspace, service),
    ...(after === undefined ? {} : { clientToken: tokenAfter(after, ownerOf(workspace, service)) }),
    overrides: { containerOverrides: [{ name: 'app', environment: variables }] },
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0aaaaaaaaaaaaaaa1'] } },
  };
  try {
    await world.client('ecs', 'MALLORY').call('RunTask', input);
  } catch (caught) {
    // The service has already used the token.
    if (!(caught instanceof Error) || !refusals.has(caught.name)) throw caught;
  }
}

const refusals = new Set(['ConflictException', 'ThrottlingException']);

/** Any principal can compute it. */
function tokenAfter(predecessor: string, startedBy: string): string {
  return createHash('sha256')
    .update(JSON.stringify([startedBy, predecessor, 0]))
    .digest('hex');
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
