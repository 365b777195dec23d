import { describeService, describeServices, type Ports, type ServiceStatus, startService } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

// House review, section 8: one deleted cluster, or one read that was throttled for long, failed the status of every
// service.

const always = { times: Number.POSITIVE_INFINITY };
const denied = { fault: { kind: 'access-denied' }, ...always } as const;
const throttled = { fault: { kind: 'throttle' } } as const;

/** `auth` is up in one cluster; `pdf` is down in another. */
async function openTwoClusters(pdfCluster = 'pdf-cluster'): Promise<{ room: EngineRoom; ports: Ports }> {
  const room = await openEngineRoom();
  await room.world.client('ecs', 'SET-UP').call('CreateCluster', { clusterName: 'pdf-cluster' });
  await room.world.client('ssm', 'SET-UP').call('PutParameter', {
    Name: '/start-engines/dev/services/pdf',
    Type: 'String',
    Value: JSON.stringify({
      cluster: pdfCluster,
      taskDefinition: 'auth-api-task',
      port: 8080,
      targetGroupArn: room.secondGroupArn,
      subnets: ['subnet-0aaaaaaaaaaaaaaa1'],
    }),
  });
  const ports: Ports = { ...room.ports(), clusters: ['auth-cluster', pdfCluster] };
  await room.world.finish(startService(ports, { ...asked(room), overrides: {} }, room.context()));
  return { room, ports };
}

const asked = (room: EngineRoom) => ({ service: 'auth', asked: room.world.clock.now() });
const summary = (statuses: readonly ServiceStatus[]) =>
  statuses.map(({ service, tasks, problems }) => [service, tasks.length, (problems ?? []).map(({ code }) => code)]);

/** The status of all, of two by name, and of each alone: the number of tasks, or the error's code. */
async function lookAround(room: EngineRoom, ports: Ports) {
  const one = (service: string) =>
    describeService(ports, service, room.context()).then(
      ({ tasks }) => tasks.length,
      ({ code }) => code,
    );
  const looks = Promise.all([
    describeServices(ports, room.context()),
    describeServices(ports, room.context(), ['auth', 'pdf']),
    Promise.all([one('auth'), one('pdf')]),
  ]);
  const [all, named, each] = await room.world.finish(looks);
  return { all: summary(all), named: summary(named), each };
}

describe('the status of services in two clusters', () => {
  test('is complete if a read is throttled for a while', async () => {
    const { room, ports } = await openTwoClusters();
    for (const operation of ['ListTasks', 'DescribeTasks', 'DescribeTargetHealth']) {
      room.world.faults.plant({ operation, ...throttled, times: 4 });
    }
    const whole = [
      ['auth', 1, []],
      ['pdf', 0, []],
    ];
    expect(await lookAround(room, ports)).toEqual({ all: whole, named: whole, each: [1, 0] });
    const [auth] = await room.world.finish(describeServices(ports, room.context()));
    expect(auth?.targetGroups.map(({ problem }) => problem)).toEqual([undefined]);
  });

  test('shows one service, and names the other whose cluster cannot be read', async () => {
    const { room, ports } = await openTwoClusters();
    room.world.faults.plant({ operation: 'ListTasks', input: { cluster: 'pdf-cluster' }, ...denied });
    const partly = [
      ['auth', 1, []],
      ['pdf', 0, ['AwsAccessDenied']],
    ];
    expect(await lookAround(room, ports)).toEqual({ all: partly, named: partly, each: [1, 'AwsAccessDenied'] });
    const [, pdf] = await room.world.finish(describeServices(ports, room.context()));
    expect(pdf?.problems?.[0]?.message).toMatch(/^Cluster "pdf-cluster" could not be read: ECS ListTasks/);
  });

  test('does not show a service as stopped if its task may be in a cluster that cannot be read', async () => {
    const { room, ports } = await openTwoClusters();
    room.world.faults.plant({ operation: 'ListTasks', input: { cluster: 'auth-cluster' }, ...denied });
    const partly = [
      ['auth', 0, ['AwsAccessDenied']],
      ['pdf', 0, ['AwsAccessDenied']],
    ];
    const each = ['AwsAccessDenied', 'AwsAccessDenied'];
    expect(await lookAround(room, ports)).toEqual({ all: partly, named: partly, each });
  });

  test('names a mapping whose cluster does not exist, and shows the others', async () => {
    const { room, ports } = await openTwoClusters('gone-cluster');
    const partly = [
      ['auth', 1, []],
      ['pdf', 0, ['AwsRejected']],
    ];
    expect(await lookAround(room, ports)).toEqual({ all: partly, named: partly, each: [1, 0] });
    const [, pdf] = await room.world.finish(describeServices(ports, room.context()));
    expect(pdf?.problems).toEqual([
      { code: 'AwsRejected', message: 'The mapping names cluster "gone-cluster", which does not exist.' },
    ]);
  });

  test('is complete if the function’s CLUSTERS names a cluster that does not exist', async () => {
    const { room, ports } = await openTwoClusters();
    const whole = [
      ['auth', 1, []],
      ['pdf', 0, []],
    ];
    const configured = { ...ports, clusters: [...ports.clusters, 'gone-cluster'] };
    expect(await lookAround(room, configured)).toEqual({ all: whole, named: whole, each: [1, 0] });
    expect(room.journal).toContainEqual(expect.objectContaining({ kind: 'aws-trouble', code: 'AwsRejected' }));
  });

  test('shows a task whose mapping cannot be read, and knows the service', async () => {
    const { room, ports } = await openTwoClusters();
    room.world.faults.plant({ operation: 'GetParameters', ...denied });
    const named = await room.world.finish(describeServices(ports, room.context(), ['auth', 'pdf']));
    expect(summary(named)).toEqual([
      ['auth', 1, ['MappingUnavailable']],
      ['pdf', 0, ['MappingUnavailable']],
    ]);
  });

  test('names a service that does not exist, and shows the others', async () => {
    const { room, ports } = await openTwoClusters();
    const named = await room.world.finish(describeServices(ports, room.context(), ['auth', 'nosuch', 'pdf']));
    expect(summary(named)).toEqual([
      ['auth', 1, []],
      ['nosuch', 0, ['UnknownService']],
      ['pdf', 0, []],
    ]);
  });
});
