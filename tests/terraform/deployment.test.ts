import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { motoBackend } from '../../packages/aws/test/contract/moto-backend.ts';
import { mayRun, whyNot } from '../../scripts/test/missing-program.ts';
import { bundlePath } from '../../scripts/world/seed-world.ts';
import { leastPrivilege } from './least-privilege.ts';
import { livesOfServices } from './lives-of-services.ts';
import { oneEventOneWorkspace } from './one-event-one-workspace.ts';
import { rulesAndEvents } from './rules-and-events.ts';
import { type Account, openAccount, python } from './support/account.ts';
import { type AppliedTerraform, must, openAppliedTerraform } from './support/apply-terraform.ts';
import { type DeployedWorld, openDeployedWorld } from './support/deployed-world.ts';
import { type Deployment, mappingDocuments } from './support/deployment.ts';
import { whatWasDeployed } from './what-was-deployed.ts';

// Applies the root module with the real provider to moto_server, in two workspaces at once. Then inspects the result with
// boto3, runs it in the sandbox, and destroys it. All tests depend on the apply in beforeAll, and the last ones change it.

const reason = [
  whyNot(['terraform', 'version'], [python, '-c', 'import boto3']),
  motoBackend.unavailable === undefined ? '' : ` (skipped: ${motoBackend.unavailable})`,
].join('');
const workspaces = ['dev', 'prod'] as const;
const minutes = 60_000;
const issuer = 'https://login.example.org';
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
/** The services of environments/*.tfvars, with some of their attributes. */
const services = Object.fromEntries(
  (
    [
      ['auth', 'auth-api-task', 8080, 10],
      ['pdf', 'pdf-creator-task', 9080, 20],
      ['fa', 'fa-engine-task', 2531, 30],
      ['users', 'users-api-task', 8081, 40],
      ['batch', 'batch-job-task', 8090, 50],
    ] as const
  ).map(([name, task_definition, port, priority]) => [
    name,
    {
      cluster: `${name}-cluster`,
      task_definition,
      port,
      priority,
      task_role_arns: [role('ecs-task-execution'), role(`${name}-task`)],
      // moto cannot update the maximum event age, which depends on the longest dependency chain.
      depends_on: name === 'fa' ? ['users'] : [],
    },
  ]),
);
const office = {
  services: ['auth', 'pdf', 'fa', 'users'],
  start: 'cron(0 7 ? * MON-FRI *)',
  stop: 'cron(0 19 ? * MON-FRI *)',
  timezone: 'America/New_York',
};

describe.runIf(mayRun(reason))(`terraform apply, in the workspaces dev and prod side by side${reason}`, () => {
  let moto: Awaited<ReturnType<typeof motoBackend.start>>;
  let account: Account;
  let untouched: readonly string[];
  let terraform: AppliedTerraform;
  let dev: Deployment;
  let prod: Deployment;
  let world: DeployedWorld;

  const inEach = (command: 'apply' | 'plan' | 'destroy', ...args: readonly string[]) =>
    Promise.all(workspaces.map((workspace) => terraform.run(workspace, command, ...args)));

  beforeAll(async () => {
    moto = await motoBackend.start();
    account = openAccount(moto.endpoint, moto.region);
    const { vpcId, subnets, certificateArn } = await account.prepare();
    untouched = await account.list();
    const network = {
      vpc_id: vpcId,
      task_subnets: subnets,
      load_balancer: { subnets, certificate_arn: certificateArn, ingress_cidrs: ['0.0.0.0/0'] },
    };
    terraform = await openAppliedTerraform({
      environment: account.environment,
      workspaces: {
        // In dev the role's lists are in managed policies, in prod in the inline policy.
        dev: {
          ...network,
          managed_policies: 2,
          http_api: { authorization: { type: 'AWS_IAM' } },
          warm_windows: { office },
        },
        prod: { ...network, http_api: { authorization: { type: 'JWT', issuer, audiences: ['engines'] } } },
      },
    });
    for (const run of await inEach('apply', '-auto-approve')) must(run);
    [dev, prod] = await Promise.all([account.read('dev'), account.read('prod')]);
    world = await openDeployedWorld(dev);
  }, 6 * minutes);

  afterAll(async () => {
    await Promise.all([world, terraform, moto].map((one) => one?.[Symbol.asyncDispose]()));
  });

  describe('in dev', () => whatWasDeployed('dev', () => dev));
  describe('in prod', () => whatWasDeployed('prod', () => prod));

  test('the API requires an IAM signature in dev, and a token with the route’s scope in prod', () => {
    const [own] = dev.api.routes;
    expect([own?.AuthorizationType, dev.api.authorizers]).toEqual(['AWS_IAM', []]);
    const { routes, authorizers } = prod.api;
    expect(authorizers).toMatchObject([{ JwtConfiguration: { Issuer: issuer, Audience: ['engines'] } }]);
    const scopes = routes.map(({ RouteKey, AuthorizationType, AuthorizerId, AuthorizationScopes }) => [
      RouteKey,
      AuthorizationType,
      AuthorizerId === authorizers[0]?.AuthorizerId,
      AuthorizationScopes,
    ]);
    expect(scopes.sort()).toEqual([
      ['GET /services', 'JWT', true, ['start-engines/read']],
      ['GET /services/{name}', 'JWT', true, ['start-engines/read']],
      ['POST /services/{name}/restart', 'JWT', true, ['start-engines/restart']],
      ['POST /services/{name}/start', 'JWT', true, ['start-engines/start']],
      ['POST /services/{name}/stop', 'JWT', true, ['start-engines/stop']],
    ]);
  });

  describe('the rules of dev and prod forward', () =>
    rulesAndEvents(
      () => world,
      () => [dev, prod],
    ));

  describe('on the bus that dev and prod share', () => oneEventOneWorkspace(workspaces, () => [dev, prod]));

  test(
    'the plan rejects a second workspace that accepts unaddressed events, and says what to do',
    async () => {
      const variables = JSON.stringify({ accept_unaddressed: true });
      const { exitCode, output } = await terraform.run('prod', 'plan', `-var=event_bus=${variables}`);
      expect(exitCode).toBe(1);
      expect(output.replaceAll(/\s+/g, ' ')).toContain(
        'The workspace dev already accepts the unaddressed events of the bus default. Set event_bus.accept_unaddressed = false in prod',
      );
    },
    2 * minutes,
  );

  test('the built zip was deployed', () => {
    const sha256 = createHash('sha256').update(readFileSync(bundlePath)).digest('base64');
    const deployed = [dev, prod].map(({ function: { configuration } }) => configuration.CodeSha256);
    expect([...deployed, world.codeSha256]).toEqual([sha256, sha256, sha256]);
  });

  describe('in a sandbox with the deployed resources and role', () => {
    livesOfServices(
      () => world,
      () => dev,
    );
    leastPrivilege(
      () => world,
      () => dev,
      () => prod,
    );
  });

  test(
    'a second plan of each workspace is empty, although a mapping was edited in between',
    async () => {
      await account.putParameter('/start-engines/prod/services/pdf', '{"edited":"at night"}');
      for (const run of await inEach('plan', '-detailed-exitcode'))
        expect([run.exitCode, run.output]).toEqual([0, run.output]);
    },
    3 * minutes,
  );

  test(
    // Terraform review, finding 3.
    'an edit of services keeps live mappings and their permissions, updates Terraform’s own values, and reports the keys that differ',
    async () => {
      const { fa, ...others } = services;
      const edited = { ...fa, cluster: 'new-cluster', task_definition: 'new-task', port: 9531, task_role_arns: [] };
      const variables = JSON.stringify({ ...others, fa: { ...edited, security_groups: ['sg-0a1b2c3d'] } });
      const run = must(await terraform.run('prod', 'apply', '-auto-approve', `-var=services=${variables}`));
      expect(run.output.replaceAll(/[│\s]+/g, ' ')).toContain(
        'auth differs in allowOverrides; fa differs in cluster, port, taskDefinition; pdf differs in',
      );
      const after = await account.read('prod');
      expect(mappingDocuments(after).get('services/fa')).toEqual(mappingDocuments(prod).get('services/fa'));
      const parameterValue = (name: string) =>
        JSON.parse(after.parameters.find(({ Name }) => Name.endsWith(name))?.Value ?? '{}');
      const envelope = parameterValue('/envelope');
      expect(envelope.clusters).toEqual(expect.arrayContaining(['fa-cluster', 'new-cluster']));
      expect(envelope.taskFamilies).toEqual(expect.arrayContaining(['fa-engine-task', 'new-task']));
      expect(envelope.taskRoleArns).toContain('arn:aws:iam::123456789012:role/fa-task');
      expect(after.function.configuration.Environment.Variables.CLUSTERS?.split(',')).toContain('fa-cluster');
      const [, tasks] = [...after.securityGroups].sort((a, b) => (a.GroupName < b.GroupName ? -1 : 1));
      expect(tasks?.IpPermissions.map(({ FromPort }) => FromPort)).toEqual(expect.arrayContaining([2531, 9531]));
      const former = mappingDocuments(prod).get('defaults')?.securityGroups as string[];
      expect(parameterValue('/deployed/fa').securityGroups).toEqual({ now: 'sg-0a1b2c3d', before: former });
      const again = await terraform.run('prod', 'plan', '-detailed-exitcode', `-var=services=${variables}`);
      const changes = again.output.match(/^ +(# \S+ (will|must) be|[~+-] ).*$/gm) ?? [];
      expect([again.exitCode, changes]).toEqual([0, []]);
    },
    4 * minutes,
  );

  test(
    'the plan rejects two services that swap their priorities, and says what to do',
    async () => {
      const swapped = { ...services, auth: { ...services.auth, priority: 20 }, pdf: { ...services.pdf, priority: 10 } };
      const { exitCode, output } = await terraform.run('dev', 'plan', `-var=services=${JSON.stringify(swapped)}`);
      expect(exitCode).toBe(1);
      expect(output.replaceAll(/[│\s]+/g, ' ')).toContain(
        'Priority 20 of auth still belongs to pdf. Give auth an unused priority',
      );
    },
    2 * minutes,
  );

  test(
    'destroy removes everything of both workspaces',
    async () => {
      // Terraform review, finding 8: a destroy does not need the zip.
      await terraform.removePackage();
      for (const run of await inEach('destroy', '-auto-approve', '-refresh=false')) must(run);
      expect(await account.list()).toEqual(untouched);
    },
    4 * minutes,
  );
});
