import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { createProbeClients } from './field/clients.ts';
import { probes } from './field/probes/index.ts';
import { readFacts } from './field/register.ts';
import { createReport, renderReport } from './field/report.ts';
import { createProbeWorld, type ProbeResult, runProbes } from './field/run-probes.ts';
import { newRun, openRunState, type RunState } from './field/run-state.ts';
import { endpointStack, interruptTerraform, type Stack, terraformStack } from './field/stack.ts';

/** Checks the facts about AWS in an account, or on the sandbox, and destroys everything that it has created. */
const usage = `npm run field-test -- [--region us-east-2] [--yes]
npm run field-test -- --resume | --destroy
  --endpoint-url <url>  the sandbox instead of an account
  --folder <folder>     the state of the run, default .field-test
  --report <file>       default field-report.json; a page with the same name and .md is written next to it`;

const announcement = (
  region: string,
) => `The field test checks ${probes.length} of ${readFacts().length} facts about AWS in this account, Region ${region}.

creates    a VPC with two public subnets, an internal load balancer with six target groups, an ECS cluster with two task
           definitions, a Lambda function with its role and log group, two EventBridge rules; during the probes about 25 Fargate
           tasks (0.25 vCPU, up to 8 at once, a minute or two each) and 20 parameters in Parameter Store
names      all start with field-test-; everything except the parameters has the tag start-engines:field-test
cost       less than $1 (about $0.10 at the list prices of us-east-2)
duration   estimated 20 minutes; Lambda may take some of them to give back its network interfaces
does not   read or change any other resource of the account, or use a deployment of start-engines
at the end everything is destroyed, also after Ctrl-C; after a crash use --resume or --destroy
`;

/** A mistake of the operator, reported without a stack. */
class Refused extends Error {}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        region: { type: 'string' },
        'endpoint-url': { type: 'string' },
        folder: { type: 'string', default: '.field-test' },
        report: { type: 'string', default: 'field-report.json' },
        resume: { type: 'boolean', default: false },
        destroy: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.resume && values.destroy) throw new Refused('use one of --resume and --destroy');
    return values;
  } catch (error) {
    throw new Refused(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}

async function confirm(): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('Create this? Type yes: ');
  terminal.close();
  if (answer.trim() !== 'yes') throw new Refused('Nothing was created.');
}

async function beginOrContinue(options: ReturnType<typeof readOptions>): Promise<RunState> {
  const file = openRunState(options.folder);
  const earlier = file.read();
  if (options.resume || options.destroy) {
    if (earlier === undefined) throw new Refused(`There is no run in ${options.folder}.`);
    return earlier;
  }
  if (earlier !== undefined) {
    throw new Refused(
      `The run ${earlier.prefix} was interrupted. Continue it with --resume, or end it with --destroy.`,
    );
  }
  const region = options.region ?? process.env.AWS_REGION ?? 'us-east-2';
  const endpointUrl = options['endpoint-url'];
  if (endpointUrl === undefined) console.log(announcement(region));
  if (endpointUrl === undefined && !options.yes) await confirm();
  const state = newRun(region, endpointUrl);
  file.write(state);
  return state;
}

const interrupted = new AbortController();

/** The first signal ends the probes, and everything is destroyed. The second one ends the process at once. */
function listenForSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (interrupted.signal.aborted) process.exit(130);
      console.error(`\n${signal}: destroying everything. Again: leave now, and use --resume or --destroy later.`);
      interrupted.abort(new Error('the field test was interrupted'));
      interruptTerraform();
    });
  }
}

function show({ fact, outcome, observed }: ProbeResult): void {
  console.log(`${outcome === 'holds' ? 'ok     ' : outcome.padEnd(7)} ${fact}  ${observed}`);
}

async function probe(state: RunState, stack: Stack, write: (state: RunState) => void): Promise<RunState> {
  const isDone = ({ outcome }: ProbeResult) => outcome !== 'error';
  // The run was interrupted while it destroyed everything.
  if (state.results.filter(isDone).length === probes.length) return state;
  const clients = createProbeClients(state.region, state.endpointUrl, interrupted.signal);
  let current = state;
  const keep = (change: Partial<RunState>) => {
    current = { ...current, ...change };
    write(current);
  };
  try {
    const resources = current.resources ?? (await stack.create(clients));
    keep({ resources });
    const done = new Set(current.results.filter(isDone).map(({ fact }) => fact));
    keep({ results: current.results.filter(({ fact }) => done.has(fact)) });
    await runProbes(createProbeWorld(clients, resources), done, (result) => {
      // What fails because of the interruption says nothing.
      if (interrupted.signal.aborted) return;
      show(result);
      keep({ results: [...current.results, result] });
    });
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
  } finally {
    clients.destroy();
  }
  return current;
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options.help) {
    console.log(usage);
    return 0;
  }
  listenForSignals();
  const begun = await beginOrContinue(options);
  const file = openRunState(options.folder);
  const stack =
    begun.endpointUrl === undefined ? terraformStack(begun, options.folder) : endpointStack(begun, begun.endpointUrl);
  console.log(`run ${begun.prefix}`);
  let state = begun;
  let failure: unknown;
  try {
    if (!options.destroy) state = await probe(begun, stack, file.write);
  } catch (error) {
    failure = error;
    state = file.read() ?? begun;
  }
  const clients = createProbeClients(state.region, state.endpointUrl);
  const { resources: _destroyed, ...rest } = state;
  file.write(rest);
  await stack.destroy(clients);
  const leftovers = await stack.leftovers(clients);
  clients.destroy();
  const report = createReport(
    state,
    readFacts(),
    new Set(probes.map(({ fact }) => fact)),
    leftovers,
    new Date().toISOString(),
  );
  const path = resolve(options.report);
  const page = path.replace(/(\.json)?$/, '.md');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(page, renderReport(report));
  console.log(`${leftovers.length === 0 ? 'Nothing is left.' : `Left: ${leftovers.join(', ')}`}\n${path}\n${page}`);
  if (leftovers.length === 0 && !interrupted.signal.aborted && failure === undefined) file.remove();
  if (failure !== undefined) throw failure;
  if (interrupted.signal.aborted) return 130;
  const isComplete = report.facts.every(({ outcome }) => outcome === 'holds' || outcome === 'not-probed');
  return leftovers.length === 0 && (isComplete || options.destroy) ? 0 : 1;
}

try {
  process.exit(await main());
} catch (error) {
  console.error(error instanceof Refused ? error.message : error);
  process.exit(error instanceof Refused ? 2 : 1);
}
