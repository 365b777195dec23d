import { TestEventPatternCommand } from '@aws-sdk/client-eventbridge';
import { expect, test } from 'vitest';
import type { DeployedWorld } from './support/deployed-world.ts';
import type { Deployment } from './support/deployment.ts';

type Json = Readonly<Record<string, unknown>>;

const cluster = (name: string) => `arn:aws:ecs:us-east-2:123456789012:cluster/${name}`;
const asked = (detailType: string, detail: Json, source = 'custom.app') => ({
  source,
  'detail-type': detailType,
  detail,
});
const task = (detail: Json, detailType = 'ECS Task State Change') =>
  asked(
    detailType,
    {
      clusterArn: cluster('auth-cluster'),
      startedBy: 'start-engines/dev/auth',
      lastStatus: 'RUNNING',
      desiredStatus: 'RUNNING',
      ...detail,
    },
    'aws.ecs',
  );

const events: readonly (readonly [what: string, event: Json, rules: readonly string[]])[] = [
  ['a start', asked('Start ECS Task', { service: 'auth' }), ['dev start']],
  ['a start of another application', asked('Start ECS Task', { service: 'auth' }, 'billing'), ['dev start']],
  ['a stop of several', asked('Stop ECS Tasks', { services: ['auth'] }), ['dev stop']],
  ['a stop of one', asked('Stop ECS Tasks', { service: 'auth' }), ['dev stop']],
  ['a restart', asked('Restart ECS Task', { service: 'auth' }), ['dev restart']],
  ['a task of ours that runs', task({}), ['dev task-state']],
  ['a task of ours that is to stop', task({ desiredStatus: 'STOPPED' }), ['dev task-state']],
  ['a task of ours that has stopped', task({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED' }), ['dev task-state']],
  ['a task of ours on its way', task({ lastStatus: 'PENDING' }), []],
  ['a start for dev', asked('Start ECS Task', { service: 'auth', workspace: 'dev' }), ['dev start']],
  ['a start for prod', asked('Start ECS Task', { service: 'auth', workspace: 'prod' }), ['prod start']],
  ['a stop for prod', asked('Stop ECS Tasks', { services: ['auth'], workspace: 'prod' }), ['prod stop']],
  ['a restart for prod', asked('Restart ECS Task', { service: 'auth', workspace: 'prod' }), ['prod restart']],
  ['a stop for a workspace that is not there', asked('Stop ECS Tasks', { services: ['auth'], workspace: 'qa' }), []],
  ['a task of prod that runs', task({ startedBy: 'start-engines/prod/auth' }), ['prod task-state']],
  ['a task of a workspace with a longer name', task({ startedBy: 'start-engines/dev2/auth' }), []],
  ['a task of an ECS service', task({ startedBy: 'ecs-svc/1234567890123456789' }), []],
  ['a task in a cluster that is not ours', task({ clusterArn: cluster('payroll') }), []],
  ['another event of ECS', task({}, 'ECS Deployment State Change'), []],
  ['a start that AWS would have asked for', asked('Start ECS Task', { service: 'auth' }, 'aws.events'), []],
  ['another word for a start', asked('Start ECS Tasks', { service: 'auth' }), []],
  ['what we tell ourselves', asked('Service Started', { service: 'auth' }, 'start-engines'), []],
];

/** The patterns of dev and prod, which share the bus, against the sandbox's matcher. Registers a test for each event. */
export function rulesAndEvents(world: () => DeployedWorld, deployments: () => readonly Deployment[]): void {
  test.each(events)('%s', async (_what, event, rules) => {
    const envelope = {
      id: '1',
      account: '123456789012',
      region: 'us-east-2',
      time: '2026-11-26T12:00:00Z',
      resources: [],
    };
    const Event = JSON.stringify({ version: '0', ...envelope, ...event });
    const matching: string[] = [];
    for (const { Name, EventPattern } of deployments().flatMap((deployment) => deployment.rules)) {
      const { Result } = await world().clients.events.send(new TestEventPatternCommand({ EventPattern, Event }));
      if (Result) matching.push(Name.replace(/^start-engines-(.+)-(dev|prod)$/, '$2 $1'));
    }
    expect(matching).toEqual(rules);
  });
}
