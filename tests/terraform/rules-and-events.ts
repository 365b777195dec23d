import { TestEventPatternCommand } from '@aws-sdk/client-eventbridge';
import { expect, test } from 'vitest';
import type { DeployedWorld } from './support/deployed-world.ts';
import type { Deployment } from './support/deployment.ts';

type Json = Readonly<Record<string, unknown>>;

const cluster = (name: string) => `arn:aws:ecs:us-east-2:123456789012:cluster/${name}`;
const request = (detailType: string, detail: Json, source = 'custom.app') => ({
  source,
  'detail-type': detailType,
  detail,
});
const task = (detail: Json, detailType = 'ECS Task State Change') =>
  request(
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
  ['a start', request('Start ECS Task', { service: 'auth' }), ['dev start']],
  ['a start of another application', request('Start ECS Task', { service: 'auth' }, 'billing'), ['dev start']],
  ['a stop of several', request('Stop ECS Tasks', { services: ['auth'] }), ['dev stop']],
  ['a stop of one', request('Stop ECS Tasks', { service: 'auth' }), ['dev stop']],
  ['a restart', request('Restart ECS Task', { service: 'auth' }), ['dev restart']],
  ['a running task of dev', task({}), ['dev task-state']],
  ['a stopping task of dev', task({ desiredStatus: 'STOPPED' }), ['dev task-state']],
  ['a stopped task of dev', task({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED' }), ['dev task-state']],
  ['a pending task of dev', task({ lastStatus: 'PENDING' }), []],
  ['a start for dev', request('Start ECS Task', { service: 'auth', workspace: 'dev' }), ['dev start']],
  ['a start for prod', request('Start ECS Task', { service: 'auth', workspace: 'prod' }), ['prod start']],
  ['a stop for prod', request('Stop ECS Tasks', { services: ['auth'], workspace: 'prod' }), ['prod stop']],
  ['a restart for prod', request('Restart ECS Task', { service: 'auth', workspace: 'prod' }), ['prod restart']],
  ['a stop for an unknown workspace', request('Stop ECS Tasks', { services: ['auth'], workspace: 'qa' }), []],
  ['a running task of prod', task({ startedBy: 'start-engines/prod/auth' }), ['prod task-state']],
  ['a task of a workspace with a longer name', task({ startedBy: 'start-engines/dev2/auth' }), []],
  ['a task of an ECS service', task({ startedBy: 'ecs-svc/1234567890123456789' }), []],
  ['a task in another cluster', task({ clusterArn: cluster('payroll') }), []],
  ['another event of ECS', task({}, 'ECS Deployment State Change'), []],
  ['a start from an AWS source', request('Start ECS Task', { service: 'auth' }, 'aws.events'), []],
  ['an unknown detail type', request('Start ECS Tasks', { service: 'auth' }), []],
  ['our own outcome', request('Service Started', { service: 'auth' }, 'start-engines'), []],
];

/** Registers a test for each event: the rules of dev and prod, which share the bus, must match as listed. */
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
