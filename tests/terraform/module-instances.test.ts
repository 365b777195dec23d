import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { motoBackend } from '../../packages/aws/test/contract/moto-backend.ts';
import { mayRun, whyNot } from '../../scripts/test/missing-program.ts';
import { bundlePath } from '../../scripts/world/seed-world.ts';
import { oneEventOneWorkspace } from './one-event-one-workspace.ts';
import { type Account, openAccount, python } from './support/account.ts';
import { must } from './support/apply-terraform.ts';
import type { Deployment } from './support/deployment.ts';
import { openTerraformFolder, type TerraformFolder } from './support/run-terraform.ts';

// Applies roots/two-instances, a configuration that uses the module as a platform team would, with the real provider.
const reason = [
  whyNot(['terraform', 'version'], [python, '-c', 'import boto3']),
  motoBackend.unavailable === undefined ? '' : ` (skipped: ${motoBackend.unavailable})`,
].join('');
const instances = ['blue', 'green'] as const;
const where = '../tests/terraform/roots/two-instances';
const minutes = 60_000;

// Terraform review, findings 2, 7 and 9.
describe.runIf(mayRun(reason))(`two instances of the module in one state${reason}`, () => {
  let moto: Awaited<ReturnType<typeof motoBackend.start>>;
  let account: Account;
  let folder: TerraformFolder;
  /** A copy: a build during the test would change the plan. */
  let packagePath: string;
  let before: readonly string[];
  let deployments: readonly Deployment[];

  const terraform = (command: string, ...args: readonly string[]) =>
    folder.run(where, [command, '-input=false', '-no-color', `-var=package_path=${packagePath}`, ...args]);
  /** The resources of the region that the default provider would use. IAM has no regions. */
  const ofDefaultProvider = async () =>
    (await openAccount(moto.endpoint, 'eu-central-1').list()).filter((name) => !name.startsWith('iam '));

  beforeAll(async () => {
    moto = await motoBackend.start();
    account = openAccount(moto.endpoint, moto.region);
    before = await account.list();
    // The configuration names the regions itself.
    const { AWS_REGION: _, AWS_DEFAULT_REGION: __, ...environment } = account.environment;
    folder = await openTerraformFolder(environment);
    packagePath = join(folder.path, '..', 'start-engines-lambda.zip');
    await cp(bundlePath, packagePath);
    must(await folder.init(where));
  }, 2 * minutes);
  afterAll(async () => {
    await Promise.all([folder, moto].map((one) => one?.[Symbol.asyncDispose]()));
  });

  test('one apply creates them with the network, certificate, listener, clusters and roles that they use', {
    timeout: 6 * minutes,
  }, async () => {
    const untouched = await ofDefaultProvider();
    must(await terraform('apply', '-auto-approve'));
    expect(await ofDefaultProvider()).toEqual(untouched);
    deployments = await Promise.all(instances.map((name) => account.read(name)));
    const functions = deployments.map(({ function: { configuration } }) => configuration.FunctionName);
    expect(functions).toEqual(['start-engines-lambda-blue', 'start-engines-lambda-green']);
    const priorities = deployments.map(({ loadBalancer }) =>
      loadBalancer.listeners
        .filter(({ Port }) => Port === 443)
        .flatMap(({ rules }) => rules.filter(({ IsDefault }) => !IsDefault).map(({ Priority }) => Priority))
        .sort(),
    );
    expect(priorities).toEqual([
      ['10', '20'],
      ['10', '20'],
    ]);
  });

  test('a second plan is empty', { timeout: 3 * minutes }, async () => {
    const { exitCode, output } = await terraform('plan', '-detailed-exitcode');
    expect([exitCode, output]).toEqual([0, output]);
  });

  describe('on the bus that they share', () => oneEventOneWorkspace(instances, () => deployments));

  test('destroy removes both', { timeout: 4 * minutes }, async () => {
    must(await terraform('destroy', '-auto-approve'));
    expect(await account.list()).toEqual(before);
  });
});
