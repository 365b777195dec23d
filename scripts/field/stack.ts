import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { strToU8, zipSync } from 'fflate';
import { root } from '../tasks.ts';
import type { FieldResources, ProbeClients } from './probes/world.ts';
import { until } from './probes/world.ts';
import type { RunState } from './run-state.ts';
import { type Network, setUp } from './set-up.ts';
import { findLeftovers, removeProbesResources, tearDown } from './tear-down.ts';

/** The resources of a run: in an account by Terraform, on an endpoint by the SDK. */
export interface Stack {
  /** Creates everything. It may follow a `create` that was interrupted. */
  create(clients: ProbeClients): Promise<FieldResources>;
  /** Destroys everything, also what an interrupted `create` left. */
  destroy(clients: ProbeClients): Promise<void>;
  /** What exists of the run, as `<kind> <name>`. */
  leftovers(clients: ProbeClients): Promise<readonly string[]>;
}

/** The network that the sandbox has without being asked. */
const sandboxNetwork: Network = {
  vpcId: 'vpc-0a1b2c3d4e5f60718',
  subnets: ['subnet-0a1b2c3d4e5f60718', 'subnet-0b1c2d3e4f5061728'],
  securityGroup: 'sg-0a1b2c3d4e5f60718',
};

export function endpointStack({ prefix }: RunState, endpointUrl: string): Stack {
  const urlOf = async (name: string) => {
    const read = () => fetch(`${endpointUrl}/_sandbox/load-balancers/${name}/url`);
    const response = await until(read, ({ ok }) => ok, 10_000);
    if (!response.ok) throw new Error(`${endpointUrl} is not a sandbox: it returns no URL of its load balancer.`);
    return ((await response.json()) as { url: string }).url;
  };
  return {
    async create(clients) {
      await tearDown(clients, prefix);
      return setUp(clients, { prefix, network: sandboxNetwork, urlOf });
    },
    destroy: (clients) => tearDown(clients, prefix),
    leftovers: (clients) => findLeftovers(clients, prefix),
  };
}

/** @param folder of the run, for Terraform's state, and for the provider and the zip */
export function terraformStack({ prefix, region }: RunState, folder: string): Stack {
  const module = join(root, 'scripts', 'field', 'terraform');
  const own = resolve(folder, 'terraform');
  const archive = join(own, 'function.zip');
  const environment = { ...process.env, TF_DATA_DIR: own, TF_IN_AUTOMATION: '1' };
  const terraform = (...args: readonly string[]) => runTerraform([`-chdir=${module}`, ...args], environment);
  const variables = [`-var=region=${region}`, `-var=package=${archive}`];
  async function prepare(): Promise<void> {
    mkdirSync(own, { recursive: true });
    const source = readFileSync(join(root, 'scripts', 'field', 'function', 'index.mjs'), 'utf8');
    writeFileSync(archive, zipSync({ 'index.mjs': strToU8(source) }));
    const mirror = process.env.TF_PLUGIN_MIRROR === undefined ? [] : [`-plugin-dir=${process.env.TF_PLUGIN_MIRROR}`];
    const state = [
      `-backend-config=path=${join(own, 'state')}`,
      `-backend-config=workspace_dir=${join(own, 'workspaces')}`,
    ];
    await terraform('init', '-input=false', '-reconfigure', ...state, ...mirror);
    await terraform('workspace', 'select', '-or-create', prefix);
  }
  return {
    async create() {
      await prepare();
      await terraform('apply', '-input=false', '-auto-approve', ...variables);
      const output = execFileSync('terraform', [`-chdir=${module}`, 'output', '-json', 'resources'], {
        env: environment,
      });
      return JSON.parse(output.toString()) as FieldResources;
    },
    async destroy(clients) {
      await removeProbesResources(clients, prefix, 10_000);
      await prepare();
      await terraform('destroy', '-input=false', '-auto-approve', ...variables);
    },
    async leftovers(clients) {
      const listing = spawnSync('terraform', [`-chdir=${module}`, 'state', 'list'], {
        env: environment,
        encoding: 'utf8',
      });
      // Without an apply there is no state.
      const isUnread = listing.status !== 0 && !/No state file was found/.test(listing.stderr);
      if (isUnread) throw new Error(`terraform state list ended with ${listing.status}: ${listing.stderr}`);
      const listed = listing.stdout;
      const inState = listed.split('\n').filter((line) => line !== '' && !line.startsWith('data.'));
      const found = [...(await findLeftovers(clients, prefix)), ...(await findVpcs(region, prefix))];
      return [...found, ...inState.map((address) => `in Terraform's state: ${address}`)];
    },
  };
}

async function findVpcs(region: string, prefix: string): Promise<readonly string[]> {
  const ec2 = new EC2Client({ region });
  const Filters = [{ Name: 'tag:start-engines:field-test', Values: [prefix] }];
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({ Filters }));
  ec2.destroy();
  return Vpcs.map(({ VpcId }) => `VPC ${VpcId}`);
}

let running: ChildProcess | undefined;

/** Asks a running terraform to end: it finishes the calls that it has begun, and writes its state. */
export function interruptTerraform(): void {
  running?.kill('SIGINT');
}

/** @throws Error if terraform fails */
async function runTerraform(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  // In a group of its own: a Ctrl-C reaches only this process, which decides what it means.
  const child = spawn('terraform', args, { env, stdio: 'inherit', detached: process.platform !== 'win32' });
  running = child;
  const status = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('exit', done);
  });
  running = undefined;
  if (status !== 0) throw new Error(`terraform ${args[1]} ended with ${status}.`);
}
