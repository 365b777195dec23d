import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { root } from '../../../scripts/tasks.ts';
import { type ServedProvider, serveProvider } from './serve-provider.ts';

/** The output and exit code of terraform. */
export interface TerraformRun {
  readonly exitCode: number;
  readonly output: string;
}

/** A copy of the folders `terraform/` and `tests/terraform/roots/`, so that a test leaves no files in the source tree. */
export interface TerraformFolder extends AsyncDisposable {
  /** The path of the copy. */
  readonly path: string;
  /** Runs terraform in a folder, such as `modules/alb` or `../tests/terraform/roots/…`, without a network or an account. */
  run(folder: string, args: readonly string[], options?: TerraformOptions): Promise<TerraformRun>;
  /** Runs `init` without a backend, with the provider of the machine's mirror if there is one. */
  init(folder: string): Promise<TerraformRun>;
  /** Starts the provider of a folder that `init` has prepared; runs may share it. */
  serveProvider(folder: string): Promise<ServedProvider>;
}

export interface TerraformOptions {
  readonly workspace?: string;
  readonly input?: string;
  /** Attach to this one; by default the run starts its own. */
  readonly provider?: ServedProvider | undefined;
}

/** @param further additional environment variables for every run, such as AWS_ENDPOINT_URL */
export async function openTerraformFolder(further: Readonly<Record<string, string>> = {}): Promise<TerraformFolder> {
  const home = await mkdtemp(join(tmpdir(), 'start-engines-terraform-'));
  const path = join(home, 'terraform');
  const roots = join('tests', 'terraform', 'roots');
  for (const source of ['terraform', roots]) {
    await cp(join(root, source), join(home, source), {
      recursive: true,
      filter: (file) => !isLeftover(basename(file)),
    });
  }
  const environment = { ...environmentOf(home), ...further };
  const run: TerraformFolder['run'] = (folder, args, { workspace, input, provider } = {}) => {
    const variables = { ...provider?.environment, ...(workspace === undefined ? {} : { TF_WORKSPACE: workspace }) };
    return twoAtOnce(() => runTerraform(join(path, folder), args, { ...environment, ...variables }, input));
  };
  const mirror = findPluginMirror();
  const providers = mirror === undefined ? [] : [`-plugin-dir=${mirror}`];
  return {
    path,
    run,
    init: (folder) => run(folder, ['init', '-backend=false', '-input=false', '-no-color', ...providers]),
    serveProvider: (folder) => serveProvider(join(path, folder), environment),
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  };
}

/** State, plugins and settings of a developer who uses the folder. */
function isLeftover(name: string): boolean {
  return (
    ['.terraform', '.terraform.lock.hcl', 'backend.tf', 'backend.hcl'].includes(name) ||
    name.startsWith('terraform.tfstate') ||
    name.endsWith('_override.tf')
  );
}

/** The machine's settings for AWS or terraform must not affect the tests. */
function environmentOf(home: string): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS|TF)_/i.test(name));
  return {
    ...(Object.fromEntries(own) as Record<string, string>),
    TF_IN_AUTOMATION: '1',
    CHECKPOINT_DISABLE: '1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: join(home, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'none'),
    // Most of the time goes into loading the provider's large schema, and a third of that into garbage collection.
    GOGC: '1000',
    GOMEMLIMIT: '2GiB',
  };
}

/** A local provider mirror, for machines without a network. Without one, terraform uses the registry. */
function findPluginMirror(): string | undefined {
  const provider = join('registry.terraform.io', 'hashicorp', 'aws');
  const shared = ['/usr/local/share/terraform/plugins', '/usr/share/terraform/plugins'];
  const below = existsSync('/opt') ? readdirSync('/opt').map((name) => join('/opt', name)) : [];
  const candidates = [join(homedir(), '.terraform.d', 'plugins'), ...shared, ...below];
  return candidates.find((folder) => existsSync(join(folder, provider)));
}

function runTerraform(
  cwd: string,
  args: readonly string[],
  env: Record<string, string>,
  input = '',
): Promise<TerraformRun> {
  return new Promise((resolve, reject) => {
    const child = execFile('terraform', args, { cwd, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') return reject(error);
      resolve({ exitCode: error === null ? 0 : Number(error.code), output: `${stdout}${stderr}` });
    });
    child.stdin?.end(input);
  });
}

const waiting: (() => void)[] = [];
let underWay = 0;

/** Each terraform process needs a core and, with the provider, more than a gigabyte. */
async function twoAtOnce<Result>(work: () => Promise<Result>): Promise<Result> {
  if (underWay === 2) await new Promise<void>((resolve) => waiting.push(resolve));
  underWay += 1;
  try {
    return await work();
  } finally {
    underWay -= 1;
    waiting.shift()?.();
  }
}
