import type { TerraformFolder } from './run-terraform.ts';

export type Values = Readonly<Record<string, unknown>>;

export interface PlannedResource {
  readonly address: string;
  readonly type: string;
  readonly values: Values;
}

/** A run's plan: the managed resources of all modules, and the outputs. */
export interface Planned {
  readonly resources: readonly PlannedResource[];
  readonly outputs: Values;
}

interface PlanMessage {
  readonly type: string;
  readonly '@testrun'?: string;
  readonly test_plan: {
    readonly resource_changes?: readonly {
      readonly address: string;
      readonly mode: string;
      readonly type: string;
      readonly change: { readonly after: Values };
    }[];
    readonly output_changes?: Readonly<Record<string, { readonly after: unknown }>>;
  };
}

/**
 * Runs a file of tests of a module with a mocked provider, and returns the plan of one run.
 *
 * @throws Error with the output of terraform if a run fails
 */
export async function planOf(folder: TerraformFolder, where: string, file: string, run: string): Promise<Planned> {
  const init = await folder.init(where);
  if (init.exitCode !== 0) throw new Error(init.output);
  const { exitCode, output } = await folder.run(where, ['test', '-json', '-verbose', `-filter=tests/${file}`]);
  const messages = output
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as PlanMessage] : []));
  const plan = messages.find((one) => one.type === 'test_plan' && one['@testrun'] === run)?.test_plan;
  if (exitCode !== 0 || plan === undefined) throw new Error(output);
  const resources = (plan.resource_changes ?? [])
    .filter(({ mode }) => mode === 'managed')
    .map(({ address, type, change }) => ({ address, type, values: change.after }));
  const outputs = Object.entries(plan.output_changes ?? {}).map(([name, { after }]) => [name, after]);
  return { resources, outputs: Object.fromEntries(outputs) };
}
