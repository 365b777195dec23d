import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { root } from '../../../scripts/tasks.ts';
import { bundlePath } from '../../../scripts/world/seed-world.ts';
import { openTerraformFolder, type TerraformFolder, type TerraformRun } from './run-terraform.ts';

/** The root module in an account, with a state on this machine. Workspaces of it can be worked on side by side. */
export interface AppliedTerraform extends AsyncDisposable {
  /** Runs a command in a workspace, with the workspace's own variables. */
  run(workspace: string, command: 'apply' | 'plan' | 'destroy', ...args: readonly string[]): Promise<TerraformRun>;
  /** Takes the function's zip away, as in a fresh clone. */
  removePackage(): Promise<void>;
}

export interface AppliedTerraformOptions {
  /** Where AWS is, for the provider. */
  readonly environment: Readonly<Record<string, string>>;
  /** The variables of each workspace, over those of `environments/<workspace>.tfvars`. */
  readonly workspaces: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Makes the workspaces. Nothing is applied yet. @throws Error with terraform's own words when it fails */
export async function openAppliedTerraform(options: AppliedTerraformOptions): Promise<AppliedTerraform> {
  const folder = await openTerraformFolder(options.environment);
  try {
    await makeReady(folder, options);
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw error;
  }
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
        { workspace },
      ),
    removePackage: () => rm(packagePathOf(folder)),
    [Symbol.asyncDispose]: folder[Symbol.asyncDispose],
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

/** Where the module looks for the zip in the copy. */
function packagePathOf(folder: TerraformFolder): string {
  return join(folder.path, '..', relative(root, bundlePath));
}

/** The oldest provider that is allowed knows no newer runtime than nodejs22.x, so that is the default in the copy. */
async function takeOlderRuntime(path: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  const changed = text.replace('optional(string, "nodejs24.x")', 'optional(string, "nodejs22.x")');
  if (changed === text) throw new Error(`${path} has another default for the runtime`);
  await writeFile(path, changed);
}

/** @throws Error with terraform's own words when the run failed */
export function must(run: TerraformRun): TerraformRun {
  if (run.exitCode !== 0) throw new Error(`terraform ended with ${run.exitCode}:\n${run.output}`);
  return run;
}
