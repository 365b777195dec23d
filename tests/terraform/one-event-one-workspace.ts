import { type Sandbox, startSandbox } from '@start-engines/sandbox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { putEvents } from '../../scripts/demo/put-events.ts';
import { createWorldClients, type WorldClients } from '../../scripts/world/clients.ts';
import type { Deployment } from './support/deployment.ts';
import { rebuildWorld } from './support/rebuild-world.ts';

const until = { timeout: 50_000, interval: 50 };

/** Registers tests with two workspaces in one sandbox and on one bus. The first one accepts unaddressed events. */
export function oneEventOneWorkspace(
  [accepting, other]: readonly [accepting: string, other: string],
  deployments: () => readonly Deployment[],
): void {
  let sandbox: Sandbox;
  let clients: WorldClients;

  beforeAll(async () => {
    sandbox = await startSandbox({ speed: 10 });
    console.log(`seed ${sandbox.seed}`);
    clients = createWorldClients(sandbox.endpoint);
    for (const deployment of deployments()) await rebuildWorld(sandbox, clients, deployment);
  }, 120_000);
  afterAll(async () => {
    clients.destroy();
    await sandbox.close();
  });

  const running = () =>
    sandbox.ecs
      .tasks()
      .filter(({ desiredStatus }) => desiredStatus === 'RUNNING')
      .map(({ startedBy = '' }) => startedBy.replace('start-engines/', ''))
      .sort();
  const outcomes = () =>
    sandbox.events
      .recent()
      .filter(({ source }) => source === 'start-engines')
      .map(({ detail, ...event }) => `${event['detail-type']} ${detail.workspace}/${detail.service}`);
  const quiet = () => expect.poll(() => sandbox.lambda.pendingEvents(), until).toBe(0);

  // Terraform review, finding 1.
  test('an event without a workspace reaches only the workspace that accepts it', async () => {
    await putEvents(clients, 'Start ECS Task', [{ service: 'pdf' }]);
    await expect.poll(outcomes, until).toEqual([`Service Started ${accepting}/pdf`]);
    await quiet();
    expect(running()).toEqual([`${accepting}/pdf`]);
  });

  test('an event with a workspace reaches only that workspace', async () => {
    await putEvents(clients, 'Start ECS Task', [{ service: 'pdf', workspace: other }]);
    await expect.poll(outcomes, until).toEqual([`Service Started ${accepting}/pdf`, `Service Started ${other}/pdf`]);
    await putEvents(clients, 'Stop ECS Tasks', [{ services: ['pdf'], workspace: accepting }]);
    await expect.poll(running, until).toEqual([`${other}/pdf`]);
    await quiet();
    expect(outcomes().filter((outcome) => !outcome.startsWith('Service Started'))).toEqual([
      `Service Stopped ${accepting}/pdf`,
    ]);
  });

  test('a crash of one workspace’s task is reported only by that workspace', async () => {
    const [task] = sandbox.ecs.tasks().filter(({ startedBy }) => startedBy === `start-engines/${other}/pdf`);
    sandbox.ecs.crashTask(task?.taskArn ?? '');
    const interrupted = () => new Set(outcomes().filter((outcome) => outcome.startsWith('Service Interrupted')));
    await expect.poll(interrupted, until).toEqual(new Set([`Service Interrupted ${other}/pdf`]));
    await quiet();
    expect(interrupted()).toEqual(new Set([`Service Interrupted ${other}/pdf`]));
  });
}
