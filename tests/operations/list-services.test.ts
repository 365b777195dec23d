import { listServices } from '@start-engines/core';
import { expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

async function run(room: EngineRoom, startedBy: string, count = 1): Promise<void> {
  await room.world.client('ecs', 'SET-UP').call('RunTask', {
    cluster: 'auth-cluster',
    taskDefinition: 'auth-api-task',
    launchType: 'FARGATE',
    count,
    startedBy,
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0aaaaaaaaaaaaaaa1'] } },
  });
}

test('the list contains every service with a mapping and every service with a task of this workspace', async () => {
  const room = await openEngineRoom();
  await run(room, 'start-engines/dev/forgotten');
  await run(room, 'start-engines/prod/pdf');
  await run(room, 'ecs-svc/1234567890123456789');
  await room.world.clock.advance(60_000);
  expect(await room.world.finish(listServices(room.ports(), room.context()))).toEqual(['auth', 'forgotten']);
});

test('a task is found on any page of the cluster’s list (R27)', async () => {
  const room = await openEngineRoom();
  for (let batch = 0; batch < 12; batch += 1) await run(room, 'another-owner', 10);
  await run(room, 'start-engines/dev/aaa');
  await run(room, 'start-engines/dev/zzz');
  for (let batch = 0; batch < 12; batch += 1) await run(room, 'another-owner', 10);
  await room.world.clock.advance(60_000);
  expect(await room.world.finish(listServices(room.ports(), room.context()))).toEqual(['aaa', 'auth', 'zzz']);
  expect(room.operations({ caller: 'LAMBDA-1' }).filter((operation) => operation === 'ListTasks')).toHaveLength(3);
});

test('a throttled list is retried, and an error never looks like an empty list', async () => {
  const room = await openEngineRoom();
  room.world.faults.plant({ operation: 'ListTasks', fault: { kind: 'throttle' } });
  expect(await room.world.finish(listServices(room.ports(), room.context()))).toEqual(['auth']);
  room.world.faults.plant({ operation: 'ListTasks', fault: { kind: 'access-denied' } });
  await expect(room.world.finish(listServices(room.ports(), room.context()))).rejects.toMatchObject({
    code: 'AwsAccessDenied',
  });
});

test('a task that ECS lists but does not describe at first is not missed', async () => {
  const room = await openEngineRoom();
  await run(room, 'start-engines/dev/forgotten');
  await room.world.clock.advance(60_000);
  room.world.faults.plant({ operation: 'DescribeTasks', fault: { kind: 'missing' }, times: 2 });
  expect(await room.world.finish(listServices(room.ports(), room.context()))).toEqual(['auth', 'forgotten']);
});
