import { join } from 'node:path';
import {
  type Action,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { motoBackend } from '../../packages/aws/test/contract/moto-backend.ts';
import { root } from '../../scripts/tasks.ts';
import { mayRun, whyNot } from '../../scripts/test/missing-program.ts';
import { type Account, openAccount, python } from './support/account.ts';
import { type AppliedTerraform, must, openAppliedTerraform } from './support/apply-terraform.ts';
import { type Deployment, mappingDocuments } from './support/deployment.ts';

const reason = [
  whyNot(['terraform', 'version'], [python, '-c', 'import boto3']),
  motoBackend.unavailable === undefined ? '' : ` (skipped: ${motoBackend.unavailable})`,
].join('');
const minutes = 60_000;
const pdf = { cluster: 'c', task_definition: 'pdf', task_role_arns: [], port: 9080, priority: 20 };
const wake = { title: 'PDF renderer' };
const idle = { after_seconds: 600 };

describe.runIf(mayRun(reason))(`terraform apply of a service with wake${reason}`, () => {
  let moto: Awaited<ReturnType<typeof motoBackend.start>>;
  let account: Account;
  let terraform: AppliedTerraform;
  let dev: Deployment;

  const withServices = (service: object) => `-var=services=${JSON.stringify({ pdf: service })}`;
  const rule = async () => {
    const { listeners } = (await account.read('dev')).loadBalancer;
    return listeners.flatMap(({ rules }) => rules).find(({ Priority }) => Priority === '20') as unknown as {
      readonly RuleArn: string;
      readonly Actions: readonly Action[];
    };
  };
  /** Names of the target groups that the rule forwards to, with their weights. */
  const weights = ({ Actions: [action] }: { readonly Actions: readonly Action[] }) =>
    (action?.ForwardConfig?.TargetGroups ?? [])
      .map(({ TargetGroupArn = '', Weight }) => [TargetGroupArn.split('/')[1], Weight])
      .sort();

  beforeAll(async () => {
    moto = await motoBackend.start();
    account = openAccount(moto.endpoint, moto.region);
    const { vpcId, subnets, certificateArn } = await account.prepare();
    terraform = await openAppliedTerraform({
      environment: account.environment,
      workspaces: {
        dev: {
          vpc_id: vpcId,
          task_subnets: subnets,
          load_balancer: { subnets, certificate_arn: certificateArn, ingress_cidrs: ['0.0.0.0/0'] },
          activator: { package_path: join(root, 'packages', 'activator', 'dist', 'start-engines-activator.zip') },
        },
      },
    });
    must(await terraform.run('dev', 'apply', '-auto-approve', withServices({ ...pdf, wake, idle })));
    dev = await account.read('dev');
  }, 8 * minutes);
  afterAll(async () => {
    await Promise.all([terraform, moto].map((one) => one?.[Symbol.asyncDispose]()));
  });

  test('its rule begins at the activator, and its mapping names the rule', async () => {
    const { RuleArn, ...made } = await rule();
    expect(weights(made)).toEqual([
      ['pdf-dev', 0],
      ['start-engines-wake-dev', 1],
    ]);
    expect(mappingDocuments(dev).get('services/pdf')).toMatchObject({
      listenerRuleArn: RuleArn,
      wake: { paths: ['/api/pdf'], title: 'PDF renderer' },
      idle: { afterSeconds: 600 },
    });
  });

  test('the function knows the activator’s group, and may turn only rules of its own load balancer', () => {
    const { Role, Environment } = dev.function.configuration;
    expect(Environment.Variables).toMatchObject({
      ACTIVATOR_TARGET_GROUP_ARN: expect.stringContaining(':targetgroup/start-engines-wake-dev/'),
      ROUTE_SETTLE_SECONDS: '20',
    });
    const statements = Object.values(dev.roles).find(({ arn }) => arn === Role)?.policies[0]?.Statement ?? [];
    expect(statements.find(({ Sid }) => Sid === 'TurnRoutes')).toMatchObject({
      Action: ['elasticloadbalancing:ModifyRule'],
      Resource: ['arn:aws:elasticloadbalancing:us-east-2:123456789012:listener-rule/app/start-engines-dev/*'],
    });
    expect(statements.find(({ Sid }) => Sid === 'CountRequests')).toMatchObject({
      Action: ['cloudwatch:GetMetricData'],
      Resource: ['*'],
    });
  });

  // Scale to zero, invariant 11.
  test('a second plan is empty, whichever way the route points', { timeout: 6 * minutes }, async () => {
    const plan = () => terraform.run('dev', 'plan', '-detailed-exitcode', withServices({ ...pdf, wake, idle }));
    const first = await plan();
    expect([first.exitCode, first.output]).toEqual([0, first.output]);
    const { RuleArn, Actions } = await rule();
    const TargetGroups = Actions[0]?.ForwardConfig?.TargetGroups?.map((group) => ({
      ...group,
      Weight: 1 - (group.Weight ?? 0),
    }));
    const client = new ElasticLoadBalancingV2Client({
      endpoint: moto.endpoint,
      region: moto.region,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    await client.send(
      new ModifyRuleCommand({ RuleArn, Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }] }),
    );
    client.destroy();
    expect(weights(await rule())).toEqual([
      ['pdf-dev', 1],
      ['start-engines-wake-dev', 0],
    ]);
    const second = await plan();
    expect([second.exitCode, second.output]).toEqual([0, second.output]);
  });

  test('one apply switches wake off: the rule forwards to the service, and the activator is gone', {
    timeout: 8 * minutes,
  }, async () => {
    must(await terraform.run('dev', 'apply', '-auto-approve', withServices(pdf)));
    const { Actions } = await rule();
    expect(Actions).toMatchObject([{ Type: 'forward', TargetGroupArn: expect.stringContaining('/pdf-dev/') }]);
    expect((await account.list()).filter((name) => /activator|start-engines-wake/.test(name))).toEqual([]);
  });
});
