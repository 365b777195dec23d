import { forecastReconcile, reconcileAll, startService } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';
import { type Inheritance, openInheritance, operations, portsOf, putMapping, standing } from './shared-addresses.ts';

// Attack review, findings 11 and 12: tasks of other workspaces, tasks of other owners, and tasks that ECS has forgotten.

const subnets = ['subnet-0aaaaaaaaaaaaaaa1'];

const run = (inheritance: Pick<Inheritance, 'room' | 'endedTaskArn'>, operation: string): Promise<unknown> =>
  inheritance.room.world.finish(operations[operation]?.(inheritance as Inheritance) ?? Promise.reject());

const everyOperation = Object.keys(operations).flatMap((operation) =>
  [true, false].map((exclusive) => ({ operation, exclusive })),
);

describe.for(everyOperation)('a task of another workspace: $operation, exclusiveTargetGroup $exclusive', (cell) => {
  const { operation, exclusive } = cell;

  test('keeps the target of its launch facts', async () => {
    for (const layout of ['same group, other port', 'same group, same port'] as const) {
      const inheritance = await openInheritance(layout, { exclusive, workspace: 'prod' });
      const { room, ip, pdf } = inheritance;
      await run(inheritance, operation);
      expect(standing(room, room.targetGroupArn)).toContain(`${ip}:${pdf.port}`);
    }
  });

  test('gets no traffic for a target that is not in its launch facts', async () => {
    const inheritance = await openInheritance('own group', { exclusive, workspace: 'prod' });
    const { room, ip } = inheritance;
    await run(inheritance, operation);
    expect(standing(room, room.targetGroupArn)).not.toContain(`${ip}:8080`);
    expect(standing(room, room.secondGroupArn)).toEqual([`${ip}:8080`]);
  });
});

test('a service of another workspace in a group that a mapping uses exclusively is reported', async () => {
  const { room } = await openInheritance('same group, other port', { exclusive: true, workspace: 'prod' });
  const outcomes = await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));
  expect(outcomes.flatMap(({ service, remarks }) => remarks.map((remark) => `${service}: ${remark}`))).toEqual([
    `auth: Services prod/pdf also use target group ${room.targetGroupArn}. Set exclusiveTargetGroup to false.`,
  ]);
});

/** A task of `auth` crashed without an event, and a task that this system did not start has got its address. */
async function openStranger(exclusive: boolean) {
  const mapping = exclusive ? {} : { exclusiveTargetGroup: false };
  const room = await openEngineRoom({ mapping: { ...mapping, drainSeconds: 1 } });
  room.world.ecs.admin.setIpReuseChance(1);
  const { taskArn, privateIp } = await room.world.finish(room.start({ waitFor: 'healthy' }));
  room.world.ecs.admin.crashTask(taskArn);
  await room.world.clock.advance(60_000);
  const strangerArn = await runStranger(room);
  await room.world.clock.advance(60_000);
  return { room, endedTaskArn: taskArn, ip: privateIp ?? '', strangerArn };
}

async function runStranger(room: EngineRoom): Promise<string> {
  const networkConfiguration = { awsvpcConfiguration: { subnets } };
  const task = { cluster: 'auth-cluster', taskDefinition: 'auth-api-task', startedBy: 'ecs-svc/123' };
  const input = { ...task, launchType: 'FARGATE', networkConfiguration };
  const { tasks } = await room.world.client('ecs', 'SET-UP').call('RunTask', input);
  return (tasks as { taskArn: string }[])[0]?.taskArn ?? '';
}

describe.for(Object.keys(operations))('a task that this system did not start: %s', (operation) => {
  test('gets no traffic in a group that only the service uses', async () => {
    const stranger = await openStranger(true);
    await run(stranger, operation);
    expect(standing(stranger.room, stranger.room.targetGroupArn)).not.toContain(`${stranger.ip}:8080`);
  });

  test('keeps the target in a shared group', async () => {
    const stranger = await openStranger(false);
    await run(stranger, operation);
    expect(standing(stranger.room, stranger.room.targetGroupArn)).toContain(`${stranger.ip}:8080`);
  });
});

test('every reconcile and dry run reports a target that stays for a task that this system did not start', async () => {
  const { room, endedTaskArn, ip, strangerArn } = await openStranger(false);
  const remark = `Target ${ip}:8080 of target group ${room.targetGroupArn} is left over from task ${endedTaskArn.split('/').at(-1)}. Task ${strangerArn}, which start-engines did not start, has the address now. exclusiveTargetGroup is false, so the target stays: deregister it unless it is that task's.`;
  const expected = [{ service: 'auth', deregistered: [], remarks: [remark] }];
  expect(await room.world.finish(forecastReconcile(room.ports('FORECASTER'), room.context()))).toMatchObject(expected);
  expect(await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()))).toMatchObject(expected);
  expect(await run({ room, endedTaskArn }, 'reconcile of one change')).toMatchObject(expected[0] ?? {});
});

describe('a target of a task that ECS has forgotten', () => {
  for (const exclusive of [true, false]) {
    test(`is deregistered by the scheduled reconcile if another service’s task has the address, exclusiveTargetGroup ${exclusive}`, async () => {
      const { room, ip } = await openInheritance('own group', { exclusive });
      await room.world.clock.advance(90 * 60_000);
      const forecast = await room.world.finish(forecastReconcile(room.ports('FORECASTER'), room.context()));
      expect(forecast).toMatchObject([{ service: 'auth', deregistered: [{ ip, port: 8080 }] }]);
      const outcomes = await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));
      expect(outcomes).toMatchObject([{ service: 'auth', deregistered: [{ ip, port: 8080 }] }]);
      expect(standing(room, room.targetGroupArn)).toEqual([]);
      expect(standing(room, room.secondGroupArn)).toEqual([`${ip}:8080`]);
    });

    test(`stays if another service has registered it since, exclusiveTargetGroup ${exclusive}`, async () => {
      const { room, ip, pdf } = await openInheritance('same group, same port', { exclusive });
      await room.world.clock.advance(90 * 60_000);
      await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));
      expect(standing(room, room.targetGroupArn)).toEqual([`${ip}:${pdf.port}`]);
    });
  }

  test('stays in a shared group if a task that this system did not start has the address', async () => {
    const { room, ip } = await openStranger(false);
    await room.world.clock.advance(90 * 60_000);
    await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));
    expect(standing(room, room.targetGroupArn)).toEqual([`${ip}:8080`]);
  });
});

test('a leftover target of another service in a shared group is left to that service, which reports the end', async () => {
  const inheritance = await openInheritance('same group, other port', { exclusive: false });
  const { room, ip } = inheritance;
  // The task of pdf crashes without an event, too, and users, which has its own group, gets the address.
  const pdf = room.world.ecs.admin.tasks().find((task) => task.startedBy === 'start-engines/dev/pdf');
  room.world.ecs.admin.crashTask(pdf?.taskArn ?? '');
  await room.world.clock.advance(60_000);
  await putMapping(room, '/start-engines/dev/services/users', { port: 8080, targetGroupArn: room.secondGroupArn });
  const request = { service: 'users', asked: room.world.clock.now(), overrides: {}, waitFor: 'healthy' } as const;
  const users = await room.world.finish(startService(portsOf(room, 'USERS'), request, room.context()));
  expect(users.privateIp).toBe(ip);
  await room.world.clock.advance(30_000);
  await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));
  expect(standing(room, room.targetGroupArn)).toEqual([]);
  const interrupted = room.outcomes.filter(({ type }) => type === 'Service Interrupted');
  expect(interrupted.map(({ service }) => service).toSorted()).toEqual(['auth', 'pdf']);
});
