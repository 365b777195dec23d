import { CreateSubnetCommand } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { putEvents } from '../../scripts/demo/put-events.ts';
import type { DeployedWorld } from './support/deployed-world.ts';
import { type Deployment, mappingDocuments } from './support/deployment.ts';

const until = { timeout: 50_000, interval: 50 };

interface ServiceState {
  readonly service: string;
  readonly tasks: readonly { readonly lastStatus: string }[];
  readonly mapping: { readonly problems: readonly unknown[] };
}

/** Registers tests, to be run in order, that start, restart and stop services through every deployed trigger. */
export function livesOfServices(world: () => DeployedWorld, deployment: () => Deployment): void {
  const healthy = (service: string) =>
    world()
      .targets(service)
      .map(([, state]) => state);
  const goneFrom = (service: string) => expect.poll(() => world().targets(service), until).toEqual([]);
  const told = (type: string) =>
    world()
      .sandbox.events.recent()
      .filter((event) => event.source === 'start-engines' && event['detail-type'] === type)
      .map(({ detail }) => detail.service);

  test('a direct invocation with a permitted override starts a service behind the load balancer', async () => {
    const event = { action: 'start', service: 'auth', taskDefinition: 'auth-api-task:1' };
    const { value, thrown } = await world().invoke(event);
    expect(thrown).toBeUndefined();
    const [group] = deployment().loadBalancer.targetGroups.filter(({ Port }) => Port === 8080);
    expect(value).toMatchObject({
      statusCode: 200,
      body: { service: 'auth', port: 8080, reused: false, targetGroupArn: group?.TargetGroupArn },
    });
    await expect.poll(async () => (await world().request('/api/auth/hello')).status, until).toBe(200);
    expect((await world().request('/api/authors')).status).toBe(404);
    const redirected = await world().request('/api/auth/hello', 80);
    expect([redirected.status, redirected.headers.get('location')]).toEqual([
      301,
      expect.stringMatching(/^https:\/\/[^/]+:443\/api\/auth\/hello$/),
    ]);
  });

  test('an event on the bus starts a service and waits until it is healthy', async () => {
    await putEvents(world().clients, 'Start ECS Task', [{ service: 'pdf' }]);
    await expect.poll(() => told('Service Started'), until).toContain('pdf');
    expect(healthy('pdf')).toEqual(['healthy']);
  });

  test('a schedule starts the services that are not running, in the order of dependsOn', async () => {
    world().invokeBySchedule('office-start');
    await expect.poll(() => world().sandbox.lambda.pendingEvents(), until).toBe(0);
    expect(['auth', 'pdf', 'fa', 'users'].map((service) => world().targets(service).length)).toEqual([1, 1, 1, 1]);
    expect(world().sandbox.ecs.tasks()).toHaveLength(4);
  });

  test('the event about the running task completes a start with wait none, and the task has the mapping’s tags', async () => {
    const document = { ...mappingDocuments(deployment()).get('services/batch'), tags: { team: 'night' } };
    await world().putMapping('batch', JSON.stringify(document));
    const { value } = await world().invoke({ action: 'start', service: 'batch', wait: 'none' });
    expect(value).toMatchObject({ statusCode: 202, body: { service: 'batch' } });
    await expect.poll(() => healthy('batch'), until).toEqual(['healthy']);
    const launch = world().sandbox.calls.list({ operation: 'RunTask' }).at(-1);
    expect(launch?.input.tags).toEqual([{ key: 'team', value: 'night' }]);
  });

  test('the status returns all five services', async () => {
    const { value } = await world().invoke({ action: 'status' });
    expect(value?.statusCode).toBe(200);
    const states = (value?.body.results ?? []) as readonly ServiceState[];
    expect(states.map(({ service, tasks, mapping }) => [service, tasks[0]?.lastStatus, mapping.problems])).toEqual(
      ['auth', 'batch', 'fa', 'pdf', 'users'].map((service) => [service, 'RUNNING', []]),
    );
  });

  test('an event on the bus restarts a service', async () => {
    const [before] = world().targets('users');
    await putEvents(world().clients, 'Restart ECS Task', [{ service: 'users' }]);
    await expect.poll(() => told('Service Restarted'), until).toContain('users');
    await expect.poll(() => healthy('users'), until).toEqual(['healthy']);
    expect(world().targets('users')[0]?.[0]).not.toBe(before?.[0]);
  });

  test('the event about a crashed task removes its target', async () => {
    const { taskArn = '' } =
      world()
        .sandbox.ecs.tasks()
        .find(({ startedBy }) => startedBy?.endsWith('/batch')) ?? {};
    world().sandbox.ecs.crashTask(taskArn);
    await goneFrom('batch');
    // Each of the events about its end may publish this outcome.
    await expect.poll(() => new Set(told('Service Interrupted')), until).toEqual(new Set(['batch']));
  });

  test('the scheduled reconcile removes a target whose event was lost', async () => {
    const [target] = world().targets('fa');
    const rule = deployment().rules.find(({ Name }) => Name.includes('task-state'));
    world().sandbox.taskEvents.set({ delayMs: [3_600_000, 3_600_000] });
    const { taskArn = '' } =
      world()
        .sandbox.ecs.tasks()
        .find(({ startedBy }) => startedBy?.endsWith('/fa')) ?? {};
    world().sandbox.ecs.crashTask(taskArn);
    await expect
      .poll(
        () =>
          world()
            .sandbox.ecs.tasks()
            .find((task) => task.taskArn === taskArn)?.lastStatus,
        until,
      )
      .toBe('STOPPED');
    expect([
      rule?.State,
      world()
        .targets('fa')
        .map(([name]) => name),
    ]).toEqual(['ENABLED', [target?.[0]]]);
    world().invokeBySchedule('reconcile');
    await goneFrom('fa');
    world().sandbox.taskEvents.set({ delayMs: [0, 0] });
  });

  test('no task has a public address by default (R39)', () => {
    const launches = world().sandbox.calls.list({ operation: 'RunTask' });
    expect(launches.length).toBeGreaterThan(5);
    const networks = launches.map(({ input }) => input.networkConfiguration as { awsvpcConfiguration: object });
    for (const { awsvpcConfiguration } of networks)
      expect(awsvpcConfiguration).toMatchObject({ assignPublicIp: 'DISABLED' });
  });

  test('a broken edit of a mapping is reported, and the last valid version stays in use', async () => {
    await world().putMapping('fa', '{"port": "none"}');
    const problems = async () => {
      const { value } = await world().invoke({ action: 'status', service: 'fa' });
      return (value?.body.mapping as { problems: readonly unknown[] } | undefined)?.problems.length ?? 0;
    };
    await expect.poll(problems, until).toBeGreaterThan(0);
    const { value } = await world().invoke({ action: 'start', service: 'fa' });
    expect(value).toMatchObject({ statusCode: 200, body: { service: 'fa', port: 2531 } });
  });

  test('a task with an IPv4 and an IPv6 address is registered with the type that its target group supports', async () => {
    const { clients, putMapping, invoke, targets } = world();
    const blocks = { CidrBlock: '10.240.1.0/24', Ipv6CidrBlock: '2001:db8:0:1::/64' };
    const { Subnet } = await clients.ec2.send(new CreateSubnetCommand({ VpcId: 'vpc-1', ...blocks }));
    const document = { ...mappingDocuments(deployment()).get('services/batch'), subnets: [Subnet?.SubnetId] };
    await putMapping('batch', JSON.stringify(document));
    const { value } = await invoke({ action: 'start', service: 'batch' });
    expect(value).toMatchObject({ statusCode: 200, body: { privateIp: expect.stringMatching(/^10\.240\.1\./) } });
    expect(targets('batch').map(([target]) => target)).toEqual([expect.stringMatching(/^10\.240\.1\.\d+:8090$/)]);
    expect(await invoke({ action: 'stop', service: 'batch' })).toMatchObject({ value: { statusCode: 200 } });
  });

  test('an event that the function cannot handle goes to the failures queue', async () => {
    await putEvents(world().clients, 'Start ECS Task', [{ service: 'nosuch' }]);
    const records = () => world().sandbox.lambda.onFailureRecords();
    await expect.poll(() => records().length, until).toBe(1);
    expect(records()).toMatchObject([
      {
        destinationArn: 'arn:aws:sqs:us-east-2:123456789012:start-engines-failures-dev',
        record: { requestPayload: { detail: { service: 'nosuch' } } },
      },
    ]);
    expect(records()[0]?.denied).toBeUndefined();
  });

  test('events stop services and remove all their targets', async () => {
    await putEvents(world().clients, 'Stop ECS Tasks', [{ services: ['fa', 'users'] }]);
    world().invokeBySchedule('office-stop');
    for (const service of ['auth', 'pdf', 'fa', 'users']) await goneFrom(service);
    const live = () =>
      world()
        .sandbox.ecs.tasks()
        .filter(({ lastStatus }) => lastStatus !== 'STOPPED');
    await expect.poll(live, until).toEqual([]);
    await expect.poll(() => world().sandbox.lambda.pendingEvents(), until).toBe(0);
    expect(world().sandbox.events.undelivered()).toEqual([]);
  });

  test('a stop that finds no task is permitted to write its note', async () => {
    const { value } = await world().invoke({ action: 'stop', service: 'auth' });
    expect(value).toMatchObject({ body: { results: [{ service: 'auth', status: 'not-running' }] } });
    const written = world().sandbox.calls.list({ operation: 'PutParameter' }).at(-1);
    expect(written?.input.Name).toBe('/start-engines/dev/stops/auth');
  });
}
