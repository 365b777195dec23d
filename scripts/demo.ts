import { setTimeout as delay } from 'node:timers/promises';
import { GetFunctionConfigurationCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { type Sandbox, startSandbox } from '@start-engines/sandbox';
import { Listr } from 'listr2';
import { putStartEvents } from './demo/put-events.ts';
import { type Sight, tasksOf, type WatchedStart, watchStart } from './demo/watch-start.ts';
import { runTurbo } from './tasks.ts';
import { createWorldClients, type WorldClients } from './world/clients.ts';
import { liveFunction, mappingDocument, parameterPath, seedWorld, type World } from './world/seed-world.ts';
import { sleepingService, worldService, worldServices } from './world/services.ts';

/** Runs the main use cases on the sandbox and reports each step. Exits with 0 only if every step succeeds. */
interface Stage {
  sandbox: Sandbox;
  clients: WorldClients;
  world: World;
  url: string;
}

/** The output of a step. */
interface Line {
  title: string;
  output: string;
}

const isTerminal = process.stdout.isTTY === true && process.env.CI === undefined;

const describeSight = ({ what, afterMs }: Sight): string => `${what} ${(afterMs / 1000).toFixed(1)}s`;

function expectThat(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Error(otherwise);
}

/** On a terminal, appends to one line under the step's title. Otherwise, prints a line for each change. */
function tellOn(line: Line, service: string): (sight: Sight, all: readonly Sight[]) => void {
  const heading = line.title;
  const opening = heading.startsWith(service) ? heading.padEnd(8) : `${heading}\n${service.padEnd(8)}`;
  return (sight, all) => {
    if (isTerminal) line.title = `${opening} ${all.map(describeSight).join(' › ')}`;
    else line.output = `${service.padEnd(8)} ${describeSight(sight)}`;
  };
}

function watch({ sandbox, world }: Stage, service: string, line: Line): Promise<WatchedStart> {
  const arns = worldService(service).targetGroups.map((name) => world.targetGroupArns[name] ?? '');
  return watchStart(sandbox, service, arns, tellOn(line, service));
}

async function startAndWatch(stage: Stage, service: string, line: Line): Promise<WatchedStart> {
  const watching = watch(stage, service, line);
  await putStartEvents(stage.clients, [service]);
  const watched = await watching;
  expectThat(watched.sights.at(-1)?.what === 'healthy', `${service} did not become healthy`);
  return watched;
}

async function fetchJson(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url);
  expectThat(response.status === 200, `GET ${url} answered ${response.status}`);
  return (await response.json()) as Record<string, unknown>;
}

async function openStage(stage: Stage, line: Line): Promise<void> {
  stage.sandbox = await startSandbox();
  stage.clients = createWorldClients(stage.sandbox.endpoint);
  stage.world = await seedWorld(stage.clients, { services: [...worldServices, sleepingService] });
  stage.url = await stage.sandbox.loadBalancerUrl();
  line.title = `AWS on this machine: API ${stage.sandbox.endpoint}, load balancer ${stage.url}, seed ${stage.sandbox.seed}`;
}

async function fetchThroughBalancer({ url }: Stage, line: Line): Promise<void> {
  const before = await fetch(`${url}/api/pdf/hello`);
  expectThat(before.status === 503, `/api/pdf answered ${before.status} before pdf was started`);
  const answer = await fetchJson(`${url}/api/auth/hello`);
  expectThat(answer.service === 'auth', 'another service answered /api/auth');
  line.title = `GET ${url}/api/auth/hello → 200 from task ${answer.task}; /api/pdf/hello → 503: pdf is not running`;
}

/** Edits the mapping just after the function has read it. The next start uses the edit, without a deployment. */
async function editMapping(stage: Stage, line: Line): Promise<void> {
  const { clients, world, url } = stage;
  const status = { action: 'status', service: 'pdf' };
  await clients.lambda.send(new InvokeCommand({ FunctionName: liveFunction, Payload: JSON.stringify(status) }));
  const document = mappingDocument(worldService('pdf'), world.targetGroupArns);
  const edited = { ...document, environment: { GREETING: 'edited in Parameter Store' } };
  const name = `${parameterPath}/services/pdf`;
  const put = { Name: name, Type: 'String', Overwrite: true, Value: JSON.stringify(edited) } as const;
  const codeBefore = await deployedCode(clients);
  const { Version } = await clients.ssm.send(new PutParameterCommand(put));
  await startAndWatch(stage, 'pdf', line);
  const answer = await fetchJson(`${url}/api/pdf/hello`);
  const { GREETING } = answer.environment as Record<string, string>;
  expectThat(GREETING === 'edited in Parameter Store', 'the edited mapping was not used');
  expectThat((await deployedCode(clients)) === codeBefore, 'the function was deployed again');
  line.output = `${name} went from version 1 to ${Version}, the function's code stayed (sha256 ${codeBefore.slice(0, 8)}…), and the new task says: ${GREETING}`;
}

/** SHA-256 of the function's zip, in base64. */
async function deployedCode({ lambda }: WorldClients): Promise<string> {
  const configuration = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: liveFunction }));
  return configuration.CodeSha256 ?? '';
}

/** A request is the only one to start the service. */
async function wakeByRequest({ url }: Stage, line: Line): Promise<void> {
  const address = `${url}/api/${sleepingService.name}/hello`;
  const begun = performance.now();
  const first = await fetch(address);
  const state = first.headers.get('x-start-engines');
  expectThat(first.status === 503 && state === 'starting', `the first request was answered ${first.status} ${state}`);
  line.output = `GET ${address} → 503, ${state}, Retry-After ${first.headers.get('retry-after')}`;
  while ((await fetch(address)).status !== 200) {
    expectThat(performance.now() - begun < wakePatienceMs, 'no request reached the service');
    await delay(200);
  }
  line.output = `the same request → 200 after ${((performance.now() - begun) / 1_000).toFixed(1)} s`;
}

const wakePatienceMs = 40_000;

/** A start of a service with a broken image, and its on-failure record. */
async function failOnce(stage: Stage, line: Line): Promise<void> {
  const { sandbox, clients, world } = stage;
  const watching = watch(stage, 'reports', line);
  await putStartEvents(clients, ['reports']);
  await watching;
  line.output = 'the start failed; Lambda tries the event twice more, as on AWS …';
  while (sandbox.lambda.pendingEvents() > 0) await delay(50);
  const [failed] = sandbox.lambda.onFailureRecords();
  expectThat(failed !== undefined, 'the failure was not sent to the on-failure destination');
  const { errorType, errorMessage } = failed.record.responsePayload as { errorType: string; errorMessage: string };
  const isLeft = () => tasksOf(sandbox, 'reports').some((task) => task.lastStatus !== 'STOPPED');
  for (let tries = 0; isLeft() && tries < 100; tries += 1) await delay(50);
  expectThat(!isLeft(), 'a task of reports was left behind');
  const targets = sandbox.elb.targets(world.targetGroupArns['reports-tg'] ?? '');
  expectThat(targets.length === 0, 'a target of reports was left behind');
  line.output = `reported: ${errorType}: ${errorMessage}`;
  line.output = `the event went to the on-failure destination after ${failed.record.requestContext.approximateInvokeCount} tries; no task and no target is left`;
}

async function closeStage({ sandbox, clients }: Stage, line: Line): Promise<void> {
  const { staleTaskReads, staleTargetHealthReads, replays, conflicts } = sandbox.stats();
  for (const service of ['auth', 'pdf', ...others, sleepingService.name]) {
    expectThat(tasksOf(sandbox, service).length === 1, `${service} was started more than once`);
  }
  const stale = staleTaskReads + staleTargetHealthReads;
  clients.destroy();
  await sandbox.close();
  line.title = `one task for each service, and all processes have ended; AWS answered ${stale} reads with old data, and ${replays + conflicts} repeated launches made no second task`;
}

const others = worldServices
  .map((service) => service.name)
  .filter((name) => !['auth', 'pdf', 'reports'].includes(name));

async function run(): Promise<void> {
  const stage = {} as Stage;
  const steps = new Listr<Stage, 'default', 'simple'>(
    [
      { title: 'AWS on this machine', task: openStage },
      {
        title: 'Start ECS Task {"service":"auth"}',
        task: async (ctx, line) => void (await startAndWatch(ctx, 'auth', line)),
      },
      { title: 'a request through the load balancer', task: fetchThroughBalancer },
      { title: 'pdf: edit its mapping, then start it', task: editMapping, rendererOptions: { persistentOutput: true } },
      {
        title: `${others.join(', ')} at once, every event twice`,
        task: (ctx, line) => {
          const watches = others.map((service) => ({
            title: service === 'fa' ? 'fa, in two target groups' : service,
            task: async (_: Stage, child: Line) => {
              const watched = await watch(ctx, service, child);
              expectThat(watched.sights.at(-1)?.what === 'healthy', `${service} did not become healthy`);
            },
          }));
          // Last, so that every watch has started.
          const put = {
            title: `${others.length * 2} events`,
            task: () => putStartEvents(ctx.clients, [...others, ...others]),
          };
          return line.newListr([...watches, put], { concurrent: true, rendererOptions: { collapseSubtasks: false } });
        },
      },
      {
        title: 'wiki sleeps: a request wakes it',
        task: wakeByRequest,
        rendererOptions: { persistentOutput: true, outputBar: Infinity },
      },
      {
        title: 'reports: its image cannot be pulled',
        task: failOnce,
        rendererOptions: { persistentOutput: true, outputBar: Infinity },
      },
      { title: 'all processes end', task: closeStage },
    ],
    {
      ctx: stage,
      fallbackRenderer: 'simple',
      fallbackRendererCondition: !isTerminal,
      rendererOptions: { collapseSubtasks: false },
    },
  );
  try {
    await steps.run();
  } finally {
    await stage.sandbox?.close();
  }
}

const built = runTurbo('build');
if (built !== 0) process.exit(built);
await run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
