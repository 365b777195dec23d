import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { openFunction } from './deploy/function.ts';
import { leave } from './deploy/leave.ts';
import { replaceMappings } from './deploy/replace-mappings.ts';
import { lookAround, requireService, smokeTest } from './deploy/smoke-test.ts';
import { type Outputs, openTerraform, type Terraform } from './deploy/terraform.ts';
import { runTurbo } from './tasks.ts';

/** Builds the zip, plans a workspace, asks for confirmation, applies the plan, and checks the function. */
const usage = `npm run deploy <workspace> [-- --yes] [--smoke <service>] [--replace-mapping <service>]
npm run deploy <workspace> -- --plan
npm run deploy <workspace> -- --apply <plan file> [--smoke <service>] [--replace-mapping <service>]
npm run deploy <workspace> -- --destroy [--yes]
--var-file <file> selects another file than terraform/environments/<workspace>.tfvars.`;

interface Options {
  readonly workspace: string;
  readonly yes: boolean;
  /** The service to start and stop as a smoke test. */
  readonly smoke: string | undefined;
  /** Whether to save the plan and stop there. */
  readonly plan: boolean;
  /** The saved plan to apply. */
  readonly apply: string | undefined;
  /** The file of variables. Default: the workspace's in `terraform/environments`. */
  readonly varFile: string | undefined;
  /** Whether to stop and destroy everything. */
  readonly destroy: boolean;
  /** Names below the parameter path of documents to replace with Terraform's, such as `services/auth`. */
  readonly mappings: readonly string[];
}

/** A mistake of the operator, reported without a stack. */
class Refused extends Error {}

function readOptions(): Options {
  try {
    const { values, positionals } = parseArgs({
      options: {
        yes: { type: 'boolean', default: false },
        smoke: { type: 'string' },
        plan: { type: 'boolean', default: false },
        apply: { type: 'string' },
        'var-file': { type: 'string' },
        destroy: { type: 'boolean', default: false },
        'replace-mapping': { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    const [workspace, ...others] = positionals;
    if (workspace === undefined || others.length > 0) throw new Refused('name one workspace');
    if (!/^[a-z][a-z0-9-]{0,11}$/.test(workspace) || workspace === 'default') {
      throw new Refused(
        `"${workspace}" cannot be a workspace. Use 1 to 12 characters of a-z, 0-9 and -, starting with a letter, and not default.`,
      );
    }
    const mappings = values['replace-mapping'].map((name) => (name === 'defaults' ? name : `services/${name}`));
    const { yes, smoke, plan, apply, destroy } = values;
    if ([plan, apply !== undefined, destroy].filter((chosen) => chosen).length > 1)
      throw new Refused('use one of --plan, --apply and --destroy');
    if ((plan || destroy) && (smoke !== undefined || mappings.length > 0))
      throw new Refused(`${plan ? '--plan' : '--destroy'} takes neither --smoke nor --replace-mapping`);
    return { workspace, yes, smoke, plan, apply, varFile: values['var-file'], destroy, mappings };
  } catch (error) {
    throw new Refused(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}

async function confirm(question: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const closed = new Promise<never>((_resolve, reject) => {
    terminal.once('close', () =>
      reject(new Refused('\nNo answer, so nothing was changed. Without a terminal, use --yes.')),
    );
  });
  try {
    const answer = await Promise.race([terminal.question(`\n${question} Only "yes" does: `), closed]);
    return answer.trim() === 'yes';
  } finally {
    // Closing the terminal no longer matters.
    closed.catch(() => {});
    terminal.close();
  }
}

/** Saves a plan for `--apply`. The file is deleted if there is nothing to apply. */
function savePlan(terraform: Terraform, { workspace, varFile }: Options): void {
  let keep = false;
  try {
    keep = terraform.plan().changes;
    if (!keep) {
      console.log(`\n${workspace} is up to date.`);
      return;
    }
    const variables = varFile === undefined ? '' : ` --var-file ${varFile}`;
    console.log(`
The plan is in ${terraform.planFile}. It contains values of variables, so keep it private. To apply exactly this plan:
npm run deploy ${workspace} -- --apply ${terraform.planFile}${variables}`);
  } finally {
    if (!keep) terraform.discardPlan();
  }
}

/** Returns whether the workspace is as its variables say. */
async function apply(terraform: Terraform, { workspace, yes, apply: saved }: Options): Promise<boolean> {
  if (saved !== undefined) {
    terraform.applySaved(saved);
    return true;
  }
  try {
    const { changes } = terraform.plan();
    if (!changes) {
      console.log(`\n${workspace} is up to date.`);
      return true;
    }
    if (!(await confirm(`Apply this to ${workspace}?`, yes))) {
      console.log('Nothing was changed.');
      return false;
    }
    terraform.apply();
    return true;
  } finally {
    terraform.discardPlan();
  }
}

async function deploy(options: Options): Promise<void> {
  const terraform = openTerraform(options.workspace, options.varFile);
  // While terraform is running, these signals wait for it to exit. A plan given with --apply is kept.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      if (options.apply === undefined) terraform.discardPlan();
      process.exit(1);
    });
  }
  if (options.destroy) {
    const { workspace, yes } = options;
    terraform.init();
    terraform.selectWorkspace();
    if (!(await confirm(`Stop every service of ${workspace} and destroy everything?`, yes))) {
      console.log('Nothing was changed.');
      return;
    }
    return leave(terraform, workspace);
  }
  const built = runTurbo('build');
  if (built !== 0) throw new Refused('the build failed');
  terraform.init();
  terraform.selectWorkspace();
  if (options.plan) return savePlan(terraform, options);
  if (!(await apply(terraform, options))) return;
  const outputs = terraform.outputs() as Outputs;
  const { workspace, smoke, mappings } = options;
  if (smoke !== undefined) requireService(outputs.mapping_documents, smoke);
  await replaceMappings(outputs, mappings);
  using deployed = openFunction(outputs.function_alias_arn);
  console.log(`\n${await lookAround(deployed, workspace)}`);
  if (smoke === undefined) return;
  console.log(`\nStarting ${smoke} as a smoke test …`);
  console.log(await smokeTest(deployed, workspace, smoke));
}

try {
  await deploy(readOptions());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
