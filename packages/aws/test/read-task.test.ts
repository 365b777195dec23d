import { encodeLaunchFacts } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { createEcsTaskRunner, readTask as readEcsTask } from '../src/index.ts';
import { startCannedAws } from './canned-aws.ts';
import { clock, facts, launchKeys } from './launch-request.ts';

const taskArn = 'arn:aws:ecs:us-east-2:123456789012:task/engines/1';

async function readTask(fields: Record<string, unknown>) {
  await using aws = await startCannedAws(() => ({ json: { tasks: [{ taskArn, ...fields }], failures: [] } }));
  const { tasks } = await createEcsTaskRunner({ client: aws.clients.ecs, clock, launchKeys }).describe('engines', [
    taskArn,
  ]);
  const [task] = tasks;
  if (task === undefined) throw new Error('no task was read');
  return task;
}

function networkInterface(status: string, privateIp?: string, type = 'ElasticNetworkInterface') {
  const address = privateIp === undefined ? [] : [{ name: 'privateIPv4Address', value: privateIp }];
  return { id: 'eni', type, status, details: [{ name: 'subnetId', value: 'subnet-1' }, ...address] };
}

test('all fields of a running task are read', async () => {
  const task = await readTask({
    clusterArn: 'arn:aws:ecs:us-east-2:123456789012:cluster/engines',
    taskDefinitionArn: 'arn:aws:ecs:us-east-2:123456789012:task-definition/auth:3',
    startedBy: 'start-engines/dev/auth',
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    version: 5,
    createdAt: 1_795_420_500.25,
    attachments: [networkInterface('ATTACHED', '10.0.1.37')],
    containers: [{ name: 'web', lastStatus: 'RUNNING', image: 'auth' }],
    overrides: {
      containerOverrides: [
        { name: 'sidecar' },
        { name: 'web', environment: [{ name: 'START_ENGINES_LAUNCH_FACTS', value: encodeLaunchFacts(facts) }] },
      ],
    },
    tags: [
      { key: 'team', value: 'x' },
      // Tags of other systems.
      { key: 'created', value: '2026-11-23T09:00:00.000Z' },
      { key: 'owner', value: '2026-11-23T09:00:00.000Z/stop' },
      { key: 'start-engines:retire', value: '2026-11-23T06:30:00.000Z/stop' },
      { key: 'start-engines:retire.0', value: '2026-11-23T08:00:00.000Z/stop' },
      { key: 'start-engines:retire.5', value: '2026-11-23T08:30:00.000Z/restart' },
      { key: 'start-engines:asked.7', value: '2026-11-23T07:00:00.000Z' },
      { key: 'start-engines:asked.39', value: '2026-11-23T06:00:00.000Z' },
    ],
  });
  expect(task).toEqual({
    taskArn,
    clusterArn: 'arn:aws:ecs:us-east-2:123456789012:cluster/engines',
    taskDefinitionArn: 'arn:aws:ecs:us-east-2:123456789012:task-definition/auth:3',
    startedBy: 'start-engines/dev/auth',
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    version: 5,
    createdAt: 1_795_420_500_250,
    mainContainer: 'web',
    privateIp: '10.0.1.37',
    containers: [{ name: 'web', lastStatus: 'RUNNING' }],
    facts,
    retire: { asked: Date.UTC(2026, 10, 23, 8), by: 'stop' },
    marks: [
      { asked: Date.UTC(2026, 10, 23, 6, 30), by: 'stop' },
      { asked: Date.UTC(2026, 10, 23, 8), by: 'stop' },
      { asked: Date.UTC(2026, 10, 23, 8, 30), by: 'restart' },
    ],
    adoptedAsked: Date.UTC(2026, 10, 23, 7),
  });
});

describe("invariant 8: a stop's mark counts less than a restart's if the task was requested later", () => {
  // Requested at 07:55 by its launch, and by an adopter at the time in each row.
  const environment = [{ name: 'START_ENGINES_LAUNCH_FACTS', value: encodeLaunchFacts(facts) }];
  const restart = { key: 'start-engines:retire.0', value: '2026-11-23T06:00:00.000Z/restart' };

  test.each([
    ['than the stop, by its launch', '07:00', '07:30', { asked: Date.UTC(2026, 10, 23, 6), by: 'restart' }],
    ['than the stop, by an adopter', '08:00', '07:58', { asked: Date.UTC(2026, 10, 23, 6), by: 'restart' }],
    ['without an adopter', '08:00', '08:01', { asked: Date.UTC(2026, 10, 23, 8, 1), by: 'stop' }],
  ])('%s', async (_what, adopted, stop, retire) => {
    const task = await readTask({
      overrides: { containerOverrides: [{ name: 'web', environment }] },
      tags: [
        { key: 'start-engines:asked.1', value: `2026-11-23T${adopted}:00.000Z` },
        restart,
        { key: 'start-engines:retire.1', value: `2026-11-23T${stop}:00.000Z/stop` },
      ],
    });
    expect(task.retire).toEqual(retire);
  });
});

test('R21: a stopped task has its reasons, container by container, and the mark in its stop reason', async () => {
  const task = await readTask({
    lastStatus: 'STOPPED',
    desiredStatus: 'STOPPED',
    stopCode: 'UserInitiated',
    stoppedReason: 'restart@2026-11-23T08:00:00.000Z',
    containers: [
      { name: 'web', lastStatus: 'STOPPED', exitCode: 137, reason: 'OutOfMemoryError' },
      { name: 'sidecar', lastStatus: 'STOPPED', exitCode: 0 },
    ],
  });
  expect(task).toMatchObject({
    stopCode: 'UserInitiated',
    stoppedReason: 'restart@2026-11-23T08:00:00.000Z',
    retire: { asked: Date.UTC(2026, 10, 23, 8), by: 'restart' },
    containers: [
      { name: 'web', lastStatus: 'STOPPED', exitCode: 137, reason: 'OutOfMemoryError' },
      { name: 'sidecar', lastStatus: 'STOPPED', exitCode: 0 },
    ],
  });
});

test('facts of an unknown version are not read', async () => {
  const environment = [{ name: 'START_ENGINES_LAUNCH_FACTS', value: '{"v":99}' }];
  expect(await readTask({ overrides: { containerOverrides: [{ name: 'web', environment }] } })).not.toHaveProperty(
    'facts',
  );
});

describe('R22: the address', () => {
  const running = { lastStatus: 'RUNNING', desiredStatus: 'RUNNING' };
  const stopped = { lastStatus: 'STOPPED', desiredStatus: 'STOPPED' };
  const table: readonly (readonly [what: string, fields: Record<string, unknown>, privateIp: string | undefined])[] = [
    ['is undefined before the interface has one', { attachments: [networkInterface('PRECREATED')] }, undefined],
    [
      'is that of the attached interface, not of the first one',
      {
        attachments: [
          networkInterface('DETACHED', '10.0.0.1'),
          networkInterface('ATTACHED', '10.0.0.2', 'ServiceConnect'),
          networkInterface('ATTACHING', '10.0.0.3'),
          networkInterface('ATTACHED', '10.0.0.4'),
        ],
      },
      '10.0.0.4',
    ],
    ["can be in an event's `eni`", { attachments: [networkInterface('ATTACHED', '10.0.0.4', 'eni')] }, '10.0.0.4'],
    [
      'of a deleted interface does not count for a running task',
      { attachments: [networkInterface('DELETED', '10.0.0.4')] },
      undefined,
    ],
    [
      'of a deleted interface counts for an ended task',
      { ...stopped, attachments: [networkInterface('DELETED', '10.0.0.4')] },
      '10.0.0.4',
    ],
    [
      'is that of a container if no attachment has one',
      { containers: [{ name: 'a' }, { name: 'b', networkInterfaces: [{ privateIpv4Address: '10.0.0.5' }] }] },
      '10.0.0.5',
    ],
  ];

  test.each(table)('%s', async (_what, fields, privateIp) => {
    expect((await readTask({ ...running, ...fields })).privateIp).toBe(privateIp);
  });
});

// Public bug reports, case 08: a task with only an IPv6 address had no address.
describe('the IPv6 address', () => {
  const running = { lastStatus: 'RUNNING', desiredStatus: 'RUNNING' };
  const attached = (...details: readonly (readonly [string, string])[]) => ({
    attachments: [{ ...networkInterface('ATTACHED'), details: details.map(([name, value]) => ({ name, value })) }],
  });
  const container = (networkInterfaces: readonly object[]) => ({
    containers: [{ name: 'a' }, { name: 'b', networkInterfaces }],
  });

  test.each([
    ['only an attachment', attached(['privateIPv6Address', '2001:db8::5']), '2001:db8::5', '2001:db8::5'],
    [
      'an attachment with both',
      attached(['privateIPv6Address', '2001:db8::5'], ['privateIPv4Address', '10.0.0.5']),
      '10.0.0.5',
      '2001:db8::5',
    ],
    ['only a container', container([{ ipv6Address: '2001:db8::6' }]), '2001:db8::6', '2001:db8::6'],
    [
      'a container if the attachment has only the IPv4 address',
      { ...attached(['privateIPv4Address', '10.0.0.5']), ...container([{ ipv6Address: '2001:db8::6' }]) },
      '10.0.0.5',
      '2001:db8::6',
    ],
    [
      'an attachment in its long form',
      attached(['privateIPv6Address', '2001:0DB8:0:0::0005']),
      '2001:db8::5',
      '2001:db8::5',
    ],
    ['nothing if there is only an IPv4 address', attached(['privateIPv4Address', '10.0.0.5']), '10.0.0.5', undefined],
    ['nothing if the value is empty', attached(['privateIPv6Address', '']), undefined, undefined],
  ])('comes from %s', async (_where, fields, privateIp, privateIpv6) => {
    const task = await readTask({ ...running, ...fields });
    expect([task.privateIp, task.privateIpv6]).toEqual([privateIp, privateIpv6]);
  });
});

test('a task is read without a clock', () => {
  const details = [{ name: 'privateIPv6Address', value: '2001:db8::5' }];
  const attachments = [{ type: 'ElasticNetworkInterface', status: 'ATTACHED', details }];
  expect(readEcsTask({ taskArn, attachments }).privateIp).toBe('2001:db8::5');
});
