import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateTargetGroupCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from 'vitest';
import { readJson } from './json-schema.ts';
import { type Json, parameterOf, useMappingsWorld } from './mappings-world.ts';

const at = useMappingsWorld(['quiet', 'secret']);
const { engines, mappings, fileOf, writes, lastCall } = at;

describe('reading', () => {
  test('list shows the versions, and --json conforms to its schema', async () => {
    const piped = await at.world.engines('mappings', 'list');
    expect([piped.exitCode, piped.stderr]).toEqual([0, '']);
    expect(piped.stdout).toMatch(/^MAPPING {2,}VERSION {2,}CHANGED\ndefaults {2,}1 {2,}\d+ s ago\nauth {2,}1 /);
    expect(piped.stdout).not.toContain('\u001b');

    const { stdout } = await mappings('list', '--json');
    const { mappings: listed } = readJson('mappings-list', stdout);
    expect(listed.map(({ name }: { name: string }) => name)).toEqual(['defaults', 'auth', 'quiet', 'secret']);
  });

  test('get shows the document, its version and time as JSON, and older versions', async () => {
    const sitting = await at.world.sit('mappings', 'get', 'auth').ended;
    expect(sitting.exitCode).toBe(0);
    expect(sitting.text).toContain('"taskDefinition": "auth-api-task"');

    const { stdout } = await mappings('get', 'auth', '--at', '1', '--json');
    expect(readJson('mappings-get', stdout)).toMatchObject({
      workspace: 'dev',
      mappings: [{ name: 'auth', parameter: parameterOf('auth'), version: 1, document: { port: 8080 }, problems: [] }],
    });
    const absent = await mappings('get', 'auth', '--at', '9', '--json');
    expect([absent.exitCode, readJson('error', absent.stdout).error.code]).toEqual([1, 'UnknownMapping']);
  });

  test.each(['get', 'validate'])('%s in a workspace without mappings fails', async (command) => {
    const { exitCode, stdout, stderr } = await at.world.engines('mappings', command, '--workspace', 'nosuch');

    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      'UnknownMapping: There are no mappings under /start-engines/nosuch.\nCheck --workspace and --region.\n',
    );
  });

  test('values that look secret are hidden everywhere except in files, which only the owner can read', async () => {
    const environment = { LOG_LEVEL: 'info', DB_PASSWORD: 'hunter2' };
    await at.world.door.putMapping(at.service('secret'), { environment });
    const last = lastCall();
    const shown = [
      await mappings('get', 'secret'),
      await mappings('get', 'secret', '--json'),
      await mappings('diff', 'secret'),
      await mappings('history', 'secret', '--json'),
    ];
    for (const { exitCode, stdout, stderr } of shown) {
      expect(exitCode).toBe(0);
      expect(stdout + stderr).not.toContain('hunter2');
    }
    expect(shown[0]?.stdout).toContain('"DB_PASSWORD": "(hidden)"');
    expect(shown[0]?.stdout).toContain('"LOG_LEVEL": "info"');
    expect(shown[0]?.stderr).toContain('Hidden because they look secret: DB_PASSWORD. Use --reveal to show them.');
    expect((await mappings('get', 'secret', '--reveal')).stdout).toContain('hunter2');

    // The printed text cannot be put back.
    const path = join(at.folder, 'secret.json');
    writeFileSync(path, shown[0]?.stdout ?? '');
    const back = await mappings('put', path, '--json');
    expect(back.exitCode).toBe(4);
    expect(readJson('error', back.stdout).error.problems).toMatchObject([{ key: 'environment.DB_PASSWORD' }]);
    expect(writes(last)).toEqual([]);

    rmSync(path);
    await mappings('get', 'secret', '--output', path);
    expect(readFileSync(path, 'utf8')).toContain('hunter2');
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o077).toBe(0);
    writeFileSync(path, readFileSync(path, 'utf8').replace('hunter2', 'hunter3'));
    const changed = await mappings('put', path);
    expect(changed.exitCode).toBe(0);
    expect(changed.stdout + changed.stderr).not.toMatch(/hunter/);
    expect(changed.stdout).toMatch(/^-.*"DB_PASSWORD": "\(hidden, value of secret version 2\)",?$/m);
    expect(changed.stderr).toMatch(/DB_PASSWORD looks secret\. Do not put secrets into a mapping/);
  });
});

describe('completion of service names', () => {
  test.each([
    [
      ['start', ''],
      ['auth', 'quiet', 'secret'],
    ],
    [['restart', 'auth', 'q'], ['quiet']],
    [['send', 'start', 's'], ['secret']],
    [['mappings', 'history', 'd'], ['defaults']],
    [['start', '--workspace', 'nosuch', ''], []],
    [['start', '--workspace', 'No such', ''], []],
  ])('%j offers %j', async (words, offered) => {
    const { exitCode, stdout, stderr } = await at.world.engines('complete', '--', ...words);

    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toBe(`${offered.map((name) => `${name}\t\n`).join('')}:4\n`);
  });

  test('offers none, without an error, if AWS does not answer', async () => {
    const fault = { kind: 'no-answer' } as const;
    const held = at.world.door.sandbox.faults.plant({ service: 'ssm', operation: 'GetParametersByPath', fault });
    const { exitCode, stdout, stderr } = await at.world.engines('complete', '--', 'start', '');

    expect([exitCode, stdout, stderr, held.consumed]).toEqual([0, ':4\n', '', 1]);
  });
});

test('every command works as a process, piped without colours and on a terminal', async () => {
  const path = await fileOf('auth', { drainSeconds: 61 }, join(at.folder, 'processes'));
  const cases: readonly (readonly [words: readonly string[], shown: RegExp])[] = [
    [['list'], /auth +\d+ /],
    [['get', 'auth'], /"port": 8080/],
    [['validate', 'auth'], /Valid: auth\./],
    [['put', path, '--dry-run'], /auth: valid; nothing was written/],
    [['diff', path], /\+ {2}"drainSeconds": 61/],
    [['history', 'auth'], /VERSION +WRITTEN/],
    [['rollback', 'quiet', '--to', '1'], /quiet: unchanged, version 1/],
  ];
  for (const [words, shown] of cases) {
    const [piped, sitting] = await Promise.all([
      at.world.engines('mappings', ...words),
      at.world.sit('mappings', ...words).ended,
    ]);
    expect([piped.exitCode, sitting.exitCode], piped.stderr).toEqual([0, 0]);
    expect(piped.stdout).toMatch(shown);
    expect(sitting.text).toMatch(shown);
    expect(piped.stdout).not.toContain('\u001b');
  }
});

describe('problems are reported before anything is written', () => {
  test('violations of the schema, all at once', async () => {
    const path = await fileOf('quiet', { port: '8080', prot: 1 });
    const last = lastCall();
    const { exitCode, stdout } = await mappings('put', path, '--json');
    expect(exitCode).toBe(4);
    const { error } = readJson('error', stdout);
    expect(error).toMatchObject({ code: 'MappingInvalid' });
    expect(error.problems.map(({ key }: { key: string }) => key)).toEqual(['port', 'prot']);
    expect(writes(last)).toEqual([]);
  });

  const group = (name: string) => at.world.door.targetGroupArn(name);
  const makeGroup = async (Name: string, TargetType: 'ip' | 'instance') => {
    const input = { Name, TargetType, Protocol: 'HTTP', Port: 8080, VpcId: 'vpc-1' } as const;
    const made = await at.world.door.clients.elasticLoadBalancing.send(new CreateTargetGroupCommand(input));
    return { targetGroupArn: made.TargetGroups?.[0]?.TargetGroupArn };
  };
  test.each<[what: string, changes: () => Json | Promise<Json>, problem: RegExp]>([
    [
      'a task definition',
      () => ({ taskDefinition: 'nosuch' }),
      /: taskDefinition: the task definition nosuch does not exist$/,
    ],
    ['a port', () => ({ port: 9999 }), /: port: no container of quiet-task:1 exposes port 9999 of the mapping$/],
    ['a container', () => ({ containerName: 'other' }), /: containerName: quiet-task:1 has no container other$/],
    ['a cluster', () => ({ cluster: 'nowhere' }), /: cluster: the cluster nowhere does not exist$/],
    [
      'a subnet',
      () => ({ subnets: ['subnet-missing'] }),
      /: subnets: expected the id of a subnet|the subnet subnet-missing does not exist$/,
    ],
    [
      'a security group',
      () => ({ securityGroups: ['sg-missing'] }),
      /: securityGroups: the security group sg-missing does not exist$/,
    ],
    [
      'a target group',
      () => ({ targetGroupArn: group('quiet-tg').replace('quiet', 'gone') }),
      /: targetGroupArn: the target group gone-tg does not exist$/,
    ],
    [
      'a target group that no listener uses',
      () => makeGroup('idle', 'ip'),
      /: targetGroupArn: the target group idle is not used by any listener$/,
    ],
    [
      'a target group of another type',
      () => makeGroup('machines', 'instance'),
      /: targetGroupArn: the target group machines is of type instance, and must be of type ip$/,
    ],
    [
      'a resource that the function may not access',
      () => ({ taskDefinition: 'auth-api-task', cluster: 'batch-cluster' }),
      /: cluster: batch-cluster is outside what the function's role may access \(Terraform: allowed_clusters\)$/,
    ],
    ['a service that it depends on', () => ({ dependsOn: ['nosuch'] }), /: dependsOn: there is no service nosuch$/],
  ])('against AWS: %s', async (_what, changes, problem) => {
    const path = await fileOf('quiet', await changes());
    const last = lastCall();
    const { exitCode, stdout, stderr } = await mappings('put', path);
    expect([exitCode, stdout]).toEqual([4, '']);
    expect(stderr.split('\n')).toContainEqual(expect.stringMatching(problem));
    expect(writes(last)).toEqual([]);
    const checked = await mappings('validate', path, '--json');
    expect(checked.exitCode).toBe(4);
    expect(readJson('mappings-validate', checked.stdout).problems).not.toEqual([]);
  });

  test('R47: if AWS denies a read, the command fails and does not report the mapping as valid', async () => {
    const path = await fileOf('quiet', { drainSeconds: 2 });
    const fault = { kind: 'access-denied' } as const;
    at.world.door.sandbox.faults.plant({
      service: 'ecs',
      operation: 'DescribeTaskDefinition',
      times: Number.POSITIVE_INFINITY,
      fault,
    });
    const last = lastCall();
    expect((await mappings('put', path)).exitCode).toBe(3);
    expect(writes(last)).toEqual([]);
  });

  test('validate checks everything in Parameter Store, and files without AWS', async () => {
    const { exitCode, stdout } = await mappings('validate', 'auth', 'quiet', '--json');
    expect(exitCode).toBe(0);
    expect(readJson('mappings-validate', stdout)).toMatchObject({ checked: ['auth', 'quiet'], problems: [] });
    const path = await fileOf('quiet', { taskDefinition: 'nosuch', wait: 'never' });
    const offline = await engines('mappings', 'validate', path, '--offline', '--endpoint-url', 'http://127.0.0.1:9');
    expect(offline.exitCode).toBe(4);
    expect(offline.stdout).toMatch(/quiet\.json: wait: expected one of running, healthy, none/);
  });
});
