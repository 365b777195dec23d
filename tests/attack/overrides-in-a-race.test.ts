import type { StartEnginesError, StartOverrides } from '@start-engines/core';
import { expect, test } from 'vitest';
import { openEngineRoom } from '../operations/engine-room.ts';

// Attack review, finding 4: the start that lost the race adopted the other one's task and answered 200.

const requests: [StartOverrides, StartOverrides, string][] = [
  [{ environment: { MODE: 'blue' } }, { environment: { MODE: 'green' } }, 'environment.MODE'],
  [{ taskDefinition: 'auth-api-task:1' }, { taskDefinition: 'auth-api-task:2' }, 'taskDefinition'],
];

test.each(requests)(
  'if two starts are concurrent, %j and %j, the loser fails and names what was not applied',
  async (...args) => {
    const [first, second, field] = args;
    const allowOverrides = { environment: ['MODE'], taskDefinition: ['auth-api-task:*'] };
    const room = await openEngineRoom({ mapping: { allowOverrides, containerName: 'app' } });
    await room.world.client('ecs', 'SET-UP').call('RegisterTaskDefinition', {
      family: 'auth-api-task',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'app', image: 'engine', portMappings: [{ containerPort: 8080 }] }],
    });
    const start = (overrides: StartOverrides, caller: string) =>
      room.start({ overrides }, { caller }).then(
        () => 'started',
        ({ code, context }: StartEnginesError) => `${code} ${context.fields}`,
      );
    const both = [start(first, 'LAMBDA-1'), start(second, 'LAMBDA-2')];
    expect(await room.world.finish(Promise.all(both))).toEqual(['started', `OverrideNotApplied ${field}`]);
    expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
  },
);
