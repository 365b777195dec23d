import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { root } from '../../../scripts/tasks.ts';
import { bundlePath } from '../../../scripts/world/seed-world.ts';

/** What terraform said, and how it ended. */
export interface TerraformRun {
  readonly exitCode: number;
  readonly output: string;
}

/** A copy of `terraform/` with local state, against one endpoint. Workspaces of it can be worked on side by side. */
export interface TerraformCopy extends AsyncDisposable {
  /** Runs a command in a workspace, with its own variables; what it is asked, it is not told. */
  run(workspace: string, command: 'apply' | 'plan' | 'destroy', ...args: readonly string[]): Promise<TerraformRun>;
}

export interface TerraformCopyOptions {
  /** What AWS is, for the provider. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workspaces: readonly string[];
  /** Variables over those of `environments/<workspace>.tfvars`. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Copies the root module into a folder of its own and makes its workspaces there. Terraform's own errors are thrown. */
export async function copyTerraform(options: TerraformCopyOptions): Promise<TerraformCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'start-engines-terraform-'));
  const work = join(folder, 'terraform');
  const environment = environmentOf(folder, options.environment);
  const call = (args: readonly string[], variables: Readonly<Record<string, string>> = {}) =>
    runTerraform(work, args, { ...environment, ...variables });
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });

  async function makeReady(): Promise<void> {
    await cp(join(root, 'terraform'), work, { recursive: true, filter: (source) => !isLeftover(source) });
    const zip = join(folder, relative(root, bundlePath));
    await cp(bundlePath, zip);
    await takeOlderRuntime(join(work, 'variables.tf'));
    await writeFile(join(work, 'test.tfvars.json'), JSON.stringify(options.variables));
    const mirror = findPluginMirror();
    must(await call(['init', '-input=false', '-no-color', ...(mirror === undefined ? [] : [`-plugin-dir=${mirror}`])]));
    for (const workspace of options.workspaces) must(await call(['workspace', 'new', '-no-color', workspace]));
  }

  try {
    await makeReady();
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    run: (workspace, command, ...args) =>
      call(
        [
          command,
          '-input=false',
          '-no-color',
          '-parallelism=20',
          `-var-file=${join('environments', `${workspace}.tfvars`)}`,
          '-var-file=test.tfvars.json',
          ...args,
        ],
        { TF_WORKSPACE: workspace },
      ),
    [Symbol.asyncDispose]: remove,
  };
}

/** @throws Error with terraform's own words when the run failed */
export function must(run: TerraformRun): TerraformRun {
  if (run.exitCode !== 0) throw new Error(`terraform ended with ${run.exitCode}:\n${run.output}`);
  return run;
}

/** The oldest provider that is allowed knows no newer runtime than nodejs22.x, so that is the default in the copy. */
async function takeOlderRuntime(path: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  const changed = text.replace('optional(string, "nodejs24.x")', 'optional(string, "nodejs22.x")');
  if (changed === text) throw new Error(`${path} has another default for the runtime`);
  await writeFile(path, changed);
}

/** State and plugins of somebody who works in the folder are not taken along, and the state of this copy is beside it. */
function isLeftover(path: string): boolean {
  return /[\\/](\.terraform|terraform\.tfstate.*|[^\\/]*_override\.tf|backend\.(tf|hcl))$/.test(path);
}

/** Nothing of the machine's own settings for AWS or terraform may change what is tested. */
function environmentOf(folder: string, wanted: Readonly<Record<string, string>>): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS|TF)_/i.test(name));
  return {
    ...(Object.fromEntries(own) as Record<string, string>),
    TF_IN_AUTOMATION: '1',
    CHECKPOINT_DISABLE: '1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: join(folder, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
    ...wanted,
  };
}

/** A folder that holds the provider, where a machine without a network has one; else terraform asks the registry. */
function findPluginMirror(): string | undefined {
  const provider = join('registry.terraform.io', 'hashicorp', 'aws');
  return mirrorCandidates().find((folder) => existsSync(join(folder, provider)));
}

function mirrorCandidates(): readonly string[] {
  const shared = ['/usr/local/share/terraform/plugins', '/usr/share/terraform/plugins'];
  const cache = process.env.TF_PLUGIN_CACHE_DIR;
  const below = existsSync('/opt') ? readdirSync('/opt').map((name) => join('/opt', name)) : [];
  return [...(cache === undefined ? [] : [cache]), join(homedir(), '.terraform.d', 'plugins'), ...shared, ...below];
}

function runTerraform(cwd: string, args: readonly string[], env: Record<string, string>): Promise<TerraformRun> {
  return new Promise((resolve, reject) => {
    execFile('terraform', args, { cwd, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') return reject(error);
      resolve({ exitCode: error === null ? 0 : Number(error.code), output: `${stdout}${stderr}` });
    });
  });
}
