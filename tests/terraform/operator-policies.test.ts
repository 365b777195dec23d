import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateServiceCommand } from '@aws-sdk/client-ecs';
import { permissionsOf } from '@start-engines/sandbox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../scripts/tasks.ts';
import { mayRun, whyNot } from '../../scripts/test/missing-program.ts';
import { useMappingsWorld } from '../cli/mappings-world.ts';
import { createIamAuthoriser, type IamAuthoriser, type PolicyDocument } from './support/iam-authoriser.ts';
import { planOf } from './support/planned.ts';
import { openTerraformFolder, type TerraformFolder } from './support/run-terraform.ts';

const noTerraform = whyNot(['terraform', 'version']);
const timeout = 300_000;
const roleArn = 'arn:aws:iam::123456789012:role/operator';
const parameter = (name: string) => `arn:aws:ssm:us-east-2:123456789012:parameter/start-engines/${name}`;

type Name = 'read' | 'operate' | 'edit_mappings';

describe.runIf(mayRun(noTerraform))(`the policies of operators${noTerraform}`, () => {
  const at = useMappingsWorld([]);
  let folder: TerraformFolder;
  let policies: Readonly<Record<Name, string>>;

  beforeAll(async () => {
    folder = await openTerraformFolder();
    const run = 'publishes_the_policies_of_operators';
    const { outputs } = await planOf(folder, 'modules/start-engines', 'policies.tftest.hcl', run);
    policies = outputs.operator_policies as Readonly<Record<Name, string>>;
  }, timeout);
  afterAll(() => folder[Symbol.asyncDispose]());

  /** A person with these policies. */
  function personWith(...names: readonly Name[]): IamAuthoriser {
    const documents = names.map((name) => JSON.parse(policies[name]) as PolicyDocument);
    return createIamAuthoriser(roleArn, {
      Version: '2012-10-17',
      Statement: documents.flatMap(({ Statement }) => Statement),
    });
  }

  async function may(person: IamAuthoriser, action: string, resource: string, context = {}): Promise<string> {
    const principalArn = 'arn:aws:sts::123456789012:assumed-role/operator/session';
    return (await person.authorise({ roleArn, principalArn, action, resource, context })).effect;
  }

  /** Authorises the operator's calls after that one. */
  async function deniedAfter(person: IamAuthoriser, after: number): Promise<readonly string[]> {
    const denied: string[] = [];
    const sources = { accountId: '123456789012', region: 'us-east-2', findTaskDefinition: () => undefined };
    for (const { service, operation, input } of at.world.door.sandbox.calls.list({ caller: 'OPERATOR', after })) {
      for (const { action, resource, context } of permissionsOf(service, operation, input, sources)) {
        const effect = await may(person, action, resource, context);
        if (effect !== 'allow') denied.push(`${action} on ${resource}`);
      }
    }
    expect(person.problems()).toEqual([]);
    return denied;
  }

  async function succeed(...commandLine: readonly string[]): Promise<void> {
    const { exitCode, stdout, stderr } = await at.engines(...commandLine);
    expect(exitCode, `${commandLine.join(' ')}\n${stdout}${stderr}`).toBe(0);
  }

  test('read suffices for doctor, logs and reading mappings, and permits nothing else', { timeout }, async () => {
    await at.world.door.invoke({ action: 'start', service: 'auth', wait: 'healthy' });
    // Doctor looks for an ECS service that has the same target group.
    const other = { cluster: 'auth-cluster', serviceName: 'other', taskDefinition: 'auth-api-task', desiredCount: 0 };
    await at.world.door.clients.ecs.send(new CreateServiceCommand(other));
    const last = at.lastCall();

    expect((await at.engines('doctor', 'auth', '--all')).exitCode).not.toBe(3);
    await succeed('logs', '--since', '1h');
    for (const words of [
      ['list'],
      ['get'],
      ['validate'],
      ['history', 'auth'],
      ['diff', 'auth', '--from', '1', '--to', '1'],
    ]) {
      await succeed('mappings', ...words);
    }

    const person = personWith('read');
    expect(await deniedAfter(person, last)).toEqual([]);
    expect(person.unused()).toEqual([]);
  });

  test('operate, with read, suffices for status, start, restart, stop, reconcile and send', { timeout }, async () => {
    const last = at.lastCall();

    await succeed('start', 'auth');
    await succeed('status');
    await succeed('restart', 'auth');
    await succeed('stop', 'auth');
    await succeed('reconcile', '--dry-run');
    await succeed('send', 'start', 'auth');

    const person = personWith('read', 'operate');
    expect(await deniedAfter(person, last)).toEqual([]);
    expect(person.unused().filter((pair) => idsIn('operate').some((sid) => pair.startsWith(`${sid} `)))).toEqual([]);
  });

  test('edit_mappings, with read, suffices for put and rollback', { timeout }, async () => {
    const path = await at.fileOf('auth', { drainSeconds: 3 });
    const last = at.lastCall();

    await succeed('mappings', 'put', path);
    await succeed('mappings', 'rollback', 'auth', '--yes');

    const person = personWith('read', 'edit_mappings');
    // Which claim it reads depends on other writers.
    await may(person, 'ssm:GetParameters', parameter('dev/claims/auth/2'));
    expect(await deniedAfter(person, last)).toEqual([]);
    expect(person.unused().filter((pair) => idsIn('edit_mappings').some((sid) => pair.startsWith(`${sid} `)))).toEqual(
      [],
    );
  });

  test.each([
    ['start a task', 'ecs:RunTask', 'arn:aws:ecs:us-east-2:123456789012:task-definition/auth-api-task:1'],
    ['stop a task', 'ecs:StopTask', `arn:aws:ecs:us-east-2:123456789012:task/auth-cluster/${'0'.repeat(32)}`],
    ['read the key for launch facts', 'ssm:GetParameters', parameter('dev/keys/launch-facts')],
    ['write the key for launch facts', 'ssm:PutParameter', parameter('dev/keys/launch-facts')],
    ['write what Terraform has deployed', 'ssm:PutParameter', parameter('dev/deployed/auth')],
    ['write the envelope', 'ssm:PutParameter', parameter('dev/envelope')],
    ['read another workspace', 'ssm:GetParameters', parameter('prod/services/auth')],
    ['edit another workspace', 'ssm:PutParameter', parameter('prod/services/auth')],
    ['remove a mapping', 'ssm:DeleteParameter', parameter('dev/services/auth')],
    [
      'call an old version',
      'lambda:InvokeFunction',
      'arn:aws:lambda:us-east-2:123456789012:function:start-engines-lambda-dev:1',
    ],
    ['call another function', 'lambda:InvokeFunction', 'arn:aws:lambda:us-east-2:123456789012:function:payroll:live'],
    ['put an event on another bus', 'events:PutEvents', 'arn:aws:events:us-east-2:123456789012:event-bus/payroll'],
    [
      'read another log',
      'logs:FilterLogEvents',
      'arn:aws:logs:us-east-2:123456789012:log-group:/aws/lambda/payroll:log-stream:',
    ],
    ['read a task elsewhere', 'ecs:DescribeTasks', `arn:aws:ecs:us-east-2:123456789012:task/payroll/${'0'.repeat(32)}`],
  ])('no operator may %s', async (_what, action, resource) => {
    expect(await may(personWith('read', 'operate', 'edit_mappings'), action, resource)).toBe('implicit-deny');
  });

  test.each([
    [
      'operate',
      'lambda:InvokeFunction',
      'arn:aws:lambda:us-east-2:123456789012:function:start-engines-lambda-dev:live',
    ],
    ['edit_mappings', 'ssm:PutParameter', parameter('dev/services/auth')],
  ] as const)('only %s permits %s', async (name, action, resource) => {
    for (const one of ['read', 'operate', 'edit_mappings'] as const) {
      expect([one, await may(personWith(one), action, resource)]).toEqual([
        one,
        one === name ? 'allow' : 'implicit-deny',
      ]);
    }
  });

  test.each(['read', 'operate', 'edit_mappings'] as const)('docs/policies shows %s', (name) => {
    const file = join(root, 'docs', 'policies', `${name.replace('_', '-')}.json`);
    const expected = `${JSON.stringify(JSON.parse(policies[name]), null, 2)}\n`;
    if (process.env.UPDATE_POLICIES === 'true') writeFileSync(file, expected);
    expect(
      JSON.parse(readFileSync(file, 'utf8')),
      'UPDATE_POLICIES=true npm test -- tests/terraform/operator-policies.test.ts',
    ).toEqual(JSON.parse(expected));
  });

  function idsIn(name: Name): readonly string[] {
    return (JSON.parse(policies[name]) as PolicyDocument).Statement.map(({ Sid }) => Sid);
  }
});
