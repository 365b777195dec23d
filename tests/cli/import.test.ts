import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningBackend } from '../../packages/aws/test/contract/backend.ts';
import { motoBackend } from '../../packages/aws/test/contract/moto-backend.ts';
import { mayRun, whyNot } from '../../scripts/test/missing-program.ts';
import { runPiped } from './engines-process.ts';
import { readJson } from './json-schema.ts';

const missing = motoBackend.unavailable === undefined ? '' : ` (skipped: ${motoBackend.unavailable})`;
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;

describe.runIf(mayRun(missing))(`engines import, with an account in moto_server${missing}`, () => {
  let moto: RunningBackend;
  let folder: string;
  let listenerArn = '';

  beforeAll(async () => {
    moto = await motoBackend.start();
    folder = mkdtempSync(join(tmpdir(), 'engines-import-'));
    listenerArn = await makeAccount(moto);
  }, 120_000);
  afterAll(async () => {
    await moto?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const engines = (...commandLine: readonly string[]) =>
    runPiped(['import', ...commandLine], {
      AWS_ENDPOINT_URL: moto.endpoint,
      AWS_REGION: moto.region,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });

  test('writes what is certain, and says for the rest what the choices are', async () => {
    const { exitCode, stdout, stderr } = await engines();

    expect(exitCode, stderr).toBe(0);
    const [first = '', second = ''] = moto.subnets;
    expect(stdout).toBe(`# Written by engines import for the workspace dev, from the resources in us-east-2.
# Check every value. Search for UNDECIDED: those values are missing, and Terraform asks for them.
region = "us-east-2"
account_id = "123456789012"
vpc_id = "${moto.vpcId}"
task_subnets = ["${[first, second].sort().join('", "')}"]
assign_public_ip = true
# load_balancer: the rules are added to shared. Its security groups must allow outbound traffic to the tasks.
load_balancer = { existing_listener_arn = "${listenerArn}" }

services = {
  # The ECS service Auth_Service runs it now, with 2 tasks. It registers them in the target group auth-tg. Rule 15 forwards to it and comes first: remove that rule to move the traffic.
  auth-service = {
    cluster = "apps"
    task_definition = "auth"
    task_role_arns = ["${role('execution')}", "${role('auth')}"]
    port = 8080
    priority = 20
    path_prefix = "/login"
    health_check = { path = "/up", matcher = "200" }
    security_groups = ["${moto.securityGroups[0]}"]
  }

  # No ECS service runs it.
  pdf = {
    # UNDECIDED cluster: choose one of apps, batch.
    task_definition = "pdf"
    task_role_arns = []
    # UNDECIDED port: choose one of 9080 (pdf), 9081 (metrics).
    priority = 30
  }
}
# old is left out: its network mode is bridge, and start-engines needs awsvpc.
`);
  });

  const noTerraform = whyNot(['terraform', 'version']);
  test.runIf(mayRun(noTerraform))(`the file is valid HCL${noTerraform}`, async () => {
    const { stdout } = await engines();
    const { status, stderr } = spawnSync('terraform', ['fmt', '-'], { input: stdout, encoding: 'utf8' });

    expect(status, stderr).toBe(0);
  });

  test('reads only the chosen clusters', async () => {
    const { stdout } = await engines('--cluster', 'batch', '--json');

    const { services, undecided } = readJson('import', stdout);
    expect(services).toEqual(['auth', 'pdf']);
    expect(undecided).toEqual([
      { setting: 'task_subnets', reason: expect.stringMatching(/^choose from subnet-\w+ \(us-east-2a\), /) },
      { setting: 'services.pdf.port', reason: 'choose one of 9080 (pdf), 9081 (metrics).' },
    ]);
  });

  test('writes a new file, and never overwrites one', async () => {
    const file = join(folder, 'dev.tfvars');
    const written = await engines('--output', file);
    expect(written.stdout).toBe(`Wrote ${file}: 2 services, 2 values undecided.\n`);
    const text = readFileSync(file, 'utf8');

    const again = await engines('--output', file);

    expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining(`File ${file} exists already.`)]);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});

async function makeAccount({ endpoint, region, vpcId, subnets, securityGroups }: RunningBackend): Promise<string> {
  const settings = { endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const ecs = new ECSClient(settings);
  const elb = new ElasticLoadBalancingV2Client(settings);

  for (const clusterName of ['apps', 'batch']) await ecs.send(new CreateClusterCommand({ clusterName }));
  const definition = (family: string, networkMode: 'awsvpc' | 'bridge', ports: Readonly<Record<string, number>>) => ({
    family,
    networkMode,
    requiresCompatibilities: networkMode === 'awsvpc' ? (['FARGATE'] as const).slice() : undefined,
    containerDefinitions: Object.entries(ports).map(([name, containerPort]) => ({
      name,
      image: 'image',
      memory: 128,
      portMappings: [{ containerPort }],
    })),
  });
  const auth = {
    ...definition('auth', 'awsvpc', { auth: 8080 }),
    executionRoleArn: role('execution'),
    taskRoleArn: role('auth'),
  };
  for (const one of [
    auth,
    definition('pdf', 'awsvpc', { pdf: 9080, metrics: 9081 }),
    definition('old', 'bridge', { old: 80 }),
  ]) {
    await ecs.send(new RegisterTaskDefinitionCommand(one));
  }
  const balancer = await elb.send(
    new CreateLoadBalancerCommand({ Name: 'shared', Subnets: [...subnets], SecurityGroups: [...securityGroups] }),
  );
  const group = await elb.send(
    new CreateTargetGroupCommand({
      ...{ Name: 'auth-tg', Protocol: 'HTTP', Port: 8080, VpcId: vpcId, TargetType: 'ip' },
      ...{ HealthCheckPath: '/up', Matcher: { HttpCode: '200' } },
    }),
  );
  const TargetGroupArn = group.TargetGroups?.[0]?.TargetGroupArn ?? '';
  const listener = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: balancer.LoadBalancers?.[0]?.LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    }),
  );
  const ListenerArn = listener.Listeners?.[0]?.ListenerArn ?? '';
  await elb.send(
    new CreateRuleCommand({
      ListenerArn,
      Priority: 15,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/login', '/login/*'] } }],
      Actions: [{ Type: 'forward', TargetGroupArn }],
    }),
  );
  await ecs.send(
    new CreateServiceCommand({
      ...{
        cluster: 'apps',
        serviceName: 'Auth_Service',
        taskDefinition: 'auth',
        desiredCount: 2,
        launchType: 'FARGATE',
      },
      loadBalancers: [{ targetGroupArn: TargetGroupArn, containerName: 'auth', containerPort: 8080 }],
      networkConfiguration: {
        awsvpcConfiguration: { subnets: [...subnets], securityGroups: [...securityGroups], assignPublicIp: 'ENABLED' },
      },
    }),
  );
  for (const client of [ecs, elb]) client.destroy();
  return ListenerArn;
}
