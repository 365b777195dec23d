import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { root } from '../tasks.ts';
import { findPlaceholders } from './placeholders.ts';

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
  /** The file of the saved plan, relative to the repository. */
  readonly planFile: string;
  /** Applies the saved plan. */
  apply(): void;
  /**
   * Applies a plan that was saved earlier, exactly as it is, and deletes it.
   *
   * @throws Error if it belongs to another workspace, or the zip has changed since
   */
  applySaved(file: string): void;
  /** Deletes the saved plan, which contains values of variables. Must follow every plan, also after a failure. */
  discardPlan(): void;
  /** The outputs in the state. There are none before the first apply and after a destroy. */
  outputs(): Partial<Outputs>;
  /** The Region from the workspace's variables. */
  region(): string;
  /** Destroys these addresses and everything that depends on them. Without addresses, destroys everything. */
  destroy(targets: readonly string[]): void;
}

/**
 * @param variablesFile default: `environments/<workspace>.tfvars`
 * @throws Error if terraform or the variables are missing, or the variables contain sample values
 */
export function openTerraform(workspace: string, variablesFile?: string): Terraform {
  const variables =
    variablesFile === undefined
      ? join('environments', `${workspace}.tfvars`)
      : relative(folder, resolve(variablesFile));
  if (!existsSync(join(folder, variables))) {
    throw new Error(
      variablesFile === undefined
        ? `There is no terraform/environments/${workspace}.tfvars. Copy the file of another workspace, or write one with engines import.`
        : `There is no ${variablesFile}.`,
    );
  }
  refusePlaceholders(variables);
  requireTerraform();
  const plan = `${workspace}.tfplan`;
  return {
    planFile: relative(root, join(folder, plan)),
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
    applySaved(file) {
      const path = resolve(file);
      requireSamePlan(readPlan(path), workspace);
      succeed(['apply', '-input=false', path]);
      rmSync(path);
    },
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

function refusePlaceholders(variables: string): void {
  const found = findPlaceholders(readFileSync(join(folder, variables), 'utf8'));
  if (found.length === 0) return;
  const lines = found.map(({ variable, value }) => `  ${variable}: ${value}`);
  const file = relative(root, join(folder, variables));
  throw new Error(`${file} still contains sample values, and nothing was changed. Replace them:\n${lines.join('\n')}`);
}

/** The parts of `terraform show -json` that a deploy reads. */
interface SavedPlan {
  readonly planned_values?: { readonly outputs?: { readonly parameter_path?: { readonly value?: string } } };
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly change: { readonly after: { readonly filename?: string; readonly source_code_hash?: string } | null };
  }[];
}

function readPlan(path: string): SavedPlan {
  if (!existsSync(path)) throw new Error(`There is no plan ${path}.`);
  const { status, stdout } = call(['show', '-json', path], 'pipe');
  if (status !== 0) throw new Error(`terraform show failed with ${status}: nothing was changed.`);
  return JSON.parse(stdout);
}

function requireSamePlan({ planned_values, resource_changes = [] }: SavedPlan, workspace: string): void {
  const path = planned_values?.outputs?.parameter_path?.value;
  if (path !== `/start-engines/${workspace}`) {
    throw new Error(
      `The plan is for ${path ?? 'something else'}, not for the workspace ${workspace}. Nothing was changed.`,
    );
  }
  const address = 'module.start_engines.module.lambda.aws_lambda_function.this';
  const { filename, source_code_hash } = resource_changes.find((one) => one.address === address)?.change.after ?? {};
  if (filename === undefined || filename === null) return;
  const zip = readFileSync(resolve(folder, filename));
  if (createHash('sha256').update(zip).digest('base64') !== source_code_hash) {
    throw new Error(`${filename} has changed since the plan was saved. Nothing was changed. Save a new plan.`);
  }
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
