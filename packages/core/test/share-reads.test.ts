import { expect, test } from 'vitest';
import type { Ports, TaskRunner } from '../src/model/ports.ts';
import type { Task } from '../src/model/task.ts';
import { shareReads } from '../src/session/share-reads.ts';

const task = (name: string) => ({ taskArn: `task/${name}`, startedBy: `ours/${name}` }) as Task;
const names = Array.from({ length: 12 }, (_, index) => `service-${index}`);

/** Ports with a manual clock that record the requests to ECS. */
function openPorts(tasks: Partial<TaskRunner> = {}) {
  const asked: string[] = [];
  const wake: (() => void)[] = [];
  const runner: Partial<TaskRunner> = {
    async list(cluster, startedBy) {
      asked.push(`list ${cluster} ${startedBy}`);
      return [startedBy.replace('ours', 'task')];
    },
    async listCluster(cluster, desiredStatus) {
      asked.push(`list ${cluster} ${desiredStatus}`);
      return [...names.map((name) => `task/${name}`), 'task/foreign'];
    },
    async describe(cluster, taskArns) {
      asked.push(`describe ${taskArns.length} in ${cluster}`);
      const known = [...names.map(task), { taskArn: 'task/foreign', startedBy: 'theirs' } as Task];
      const found = known.filter(({ taskArn }) => taskArns.includes(taskArn));
      return { tasks: found, missing: taskArns.filter((arn) => found.every(({ taskArn }) => taskArn !== arn)) };
    },
    ...tasks,
  };
  const clock = { now: () => 0, sleep: () => new Promise<void>((resolve) => wake.push(resolve)) };
  const shared = shareReads({ tasks: runner, clock } as unknown as Ports).tasks;
  return { asked, shared, pass: () => wake.splice(0).forEach((resolve) => void resolve()) };
}

test('many services of one cluster are found with one list of the whole cluster, and each gets its own tasks', async () => {
  const { asked, shared, pass } = openPorts();
  const lists = names.map((name) => shared.list('cluster', `ours/${name}`, 'RUNNING'));
  pass();
  expect(await Promise.all(lists)).toEqual(names.map((name) => [`task/${name}`]));
  expect(asked).toEqual(['list cluster RUNNING', 'describe 13 in cluster']);
});

test('a few services are listed one by one, because the cluster may contain many other tasks', async () => {
  const { asked, shared, pass } = openPorts();
  const lists = names.slice(0, 9).map((name) => shared.list('cluster', `ours/${name}`, 'STOPPED'));
  pass();
  expect((await Promise.all(lists)).flat()).toHaveLength(9);
  expect(asked).toHaveLength(9);
});

test('one call describes the tasks of several services, and each gets its own tasks and its own missing ones', async () => {
  const { asked, shared, pass } = openPorts();
  const one = shared.describe('cluster', ['task/service-1', 'task/service-2']);
  const other = shared.describe('cluster', ['task/service-2', 'task/gone']);
  pass();
  expect((await one).tasks.map(({ taskArn }) => taskArn)).toEqual(['task/service-1', 'task/service-2']);
  expect(await other).toEqual({ tasks: [task('service-2')], missing: ['task/gone'] });
  expect(asked).toEqual(['describe 3 in cluster']);
});

test('a request during another read is answered by a later read', async () => {
  const { asked, shared, pass } = openPorts();
  const first = shared.describe('cluster', ['task/service-1']);
  pass();
  await Promise.resolve();
  const second = shared.describe('cluster', ['task/service-1']);
  await first;
  expect(asked).toHaveLength(1);
  pass();
  await second;
  expect(asked).toHaveLength(2);
});

test('a failed read fails all requests that wait for it, and no later request', async () => {
  let calls = 0;
  const { shared, pass } = openPorts({
    async describe() {
      calls += 1;
      if (calls === 1) throw new Error('refused');
      return { tasks: [], missing: [] };
    },
  });
  const asked = [shared.describe('cluster', ['a']), shared.describe('cluster', ['b'])];
  pass();
  await expect(Promise.allSettled(asked)).resolves.toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
  const later = shared.describe('cluster', ['a']);
  pass();
  await expect(later).resolves.toEqual({ tasks: [], missing: ['a'] });
});
