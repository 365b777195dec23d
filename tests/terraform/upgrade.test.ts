import { execFileSync } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { motoBackend } from '../../packages/aws/test/contract/moto-backend.ts';
import { root } from '../../scripts/tasks.ts';
import { mayRun, whyNot } from '../../scripts/test/missing-program.ts';
import { bundlePath } from '../../scripts/world/seed-world.ts';
import { type Account, openAccount, python } from './support/account.ts';
import { must } from './support/apply-terraform.ts';
import { mappingDocuments } from './support/deployment.ts';
import { openTerraformFolder, type TerraformFolder, type TerraformRun } from './support/run-terraform.ts';
import type { ServedProvider } from './support/serve-provider.ts';

/** The last commit whose root module had no modules/start-engines. */
const former = '49ab437f3056f7cec0a12a415f8f1605f829f114';
/** A shallow clone or an archive does not contain it, so its absence is not an error, not even in CI. */
const absent = whyNot(['git', '-C', root, 'cat-file', '-e', former]);
const reason = [
  whyNot(['terraform', 'version'], ['tar', '--version'], [python, '-c', 'import boto3']),
  motoBackend.unavailable === undefined ? '' : ` (skipped: ${motoBackend.unavailable})`,
].join('');
const workspaces = ['dev', 'prod'] as const;
const minutes = 60_000;

describe.runIf(absent === '' && mayRun(reason))(
  `an upgrade from commit ${former.slice(0, 7)}${absent}${reason}`,
  () => {
    let moto: Awaited<ReturnType<typeof motoBackend.start>>;
    let account: Account;
    let folder: TerraformFolder;
    let loadBalancer: { readonly subnets: readonly string[]; readonly certificate_arn: string };
    /** By folder and workspace: the zip's path is relative to the folder, and the tags name the workspace. */
    const providers = new Map<string, ServedProvider>();

    /** Both commits with the same variables, as an operator would keep them. */
    const run = (
      where: string,
      workspace: string,
      command: string,
      ...args: readonly string[]
    ): Promise<TerraformRun> => {
      const files = [join(folder.path, '..', 'former', 'terraform', 'environments', `${workspace}.tfvars`)];
      files.push(join(folder.path, `${workspace}.tfvars.json`));
      const variables = files.map((file) => `-var-file=${file}`);
      const provider = providers.get(`. ${workspace}`);
      return folder.run(where, [command, '-input=false', '-no-color', ...variables, ...args], { workspace, provider });
    };

    beforeAll(async () => {
      moto = await motoBackend.start();
      account = openAccount(moto.endpoint, moto.region);
      const { vpcId, subnets, certificateArn } = await account.prepare();
      loadBalancer = { subnets, certificate_arn: certificateArn };
      folder = await openTerraformFolder(account.environment);
      const home = join(folder.path, '..');
      const archive = execFileSync('git', ['-C', root, 'archive', former, 'terraform'], {
        maxBuffer: 64 * 1024 * 1024,
      });
      await mkdir(join(home, 'former'));
      execFileSync('tar', ['-x', '-C', join(home, 'former')], { input: archive });
      for (const place of ['former', '.']) {
        await cp(bundlePath, join(home, place, 'packages/handler/dist/start-engines-lambda.zip'));
      }
      for (const workspace of workspaces) {
        const variables = {
          vpc_id: vpcId,
          task_subnets: subnets,
          load_balancer: loadBalancer,
          function: { runtime: 'nodejs22.x' },
        };
        await writeFile(join(folder.path, `${workspace}.tfvars.json`), JSON.stringify(variables));
      }
      must(await folder.init('../former/terraform'));
      for (const workspace of workspaces) {
        providers.set(`../former/terraform ${workspace}`, await folder.serveProvider('../former/terraform'));
        must(await folder.run('../former/terraform', ['workspace', 'new', '-no-color', workspace]));
        must(await run('../former/terraform', workspace, 'apply', '-auto-approve'));
      }
      await cp(join(home, 'former', 'terraform', 'terraform.tfstate.d'), join(folder.path, 'terraform.tfstate.d'), {
        recursive: true,
      });
      must(await folder.init('.'));
      for (const workspace of workspaces) providers.set(`. ${workspace}`, await folder.serveProvider('.'));
    }, 8 * minutes);
    afterAll(async () => {
      await Promise.all([...providers.values(), folder, moto].map((one) => one?.[Symbol.asyncDispose]()));
    });

    /** What an operator must add: the clients that were admitted by default, and which workspace takes unaddressed events. */
    const additions = (workspace: string) => [
      `-var=load_balancer=${JSON.stringify({ ...loadBalancer, ingress_cidrs: ['0.0.0.0/0'] })}`,
      ...(workspace === 'dev' ? [] : [`-var=event_bus=${JSON.stringify({ accept_unaddressed: false })}`]),
    ];

    test.for(workspaces)(
      'of %s destroys and replaces nothing, and a second plan has nothing left to do',
      {
        timeout: 6 * minutes,
      },
      async (workspace) => {
        const before = mappingDocuments(await account.read(workspace));
        must(await run('.', workspace, 'plan', '-out=upgrade.tfplan', ...additions(workspace)));
        const shown = must(await folder.run('.', ['show', '-json', '-no-color', 'upgrade.tfplan'], { workspace }));
        const { resource_changes: changes } = JSON.parse(shown.output.slice(shown.output.indexOf('{"format_version"')));
        expect(changes.length).toBeGreaterThan(60);
        const destroyed = changes.filter((one: { change: { actions: string[] } }) =>
          one.change.actions.includes('delete'),
        );
        expect(destroyed.map(({ address }: { address: string }) => address)).toEqual([]);
        const provider = providers.get(`. ${workspace}`);
        const args = ['apply', '-input=false', '-no-color', 'upgrade.tfplan'];
        must(await folder.run('.', args, { workspace, provider }));
        expect(mappingDocuments(await account.read(workspace))).toEqual(before);
        const again = await run('.', workspace, 'plan', '-detailed-exitcode', ...additions(workspace));
        // moto cannot update the maximum event age, so each plan repeats that change.
        const changed = [...again.output.matchAll(/^ +# (\S+) (?:will|must) be /gm)].map(([, address]) => address);
        expect(changed).toEqual(['module.start_engines.module.lambda.aws_lambda_function_event_invoke_config.live']);
      },
    );
  },
);
