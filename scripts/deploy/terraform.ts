import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tasks.ts';

const folder = join(root, 'terraform');

/** The outputs of the root module that a deploy uses. */
export interface Outputs {
  readonly function_alias_arn: string;
  readonly parameter_path: string;
  readonly mapping_documents: Readonly<Record<string, string>>;
  readonly load_balancer_protected: boolean;
  readonly envelope: { readonly clusters: readonly string[] };
}

/** Terraform in one workspace. Its output is shown, and a failed step throws. */
export interface Terraform {
  init(): void;
  selectWorkspace(): void;
  /** Saves the plan, so that exactly the displayed plan is applied. */
  plan(): { readonly changes: boolean };
  apply(): void;
  /** Deletes the saved plan, which contains values of variables. Must follow every plan, also after a failure. */
  discardPlan(): void;
  /** The outputs in the state. There are none before the first apply and after a destroy. */
  outputs(): Partial<Outputs>;
  /** The Region from the workspace's variables. */
  region(): string;
  /** Destroys these addresses and everything that depends on them. Without addresses, destroys everything. */
  destroy(targets: readonly string[]): void;
}

/** @throws Error if terraform or the workspace's variables are missing */
export function openTerraform(workspace: string): Terraform {
  const variables = join('environments', `${workspace}.tfvars`);
  if (!existsSync(join(folder, variables))) {
    throw new Error(`There is no terraform/environments/${workspace}.tfvars. Copy the file of another workspace.`);
  }
  requireTerraform();
  const plan = `${workspace}.tfplan`;
  return {
    init() {
      // With a `backend.tf` the state is in S3, in the bucket of `backend.hcl`. Otherwise it is local.
      const state = ['backend.tf', 'backend.hcl'].every((file) => existsSync(join(folder, file)));
      succeed(['init', '-input=false', ...(state ? ['-backend-config=backend.hcl'] : [])]);
    },
    selectWorkspace: () => succeed(['workspace', 'select', '-or-create', workspace]),
    plan() {
      const args = ['-input=false', '-detailed-exitcode', `-var-file=${variables}`, `-out=${plan}`];
      const status = run(['plan', ...args]);
      if (status !== 0 && status !== 2) throw new Error('terraform plan failed: nothing was changed.');
      return { changes: status === 2 };
    },
    apply: () => succeed(['apply', '-input=false', plan]),
    discardPlan: () => rmSync(join(folder, plan), { force: true }),
    outputs() {
      const { stdout } = call(['output', '-json'], 'pipe');
      const values: Record<string, { readonly value: unknown }> = JSON.parse(stdout);
      return Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value])) as Partial<Outputs>;
    },
    region() {
      const { status, stdout } = call(['console', `-var-file=${variables}`], 'pipe', 'var.region\n');
      if (status !== 0) throw new Error(`terraform console failed with ${status}.`);
      return JSON.parse(stdout) as string;
    },
    destroy(targets) {
      const chosen = targets.map((target) => `-target=${target}`);
      succeed(['destroy', '-input=false', '-auto-approve', `-var-file=${variables}`, ...chosen]);
    },
  };
}

function requireTerraform(): void {
  const { error } = spawnSync('terraform', ['version'], { stdio: 'ignore' });
  if (error !== undefined) {
    throw new Error(
      'terraform is not on the PATH. Install version 1.11 or later from developer.hashicorp.com/terraform/install.',
    );
  }
}

function call(args: readonly string[], output: 'inherit' | 'pipe', input?: string) {
  // TF_WORKSPACE would take precedence over the requested workspace.
  const { TF_WORKSPACE: _, ...environment } = process.env;
  const result = spawnSync('terraform', args, {
    cwd: folder,
    env: environment,
    stdio: [input === undefined ? 'ignore' : 'pipe', output, 'inherit'],
    ...(input === undefined ? {} : { input }),
    encoding: 'utf8',
  });
  if (result.error !== undefined) throw result.error;
  return { status: result.status ?? 1, stdout: result.stdout };
}

function run(args: readonly string[]): number {
  return call(args, 'inherit').status;
}

function succeed(args: readonly string[]): void {
  const status = run(args);
  if (status !== 0) throw new Error(`terraform ${args[0]} failed with ${status}.`);
}
