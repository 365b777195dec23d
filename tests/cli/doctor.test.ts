import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  CreateRuleCommand,
  DeleteRuleCommand,
  DescribeRulesCommand,
  SetRulePrioritiesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { mayRun, whyNot } from '../../scripts/test/missing-program.ts';
import { faults } from './doctor-faults.ts';
import { type DoctorWorld, openDoctorWorld, service } from './doctor-world.ts';
import { runInProcess } from './engines-in-process.ts';
import { cleanEnvironment } from './engines-process.ts';
import { readJson } from './json-schema.ts';

const run = promisify(execFile);

let world: DoctorWorld;
beforeAll(async () => {
  world = await openDoctorWorld();
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());
afterEach(() => world.door.sandbox.faults.clear());

const statusOf = (report: { links: { id: string; status: string }[] }, id: string) =>
  report.links.find((link) => link.id === id)?.status;

describe('a healthy service', () => {
  test('has no finding, and piped output says so in one line', async () => {
    const { exitCode, stdout, stderr } = await world.engines('doctor', 'healthy');
    expect([exitCode, stdout, stderr]).toEqual([0, 'Nothing is wrong with healthy.\n', '']);
  });

  test('on a terminal, --all shows every link in the order of the walk', async () => {
    const { exitCode, text, raw } = await world.sit('doctor', 'healthy', '--all').ended;
    expect(exitCode).toBe(0);
    expect(raw).toContain('\u001b[32mok');
    expect([...text.matchAll(/^ok {7}([^:]+):/gm)].map(([, link]) => link)).toEqual([
      ...['listener rule', 'target group', 'control plane', 'zones', 'targets', 'task', 'network interface'],
      ...['security groups', 'task definition', 'last stop', 'mapping', "the function's envelope"],
    ]);
  });
});

describe('a planted fault is reported with evidence and its fix', () => {
  test.each(faults)('$what', { timeout: 120_000 }, async ({ service: name, plant, link, also = [], ...fault }) => {
    const { summary, evidence, symptoms = [], mend } = fault;
    await plant(world);
    const { exitCode, report, stderr } = await world.doctor(name);

    expect([exitCode, stderr]).toEqual([4, '']);
    const broken = report.links.filter((one: { status: string }) => one.status === 'broken');
    expect(broken.map((one: { id: string }) => one.id)).toEqual([link, ...also]);
    expect(report.first).toMatchObject({ id: link, summary: expect.stringMatching(summary) });
    if (evidence !== undefined) expect(report.first.evidence).toContainEqual(expect.stringMatching(evidence));
    expect(report.first.mend).toContainEqual(expect.stringMatching(mend));
    for (const id of symptoms) expect(statusOf(report, id)).toBe('symptom');
  });
});

const noAws = whyNot(['aws', '--version']);

test(`the suggested commands fix their faults${noAws}`, { timeout: 180_000 }, async ({ skip }) => {
  skip(!mayRun(noAws));
  // Reconcile reports what it cannot read, and this mapping names a target group that does not exist.
  await world.door.putMapping(service('no-group'), {});
  const fixable = faults.filter(({ isFixed }) => isFixed).map((fault) => fault.service);
  expect(fixable).toHaveLength(11);
  const commands = await Promise.all(
    fixable.map(async (name) => (await world.doctor(name)).report.first.mend as string[]),
  );
  await Promise.all([...new Set(commands.flat())].map(runLine));
  for (const name of fixable) await world.becomes(name, 'healthy');

  const after = await Promise.all(fixable.map(world.doctor));
  expect(after.map(({ exitCode, report }) => [exitCode, report.first])).toEqual(fixable.map(() => [0, undefined]));
});

/** Runs a command as if pasted into a shell. */
async function runLine(line: string): Promise<void> {
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  const [program, ...rest] = words;
  if (program === 'engines') {
    const { exitCode, stderr } = await runInProcess(rest, world.environment);
    expect(exitCode, stderr).toBe(0);
  } else {
    expect(program).toBe('aws');
    await run('aws', rest, { env: cleanEnvironment({ ...world.environment, AWS_PAGER: '' }) });
  }
}

describe('what cannot be read', () => {
  test('R47: is reported as unknown and changes the exit code, and the other findings are still shown', async () => {
    plantDenial('ec2', 'DescribeSecurityGroups');
    const { exitCode, report } = await world.doctor('healthy');
    expect([exitCode, report.first]).toEqual([3, undefined]);
    expect(report.links.filter((link: { status: string }) => link.status !== 'ok')).toMatchObject([
      { id: 'security-groups', status: 'unknown', summary: expect.stringContaining('UnauthorizedOperation') },
    ]);

    const { exitCode: found, stdout } = await world.engines('doctor', 'edited');
    expect(found).toBe(4);
    expect(stdout).toMatch(/^\/api\/edited: mapping broken\n {2}the newest mapping is invalid/);
    expect(stdout).toMatch(/\nCould not be checked:\n {2}security groups: EC2 DescribeSecurityGroups: /);
  });

  test.each([
    ['the mapping', 'ssm', undefined, ['listener-rule', 'target-group', 'targets', 'task-definition', 'mapping']],
    ['the function', 'lambda', 'GetFunctionConfiguration', ['targets', 'task', 'last-stop', 'envelope']],
    ['the target group', 'elasticloadbalancing', 'DescribeTargetGroups', ['listener-rule', 'target-group', 'targets']],
  ] as const)(
    'makes dependent links of a stopped service unknown, and reports nothing as broken: %s',
    async (_, at, operation, unknown) => {
      plantDenial(at, operation);
      const { exitCode, report } = await world.doctor('idle');
      const broken = report.links.filter(
        ({ status }: { status: string }) => status === 'broken' || status === 'symptom',
      );
      expect(broken.filter(({ id }: { id: string }) => id !== 'task')).toEqual([]);
      for (const id of unknown) expect(statusOf(report, id)).toBe('unknown');
      expect(exitCode).toBe(broken.length === 0 ? 3 : 4);
    },
  );

  test('a rule that doctor cannot evaluate makes the result unknown, and is named', async () => {
    const { ListenerArn, RuleArn } = await world.ruleOf('healthy');
    const { Rules: [own] = [] } = await world.elb.send(new DescribeRulesCommand({ RuleArns: [RuleArn] }));
    await world.elb.send(new SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn, Priority: 930 }] }));
    const { Rules } = await world.elb.send(
      new CreateRuleCommand({
        ListenerArn,
        Priority: 830,
        Conditions: [
          { Field: 'path-pattern', PathPatternConfig: { Values: ['/api/healthy'] } },
          { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } },
        ],
        Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '403' } }],
      }),
    );
    const { exitCode, report } = await world.doctor('healthy');
    await world.elb.send(new DeleteRuleCommand({ RuleArn: Rules?.[0]?.RuleArn }));
    const RulePriorities = [{ RuleArn, Priority: Number(own?.Priority) }];
    await world.elb.send(new SetRulePrioritiesCommand({ RulePriorities }));
    expect([exitCode, report.first]).toEqual([3, undefined]);
    expect(report.links[0]).toMatchObject({
      id: 'listener-rule',
      status: 'unknown',
      summary:
        'whether start-engines-dev (HTTP 80) routes /api/healthy to the service: rule 830 may match it: its source-ip condition depends on the request',
    });
  });

  test('a service without a mapping is reported as such', async () => {
    const { exitCode, report } = await world.doctor('nosuch');
    expect(exitCode).toBe(4);
    expect(report.first).toMatchObject({ id: 'mapping', summary: 'nosuch has no mapping' });
  });

  test('is an error and not a diagnosis if AWS itself does not answer', async () => {
    const { exitCode, stdout } = await world.engines(
      'doctor',
      'healthy',
      '--json',
      '--endpoint-url',
      'http://127.0.0.1:9',
    );
    expect(exitCode).toBe(3);
    expect(readJson('error', stdout)).toMatchObject({ exitCode: 3 });
  });
});

function plantDenial(at: 'ec2' | 'ssm' | 'lambda' | 'elasticloadbalancing', operation: string | undefined): void {
  const fault = { kind: 'access-denied' } as const;
  const where = { service: at, ...(operation === undefined ? {} : { operation }) };
  world.door.sandbox.faults.plant({ ...where, times: Number.POSITIVE_INFINITY, fault });
}
