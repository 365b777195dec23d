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
npm run deploy <workspace> -- --destroy [--yes]`;

interface Options {
  readonly workspace: string;
  readonly yes: boolean;
  /** The service to start and stop as a smoke test. */
  readonly smoke: string | undefined;
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
    const { yes, smoke, destroy } = values;
    if (destroy && (smoke !== undefined || mappings.length > 0))
      throw new Refused('--destroy can only be combined with --yes');
    return { workspace, yes, smoke, destroy, mappings };
  } catch (error) {
    throw new Refused(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}

async function confirm(question: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const nobody = new Promise<never>((_resolve, reject) => {
    terminal.once('close', () =>
      reject(new Refused('\nNo answer, so nothing was changed. Without a terminal, use --yes.')),
    );
  });
  try {
    const answer = await Promise.race([terminal.question(`\n${question} Only "yes" does: `), nobody]);
    return answer.trim() === 'yes';
  } finally {
    // Closing the terminal no longer matters.
    nobody.catch(() => {});
    terminal.close();
  }
}

async function apply(terraform: Terraform, { workspace, yes }: Options): Promise<boolean> {
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
  const terraform = openTerraform(options.workspace);
  // While terraform is running, these signals wait for it to exit.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      terraform.discardPlan();
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
