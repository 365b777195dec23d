import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { root } from '../../../scripts/tasks.ts';
import { bundlePath } from '../../../scripts/world/seed-world.ts';
import { openTerraformFolder, type TerraformFolder, type TerraformRun } from './run-terraform.ts';
import type { ServedProvider } from './serve-provider.ts';

/** The root module in an account, with local state. Its workspaces can be used in parallel. */
export interface AppliedTerraform extends AsyncDisposable {
  /** Runs a command in a workspace, with the workspace's variables. */
  run(workspace: string, command: 'apply' | 'plan' | 'destroy', ...args: readonly string[]): Promise<TerraformRun>;
  /** Removes the function's zip, as in a fresh clone. */
  removePackage(): Promise<void>;
}

export interface AppliedTerraformOptions {
  /** Environment variables for the provider, such as the endpoint. */
  readonly environment: Readonly<Record<string, string>>;
  /** The variables of each workspace, which override those of `environments/<workspace>.tfvars`. */
  readonly workspaces: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Creates the workspaces without applying them. @throws Error with terraform's output if it fails */
export async function openAppliedTerraform(options: AppliedTerraformOptions): Promise<AppliedTerraform> {
  await using opened = new AsyncDisposableStack();
  const folder = opened.use(await openTerraformFolder(options.environment));
  await makeReady(folder, options);
  // One for each workspace: the tags in the provider's configuration name the workspace.
  const providers = new Map<string, ServedProvider>();
  for (const workspace of Object.keys(options.workspaces)) {
    providers.set(workspace, opened.use(await folder.serveProvider('.')));
  }
  const kept = opened.move();
  return {
    run: (workspace, command, ...args) =>
      folder.run(
        '.',
        [
          command,
          '-input=false',
          '-no-color',
          '-parallelism=20',
          `-var-file=${join('environments', `${workspace}.tfvars`)}`,
          `-var-file=${workspace}.tfvars.json`,
          ...args,
        ],
        { workspace, provider: providers.get(workspace) },
      ),
    removePackage: () => rm(packagePathOf(folder)),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function makeReady(folder: TerraformFolder, { workspaces }: AppliedTerraformOptions): Promise<void> {
  await cp(bundlePath, packagePathOf(folder));
  await takeOlderRuntime(join(folder.path, 'variables.tf'));
  must(await folder.init('.'));
  for (const [workspace, variables] of Object.entries(workspaces)) {
    await writeFile(join(folder.path, `${workspace}.tfvars.json`), JSON.stringify(variables));
    must(await folder.run('.', ['workspace', 'new', '-no-color', workspace]));
  }
}

/** Path in the copy where the module expects the zip. */
function packagePathOf(folder: TerraformFolder): string {
  return join(folder.path, '..', relative(root, bundlePath));
}

/** The oldest permitted provider supports runtimes up to nodejs22.x, so that is the default in the copy. */
async function takeOlderRuntime(path: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  const changed = text.replace('optional(string, "nodejs24.x")', 'optional(string, "nodejs22.x")');
  if (changed === text) throw new Error(`The default runtime in ${path} is not nodejs24.x.`);
  await writeFile(path, changed);
}

/** @throws Error with terraform's output if the run failed */
export function must(run: TerraformRun): TerraformRun {
  if (run.exitCode !== 0) throw new Error(`terraform exited with ${run.exitCode}:\n${run.output}`);
  return run;
}
