import { DescribeTasksCommand, ListTasksCommand, StopTaskCommand, TagResourceCommand } from '@aws-sdk/client-ecs';
import type { Probe } from './probe.ts';
import { launch, runInput } from './task-life.ts';
import { errorOf, type ProbeWorld, until } from './world.ts';

/** Probes of how ECS answers single requests. Each task that they start is stopped at once. */
export const ecsRequestProbes: readonly Probe[] = [
  {
    fact: 'AWS-001',
    async run(world) {
      const input = runInput(world.resources, { clientToken: world.unique() });
      const first = await start(world, input);
      const second = await start(world, input);
      await stop(world, first, second);
      return { holds: first === second, observed: first === second ? 'the same task' : 'another task' };
    },
  },
  {
    fact: 'AWS-002',
    async run(world) {
      const clientToken = world.unique();
      const first = await start(world, runInput(world.resources, { clientToken }));
      const other = runInput(world.resources, { clientToken, group: 'another' });
      const error: unknown = await launch(world.clients, other).catch((caught: unknown) => caught);
      await stop(world, first);
      const { name = '', resourceIds = [] } = error as { name?: string; resourceIds?: string[] };
      return {
        holds: name === 'ConflictException' && resourceIds.join() === first,
        observed: `${name}, ${resourceIds.length} resourceIds`,
      };
    },
  },
  refused(
    'AWS-003',
    (world) => launchAndStop(world, { clientToken: 'x'.repeat(65) }),
    /InvalidParameterException|ClientException/,
  ),
  refused(
    'AWS-006',
    (world) =>
      launchAndStop(world, {
        overrides: { containerOverrides: [{ name: 'web', environment: [{ name: 'LONG', value: 'x'.repeat(8_192) }] }] },
      }),
    /InvalidParameterException|ClientException/,
  ),
  refused('AWS-007', (world) => launchAndStop(world, { startedBy: 'x'.repeat(129) }), /InvalidParameterException/),
  refused(
    'AWS-014',
    ({ clients, resources: { cluster } }) => {
      const tasks = Array.from({ length: 101 }, (_, index) => String(index).padStart(32, '0'));
      return clients.ecs.send(new DescribeTasksCommand({ cluster, tasks }));
    },
    /InvalidParameterException/,
    true,
  ),
  {
    fact: 'AWS-015',
    async run(world) {
      const { cluster } = world.resources;
      const startedBy = world.unique();
      const arns = [
        await start(world, runInput(world.resources, { startedBy })),
        await start(world, runInput(world.resources, { startedBy })),
      ];
      const page = (nextToken?: string) =>
        world.clients.ecs.send(
          new ListTasksCommand({ cluster, startedBy, maxResults: 1, ...(nextToken ? { nextToken } : {}) }),
        );
      // A page may be stale.
      const read = async () => {
        const first = await page();
        const second = first.nextToken === undefined ? undefined : await page(first.nextToken);
        return {
          size: first.taskArns?.length,
          listed: new Set([...(first.taskArns ?? []), ...(second?.taskArns ?? [])]),
        };
      };
      const { size, listed } = await until(read, (pages) => pages.listed.size === 2, 20_000);
      await stop(world, ...arns);
      return {
        holds: listed.size === 2 && size === 1,
        observed: `${listed.size} of 2 tasks on pages of 1`,
      };
    },
  },
  refused(
    'AWS-016',
    ({ clients, resources: { cluster, taskDefinition, prefix } }) =>
      clients.ecs.send(new ListTasksCommand({ cluster, startedBy: prefix, family: taskDefinition })),
    /InvalidParameterException/,
    true,
  ),
  refused(
    'AWS-020',
    ({ clients, resources: { cluster } }) => clients.ecs.send(new StopTaskCommand({ cluster, task: '0'.repeat(32) })),
    /InvalidParameterException: .*referenced task was not found/i,
  ),
  {
    fact: 'AWS-024',
    async run(world) {
      const resourceArn = await start(world, runInput(world.resources));
      const tags = Array.from({ length: 50 }, (_, index) => ({ key: `field-test:${index}`, value: 'x' }));
      const observed = await errorOf(world.clients.ecs.send(new TagResourceCommand({ resourceArn, tags })));
      await stop(world, resourceArn);
      return { holds: /InvalidParameterException|LimitExceeded|TooManyTags/.test(observed), observed };
    },
  },
];

function refused(fact: string, call: (world: ProbeWorld) => Promise<unknown>, wanted: RegExp, readOnly?: true): Probe {
  const run: Probe['run'] = async (world) => {
    const observed = await errorOf(call(world));
    return { holds: wanted.test(observed), observed };
  };
  return { fact, run, ...(readOnly === undefined ? {} : { readOnly }) };
}

async function start(world: ProbeWorld, input: Parameters<typeof launch>[1]): Promise<string> {
  return (await launch(world.clients, input)).taskArn ?? '';
}

/** For a request that ECS should refuse: a task that it starts anyway must not stay. */
async function launchAndStop(world: ProbeWorld, further: Partial<Parameters<typeof launch>[1]>): Promise<void> {
  await stop(world, await start(world, runInput(world.resources, further)));
}

async function stop({ clients, resources: { cluster } }: ProbeWorld, ...tasks: readonly string[]): Promise<void> {
  for (const task of new Set(tasks)) {
    await clients.ecs.send(new StopTaskCommand({ cluster, task, reason: 'field test: the probe is over' }));
  }
}
