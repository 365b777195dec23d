import {
  type Ports,
  restartService,
  type StartEnginesError,
  type StartOutcome,
  type StartRequest,
  startService,
} from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

// Attack review, finding 13: launch tokens are scoped to a cluster, and a start may choose its cluster.

const clusters = ['auth-cluster', 'spare-cluster', 'third-cluster'];
const launches = '/start-engines/dev/launches/auth';

async function openThreeClusters(seed = 1): Promise<EngineRoom> {
  const allowOverrides = { cluster: clusters };
  const room = await openEngineRoom({ seed, mapping: { allowOverrides, containerName: 'app' } });
  for (const clusterName of clusters.slice(1)) {
    await room.world.client('ecs', 'SET-UP').call('CreateCluster', { clusterName });
  }
  return room;
}

const ports = (room: EngineRoom, caller: string): Ports => ({ ...room.ports(caller), clusters });

function start(room: EngineRoom, caller: string, request: Partial<StartRequest> = {}, timeoutMs?: number) {
  const whole = { service: 'auth', asked: room.world.clock.now(), overrides: {}, ...request };
  return startService(ports(room, caller), whole, room.context(timeoutMs)).catch((error: StartEnginesError) => error);
}

const inCluster = (cluster: string) => ({ overrides: { cluster } });

const created = (room: EngineRoom) =>
  room.world.ecs.admin.tasks().map(({ clusterArn }) => clusterArn.split('/').at(-1));
const clusterOf = (outcome: StartOutcome | StartEnginesError) =>
  'taskArn' in outcome ? outcome.taskArn.split('/').at(-2) : outcome.name;

/** Writes a claim, as a process that died before its launch would leave it. */
async function claim(room: EngineRoom, cluster: string, newestSeen = 0): Promise<void> {
  await room.world.finish(room.ports('DEAD').launchClaims.write('auth', { cluster, newestSeen }));
}

describe('concurrent starts in different clusters', () => {
  test('one with an override and one without launch one task', async () => {
    const room = await openThreeClusters();
    const both = [start(room, 'CHOOSER', inCluster('spare-cluster')), start(room, 'PLAIN')];
    const [chooser, plain] = await room.world.finish(Promise.all(both));
    expect(created(room)).toEqual(['spare-cluster']);
    expect([chooser, plain]).toMatchObject([{ reused: false }, { reused: true }]);
  });

  test('the start that loses fails with the reason if it requested another cluster', async () => {
    const room = await openThreeClusters();
    const both = [start(room, 'PLAIN'), start(room, 'CHOOSER', inCluster('spare-cluster'))];
    const [plain, chooser] = await room.world.finish(Promise.all(both));
    expect(created(room)).toEqual(['auth-cluster']);
    expect(plain).toMatchObject({ reused: false });
    expect(chooser).toMatchObject({
      name: 'OverrideNotApplied',
      message:
        'Another start is launching service "auth" in cluster auth-cluster, so this start cannot launch it in the requested cluster.',
      context: { service: 'auth', cluster: 'auth-cluster', fields: ['cluster'] },
    });
  });

  test.for([1, 2, 3, 4, 5, 6, 7, 8])('nine starts some milliseconds apart launch one task (seed %i)', async (seed) => {
    const room = await openThreeClusters(seed);
    const choices = [{}, inCluster('spare-cluster'), inCluster('third-cluster')];
    const starting = Array.from({ length: 9 }, async (_, index) => {
      await room.world.clock.sleep(room.world.random.integer(0, 400));
      return start(room, `START-${index}`, choices[index % 3]);
    });
    const outcomes = await room.world.finish(Promise.all(starting));
    const [cluster, ...others] = created(room);
    expect(others).toEqual([]);
    const expected = outcomes.map((_, index) =>
      index % 3 === 0 || cluster === clusters[index % 3] ? cluster : 'OverrideNotApplied',
    );
    expect(outcomes.map(clusterOf)).toEqual(expected);
  });

  test('a restart and a start with an override launch one more task', async () => {
    const room = await openThreeClusters();
    const first = await room.world.finish(start(room, 'PLAIN', { waitFor: 'healthy' }));
    room.world.ecs.admin.crashTask('taskArn' in first ? first.taskArn : '');
    await room.world.clock.advance(60_000);
    const restarting = restartService(
      ports(room, 'RESTARTER'),
      { service: 'auth', asked: room.world.clock.now() },
      room.context(),
    ).catch((error: StartEnginesError) => error);
    const chooser = start(room, 'CHOOSER', inCluster('spare-cluster'));
    await room.world.finish(Promise.all([restarting, chooser]));
    expect(created(room)).toHaveLength(2);
  });
});

describe('a claim on a cluster', () => {
  test('is written only for services whose starts may choose another cluster', async () => {
    const room = await openEngineRoom({ mapping: { allowOverrides: { cluster: ['auth-cluster'] } } });
    await room.world.finish(start(room, 'PLAIN', inCluster('auth-cluster')));
    expect(room.operations({ caller: 'PLAIN' })).not.toContain('PutParameter');
  });

  test('costs one write and one read, and nothing for a start that adopts', async () => {
    const room = await openThreeClusters();
    await room.world.finish(start(room, 'PLAIN'));
    const ssm = (caller: string) => room.world.calls.list({ caller, service: 'ssm' }).map(({ operation }) => operation);
    expect(ssm('PLAIN')).toEqual(['GetParameters', 'PutParameter', 'GetParameters']);
    await room.world.finish(start(room, 'ADOPTER'));
    expect(ssm('ADOPTER')).toEqual(['GetParameters']);
  });

  test('remains valid when its start dies: the next start launches in the claimed cluster', async () => {
    const room = await openThreeClusters();
    await claim(room, 'spare-cluster');
    expect(clusterOf(await room.world.finish(start(room, 'PLAIN')))).toBe('spare-cluster');
  });

  test('makes a start wait until it expires if too little time is left to launch under it', async () => {
    const room = await openThreeClusters();
    await claim(room, 'spare-cluster');
    await room.world.clock.advance(45_000);
    expect(clusterOf(await room.world.finish(start(room, 'PLAIN')))).toBe('auth-cluster');
    expect(created(room)).toEqual(['auth-cluster']);
  });

  test('expires after 90 seconds without a task', async () => {
    const room = await openThreeClusters();
    await claim(room, 'spare-cluster');
    await room.world.clock.advance(90_000);
    expect(clusterOf(await room.world.finish(start(room, 'PLAIN')))).toBe('auth-cluster');
  });

  test('is not extended by later claims', async () => {
    const room = await openThreeClusters();
    await claim(room, 'spare-cluster');
    for (const _ of [1, 2, 3]) {
      await room.world.clock.advance(30_000);
      await claim(room, 'third-cluster');
    }
    expect(clusterOf(await room.world.finish(start(room, 'PLAIN')))).toBe('third-cluster');
    expect(created(room)).toEqual(['third-cluster']);
  });

  test('is ignored once its task has been seen: the next start may choose another cluster', async () => {
    const room = await openThreeClusters();
    const first = await room.world.finish(start(room, 'PLAIN'));
    room.world.ecs.admin.crashTask('taskArn' in first ? first.taskArn : '');
    await room.world.clock.advance(30_000);
    expect(clusterOf(await room.world.finish(start(room, 'CHOOSER', inCluster('spare-cluster'))))).toBe(
      'spare-cluster',
    );
  });

  test('is ignored if the service cannot run in its cluster', async () => {
    const room = await openThreeClusters();
    await claim(room, 'forged-cluster');
    expect(clusterOf(await room.world.finish(start(room, 'PLAIN')))).toBe('auth-cluster');
    expect(room.operations({ caller: 'PLAIN' }).filter((operation) => operation === 'RunTask')).toHaveLength(1);
  });

  test('is ignored if its parameter contains something else', async () => {
    const room = await openThreeClusters();
    const parameter = { Name: launches, Type: 'String', Value: 'something else' };
    await room.world.client('ssm', 'SET-UP').call('PutParameter', parameter);
    expect(clusterOf(await room.world.finish(start(room, 'PLAIN')))).toBe('auth-cluster');
  });

  test('is found even if there are more claims than one page shows', async () => {
    const room = await openThreeClusters();
    await claim(room, 'spare-cluster');
    for (let claims = 0; claims < 24; claims += 1) await claim(room, 'third-cluster');
    expect(clusterOf(await room.world.finish(start(room, 'PLAIN')))).toBe('spare-cluster');
  });

  test('on a cluster where AWS refuses to launch expires, and the start then launches in its own cluster', async () => {
    const room = await openThreeClusters();
    await claim(room, 'spare-cluster');
    const fault = { kind: 'access-denied' } as const;
    const input = { cluster: 'spare-cluster' };
    room.world.faults.plant({ operation: 'RunTask', input, fault, times: Infinity });
    const claimedAt = room.world.clock.now();
    expect(clusterOf(await room.world.finish(start(room, 'PLAIN')))).toBe('auth-cluster');
    expect(room.world.clock.now() - claimedAt).toBeGreaterThanOrEqual(90_000);
    expect(room.operations({ caller: 'PLAIN' }).filter((operation) => operation === 'RunTask')).toHaveLength(2);
  });

  test('that cannot be written fails the start before it launches anything', async () => {
    const room = await openThreeClusters();
    room.world.faults.plant({ operation: 'PutParameter', fault: { kind: 'access-denied' }, times: Infinity });
    expect(await room.world.finish(start(room, 'PLAIN'))).toMatchObject({ name: 'AwsAccessDenied' });
    expect(created(room)).toEqual([]);
  });

  test('is written again when AWS throttles it or does not answer', async () => {
    for (const kind of ['throttle', 'drop-before', 'drop-after'] as const) {
      const room = await openThreeClusters();
      room.world.faults.plant({ operation: 'PutParameter', caller: 'CHOOSER', fault: { kind }, times: 2 });
      const chooser = start(room, 'CHOOSER', inCluster('spare-cluster'));
      await room.world.clock.advance(1_500);
      const plain = start(room, 'PLAIN');
      await room.world.finish(Promise.all([chooser, plain]));
      expect(created(room)).toHaveLength(1);
    }
  });
});

describe('a delayed launch', () => {
  test.for([1, 20, 45, 80, 89, 91, 120])('and a start %i s later make one task', async (seconds) => {
    const room = await openThreeClusters();
    const throttle = { operation: 'RunTask', fault: { kind: 'throttle' }, times: Infinity } as const;
    room.world.faults.plant({ ...throttle, caller: 'CHOOSER' });
    room.world.faults.plant({ ...throttle, caller: 'PLAIN' });
    const chooser = start(room, 'CHOOSER', inCluster('spare-cluster'));
    await room.world.clock.advance(seconds * 1_000);
    const plain = start(room, 'PLAIN');
    await room.world.clock.advance(30_000);
    room.world.faults.clear();
    const outcomes = await room.world.finish(Promise.all([chooser, plain]));
    const [cluster = '', ...others] = created(room);
    expect(others).toEqual([]);
    expect(outcomes.map(clusterOf)).toEqual([cluster === 'spare-cluster' ? cluster : 'OverrideNotApplied', cluster]);
    const late = await room.world.finish(start(room, 'LATE', inCluster(cluster)));
    expect(late).toMatchObject({ reused: true });
  });

  test('whose claim AWS does not answer is decided again with a new look', async () => {
    const room = await openThreeClusters();
    const throttle = { fault: { kind: 'throttle' }, times: Infinity } as const;
    room.world.faults.plant({ ...throttle, operation: 'RunTask', caller: 'CHOOSER' });
    room.world.faults.plant({ ...throttle, operation: 'PutParameter', caller: 'PLAIN' });
    const chooser = start(room, 'CHOOSER', inCluster('spare-cluster'));
    await room.world.clock.advance(1_000);
    const plain = start(room, 'PLAIN');
    await room.world.clock.advance(20_000);
    room.world.faults.clear();
    room.world.faults.plant({ ...throttle, operation: 'PutParameter', caller: 'PLAIN' });
    await room.world.clock.advance(70_000);
    room.world.faults.clear();
    await room.world.finish(Promise.all([chooser, plain]));
    expect(created(room)).toEqual(['spare-cluster']);
  });

  test('that takes effect late is found by later starts that may choose a cluster', async () => {
    const room = await openThreeClusters();
    room.world.faults.plant({ operation: 'RunTask', caller: 'CHOOSER', fault: { kind: 'latency', delayMs: 25_000 } });
    const chooser = start(room, 'CHOOSER', inCluster('spare-cluster'));
    await room.world.clock.advance(20_000);
    const plain = start(room, 'PLAIN');
    await room.world.finish(Promise.all([chooser, plain]));
    expect(created(room)).toEqual(['spare-cluster']);
  });
});
