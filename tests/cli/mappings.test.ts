import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTargetGroupCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { parameterPath } from '../../scripts/world/seed-world.ts';
import { type WorldService, worldService } from '../../scripts/world/services.ts';
import { renamed } from '../front-door/open-front-door.ts';
import { runInProcess } from './engines-in-process.ts';
import { readJson } from './json-schema.ts';
import { type CliWorld, openCliWorld } from './open-cli-world.ts';

type Json = Readonly<Record<string, unknown>>;

/** A service for each test that changes one, so that none of them hangs on another. */
const names = [
  'quiet',
  'raced',
  'foreign',
  'lossy',
  'abandoned',
  'written',
  'edited',
  'typed',
  'rolled',
  'broken',
  'secret',
];
const services = [worldService('auth'), ...names.map((name) => renamed('auth', name))];
const service = (name: string) => services.find((one) => one.name === name) as WorldService;

let world: CliWorld;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'engines-mappings-'));
  const defaults = { startTimeoutSeconds: 800, healthyTimeoutSeconds: 800 };
  world = await openCliWorld({ speed: 4, world: { services, defaults, timeoutSeconds: 900 } });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => world.door.sandbox.faults.clear());

/** The command in this process; `environment` comes on top. */
const engines = (...commandLine: string[]) => runInProcess(commandLine, world.environment);
const mappings = (...words: string[]) => engines('mappings', ...words);
const parameterOf = (name: string) => `${parameterPath}/${name === 'defaults' ? name : `services/${name}`}`;
const ssm = () => world.door.clients.ssm;

async function stored(name: string): Promise<{ readonly version: number; readonly document: Json }> {
  const { Parameter } = await ssm().send(new GetParameterCommand({ Name: parameterOf(name) }));
  return { version: Parameter?.Version ?? 0, document: JSON.parse(Parameter?.Value ?? '{}') };
}

async function overwrite(name: string, value: Json | string): Promise<void> {
  const Value = typeof value === 'string' ? value : JSON.stringify(value);
  await ssm().send(new PutParameterCommand({ Name: parameterOf(name), Value, Overwrite: true }));
}

/** A file for a service, with its document as it stands and these changes. */
async function fileOf(name: string, changes: Json, at = folder): Promise<string> {
  mkdirSync(at, { recursive: true });
  const path = join(at, `${name}.json`);
  writeFileSync(path, JSON.stringify({ ...(await stored(name)).document, ...changes }));
  return path;
}

const claims = async () => {
  const Path = `${parameterPath}/claims`;
  const { Parameters = [] } = await ssm().send(new GetParametersByPathCommand({ Path, Recursive: true }));
  return Parameters.map(({ Name }) => Name);
};

const writes = (after: number) =>
  world.door.sandbox.calls
    .list({ service: 'ssm', mutating: true, after })
    .filter(({ caller, input }) => caller === 'OPERATOR' && !String(input.Name).includes('/claims/'));
const lastCall = () => world.door.sandbox.calls.lastSequence;

describe('looking', () => {
  test('list: piped, with versions; --json has its schema', async () => {
    const piped = await world.engines('mappings', 'list');
    expect([piped.exitCode, piped.stderr]).toEqual([0, '']);
    expect(piped.stdout).toMatch(/^MAPPING {2,}VERSION {2,}CHANGED\ndefaults {2,}1 {2,}\d+ s ago\nabandoned {2,}1 /);
    expect(piped.stdout).not.toContain('\u001b');

    const { stdout } = await mappings('list', '--json');
    const { mappings: listed } = readJson('mappings-list', stdout);
    expect(listed.map(({ name }: { name: string }) => name)).toEqual(
      ['defaults', 'abandoned', 'auth', ...names.filter((name) => name !== 'abandoned').sort()].sort((a, b) =>
        a === 'defaults' ? -1 : b === 'defaults' ? 1 : a < b ? -1 : 1,
      ),
    );
  });

  test('get: on a terminal the document, as JSON with version and moment, and an older version', async () => {
    const sitting = await world.sit('mappings', 'get', 'auth').ended;
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

  test('what looks secret is hidden everywhere but in files, which nobody else may read', async () => {
    const environment = { LOG_LEVEL: 'info', DB_PASSWORD: 'hunter2' };
    await world.door.putMapping(service('secret'), { environment });
    const at = lastCall();
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
    expect(shown[0]?.stderr).toContain('Hidden, because they look secret: DB_PASSWORD. --reveal shows them.');
    expect((await mappings('get', 'secret', '--reveal')).stdout).toContain('hunter2');

    // What was printed is no document to put back.
    const path = join(folder, 'secret.json');
    writeFileSync(path, shown[0]?.stdout ?? '');
    const back = await mappings('put', path, '--json');
    expect(back.exitCode).toBe(4);
    expect(readJson('error', back.stdout).error.problems).toMatchObject([{ key: 'environment.DB_PASSWORD' }]);
    expect(writes(at)).toEqual([]);

    rmSync(path);
    await mappings('get', 'secret', '--output', path);
    expect(readFileSync(path, 'utf8')).toContain('hunter2');
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o077).toBe(0);
    writeFileSync(path, readFileSync(path, 'utf8').replace('hunter2', 'hunter3'));
    const changed = await mappings('put', path);
    expect(changed.exitCode).toBe(0);
    expect(changed.stdout + changed.stderr).not.toMatch(/hunter/);
    expect(changed.stdout).toMatch(/^-.*"DB_PASSWORD": "\(hidden, that of secret version 2\)",?$/m);
    expect(changed.stderr).toMatch(/DB_PASSWORD looks secret, and a mapping is no place for secrets/);
  });
});

test('every command runs as a process, piped without colours and on a terminal', async () => {
  const path = await fileOf('auth', { drainSeconds: 61 }, join(folder, 'processes'));
  const cases: readonly (readonly [words: readonly string[], shown: RegExp])[] = [
    [['list'], /auth +\d+ /],
    [['get', 'auth'], /"port": 8080/],
    [['validate', 'auth'], /Right: auth\./],
    [['put', path, '--dry-run'], /auth: right; nothing was written/],
    [['diff', path], /\+ {2}"drainSeconds": 61/],
    [['history', 'auth'], /VERSION +WRITTEN/],
    [['rollback', 'quiet', '--to', '1'], /quiet: unchanged, version 1/],
  ];
  for (const [words, shown] of cases) {
    const [piped, sitting] = await Promise.all([
      world.engines('mappings', ...words),
      world.sit('mappings', ...words).ended,
    ]);
    expect([piped.exitCode, sitting.exitCode], piped.stderr).toEqual([0, 0]);
    expect(piped.stdout).toMatch(shown);
    expect(sitting.text).toMatch(shown);
    expect(piped.stdout).not.toContain('\u001b');
  }
});

describe('what is wrong is told before anything is written', () => {
  test('against the schema, all at once', async () => {
    const path = await fileOf('quiet', { port: '8080', prot: 1 });
    const at = lastCall();
    const { exitCode, stdout } = await mappings('put', path, '--json');
    expect(exitCode).toBe(4);
    const { error } = readJson('error', stdout);
    expect(error).toMatchObject({ code: 'MappingInvalid' });
    expect(error.problems.map(({ key }: { key: string }) => key)).toEqual(['port', 'prot']);
    expect(writes(at)).toEqual([]);
  });

  const group = (name: string) => world.door.targetGroupArn(name);
  const makeGroup = async (Name: string, TargetType: 'ip' | 'instance') => {
    const input = { Name, TargetType, Protocol: 'HTTP', Port: 8080, VpcId: 'vpc-1' } as const;
    const made = await world.door.clients.elasticLoadBalancing.send(new CreateTargetGroupCommand(input));
    return { targetGroupArn: made.TargetGroups?.[0]?.TargetGroupArn };
  };
  test.each<[what: string, changes: () => Json | Promise<Json>, problem: RegExp]>([
    [
      'a task definition',
      () => ({ taskDefinition: 'nobodys' }),
      /: taskDefinition: the task definition nobodys does not exist$/,
    ],
    [
      'a port',
      () => ({ port: 9999 }),
      /: port: no container of quiet-task:1 has the port 9999, which the mapping says$/,
    ],
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
      /: targetGroupArn: the target group idle is in use by no listener$/,
    ],
    [
      'a target group of another type',
      () => makeGroup('machines', 'instance'),
      /: targetGroupArn: the target group machines is of type instance, and must be of type ip$/,
    ],
    [
      'what the function may not touch',
      () => ({ taskDefinition: 'auth-api-task', cluster: 'batch-cluster' }),
      /: cluster: batch-cluster is outside what the function's role may touch \(Terraform: allowed_clusters\)$/,
    ],
    ['a service that it depends on', () => ({ dependsOn: ['nobody'] }), /: dependsOn: there is no service nobody$/],
  ])('against AWS: %s', async (_what, changes, problem) => {
    const path = await fileOf('quiet', await changes());
    const at = lastCall();
    const { exitCode, stdout, stderr } = await mappings('put', path);
    expect([exitCode, stdout]).toEqual([4, '']);
    expect(stderr.split('\n')).toContainEqual(expect.stringMatching(problem));
    expect(writes(at)).toEqual([]);
    const checked = await mappings('validate', path, '--json');
    expect(checked.exitCode).toBe(4);
    expect(readJson('mappings-validate', checked.stdout).problems).not.toEqual([]);
  });

  test('R47: what AWS does not let be looked at is an error, and not taken for right', async () => {
    const path = await fileOf('quiet', { drainSeconds: 2 });
    const fault = { kind: 'access-denied' } as const;
    world.door.sandbox.faults.plant({
      service: 'ecs',
      operation: 'DescribeTaskDefinition',
      times: Number.POSITIVE_INFINITY,
      fault,
    });
    const at = lastCall();
    expect((await mappings('put', path)).exitCode).toBe(3);
    expect(writes(at)).toEqual([]);
  });

  test('validate: all that is in Parameter Store, and files without AWS', async () => {
    const { exitCode, stdout } = await mappings('validate', 'auth', 'quiet', '--json');
    expect(exitCode).toBe(0);
    expect(readJson('mappings-validate', stdout)).toMatchObject({ checked: ['auth', 'quiet'], problems: [] });
    const path = await fileOf('quiet', { taskDefinition: 'nobodys', wait: 'never' });
    const offline = await engines('mappings', 'validate', path, '--offline', '--endpoint-url', 'http://127.0.0.1:9');
    expect(offline.exitCode).toBe(4);
    expect(offline.stdout).toMatch(/quiet\.json: wait: expected one of running, healthy, none/);
  });
});

describe('put', () => {
  test('writes, shows the difference, and says when it takes effect', async () => {
    const path = await fileOf('written', { drainSeconds: 3 });
    const dry = await mappings('put', path, '--dry-run', '--json');
    expect(readJson('mappings-write', dry.stdout).mappings).toMatchObject([{ outcome: 'checked', version: 1 }]);
    const { exitCode, stdout } = await world.engines('mappings', 'put', path);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^--- written version 1\n\+\+\+ .*written\.json\n/);
    expect(stdout).toMatch(/^\+ {2}"drainSeconds": 3,$/m);
    expect(stdout).toMatch(
      /written: written, version 2 \(replaces 1\)\nIt takes effect at once \(CONFIG_TTL_SECONDS of the function is 0\), for the next start\. A live task goes on as it is: engines restart written\n$/,
    );
    expect(await stored('written')).toMatchObject({ version: 2, document: { drainSeconds: 3 } });
    const again = await mappings('put', path, '--json');
    expect(readJson('mappings-write', again.stdout).mappings).toMatchObject([{ outcome: 'unchanged', version: 2 }]);
    expect(await claims()).toEqual([]);
  });

  test('a folder: what was read is written back together, and refused when anything has changed since', async () => {
    const at = join(folder, 'all');
    const { stdout } = await mappings('get', 'auth', 'quiet', 'defaults', '--output', at, '--json');
    expect(readJson('mappings-files', stdout).files).toHaveLength(3);
    expect(readdirSync(at).sort()).toEqual(['.engines-versions.json', 'auth.json', 'defaults.json', 'quiet.json']);
    const before = { auth: await stored('auth'), quiet: await stored('quiet') };
    for (const name of ['auth', 'quiet']) {
      writeFileSync(join(at, `${name}.json`), JSON.stringify({ ...(await stored(name)).document, drainSeconds: 4 }));
    }
    const written = await mappings('put', at, '--json');
    expect(readJson('mappings-write', written.stdout).mappings).toMatchObject([
      { name: 'defaults', outcome: 'unchanged' },
      { name: 'auth', outcome: 'written', version: before.auth.version + 1 },
      { name: 'quiet', outcome: 'written', version: before.quiet.version + 1 },
    ]);

    // The folder knows the new versions, and that one of them is no longer the newest.
    await overwrite('quiet', { ...before.quiet.document, drainSeconds: 5 });
    for (const name of ['auth', 'quiet']) {
      writeFileSync(join(at, `${name}.json`), JSON.stringify({ ...before.quiet.document, drainSeconds: 6 }));
    }
    const last = lastCall();
    const refused = await mappings('put', at, '--json');
    expect([refused.exitCode, readJson('error', refused.stdout).error.code]).toEqual([5, 'Overtaken']);
    expect(writes(last)).toEqual([]);
    expect((await stored('quiet')).document.drainSeconds).toBe(5);
  });

  test('--if-version refuses another one, and 0 means that there is none yet', async () => {
    const path = await fileOf('written', { drainSeconds: 7 });
    const { version } = await stored('written');
    const { exitCode, stderr } = await mappings('put', path, '--if-version', String(version - 1));
    expect(exitCode).toBe(5);
    expect(stderr).toMatch(
      /^Overtaken: Somebody else has changed \S+\/services\/written: it was read at version \d, and is at version \d now\. Nothing of theirs was overwritten\.$/m,
    );
    const newcomer = join(folder, 'newcomer.json');
    writeFileSync(newcomer, JSON.stringify((await stored('written')).document));
    expect((await mappings('put', newcomer, '--if-version', '0')).exitCode).toBe(0);
    expect((await stored('newcomer')).version).toBe(1);
    expect((await mappings('put', newcomer, '--if-version', '0')).exitCode).toBe(5);
    await ssm().send(new DeleteParameterCommand({ Name: parameterOf('newcomer') }));
  });

  test('of two at once one wins, one is told, and the winner’s is what stands', async () => {
    const drains = [11, 12, 13, 14];
    const paths = await Promise.all(
      drains.map((drainSeconds) => fileOf('raced', { drainSeconds }, join(folder, `racer-${drainSeconds}`))),
    );
    // All of them have read before any of them writes.
    world.door.sandbox.faults.plant({
      service: 'ssm',
      operation: 'PutParameter',
      times: drains.length,
      fault: { kind: 'latency', delayMs: 4_000 },
    });
    // And who should come late all the same means to replace the version that all of them have seen.
    const put = (path: string) => world.engines('mappings', 'put', path, '--if-version', '1', '--json');
    const ended = await Promise.all(paths.map(put));
    expect(ended.map(({ exitCode }) => exitCode).sort()).toEqual([0, 5, 5, 5]);
    const winner = ended.findIndex(({ exitCode }) => exitCode === 0);
    expect(await stored('raced')).toMatchObject({ version: 2, document: { drainSeconds: drains[winner] } });
    for (const { exitCode, stdout } of ended) {
      if (exitCode === 5) expect(readJson('error', stdout).error.code).toBe('Overtaken');
    }
    expect(await claims()).toEqual([]);
  });

  test('somebody who writes without a claim is noticed, and theirs is put back', async () => {
    const path = await fileOf('foreign', { drainSeconds: 21 });
    const document = { ...(await stored('foreign')).document, drainSeconds: 22 };
    const matches = (input: Json) => input.Name === parameterOf('foreign');
    world.door.sandbox.faults.plant({
      service: 'ssm',
      operation: 'PutParameter',
      matches,
      fault: { kind: 'latency', delayMs: 12_000 },
    });
    const at = lastCall();
    const putting = mappings('put', path, '--json');
    await waitForCall('PutParameter', at, matches);
    // Not struck: the fault has been used up by the command's own call.
    await overwrite('foreign', document);
    const { exitCode, stdout } = await putting;
    expect(exitCode).toBe(5);
    expect(readJson('error', stdout).error.message).toMatch(
      /Theirs stands, put back as version 4; yours is version 3\./,
    );
    expect(await stored('foreign')).toMatchObject({ version: 4, document: { drainSeconds: 22 } });
  });

  test('an answer that is lost is no second writer', async () => {
    const path = await fileOf('lossy', { drainSeconds: 31 });
    const fault = { kind: 'drop-after' } as const;
    for (const Name of [`${parameterPath}/claims/lossy/2`, parameterOf('lossy')]) {
      world.door.sandbox.faults.plant({ service: 'ssm', operation: 'PutParameter', input: { Name }, fault });
    }
    const { exitCode, stderr } = await mappings('put', path);
    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('Overtaken')]);
    expect((await stored('lossy')).document.drainSeconds).toBe(31);
  });

  test('a claim that somebody left behind holds others up for a while, and not for good', async () => {
    const path = await fileOf('abandoned', { drainSeconds: 41 });
    const claim = { Name: `${parameterPath}/claims/abandoned/2`, Type: 'String', Value: '{"by":"ann@desk"}' } as const;
    await ssm().send(new PutParameterCommand(claim));
    const first = await mappings('put', path);
    expect(first.exitCode).toBe(5);
    expect(first.stderr).toContain(`ann@desk is writing version 2 of ${parameterOf('abandoned')} at this moment.`);
    expect((await stored('abandoned')).version).toBe(1);

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
    const later = await mappings('put', path).finally(() => vi.useRealTimers());
    expect([later.exitCode, (await stored('abandoned')).version]).toEqual([0, 2]);
    expect(await claims()).toEqual([]);
  });
});

/** Waits until such a call has come in, whether or not it has been answered. */
async function waitForCall(operation: string, after: number, matches: (input: Json) => boolean): Promise<void> {
  for (;;) {
    if (world.door.sandbox.calls.list({ service: 'ssm', operation, after }).some(({ input }) => matches(input))) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('edit', () => {
  /** An editor that replaces one text by another, in a path with a space. */
  const editor = (from: string, to: string) => {
    const script = join(folder, 'my editor.mjs');
    writeFileSync(
      script,
      `import { readFileSync, writeFileSync } from 'node:fs';
       const [from, to, path] = process.argv.slice(2);
       writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));`,
    );
    return `"${process.execPath}" "${script}" ${from} ${to}`;
  };
  const edit = (name: string, change: readonly [string, string], ...more: string[]) =>
    runInProcess(['mappings', 'edit', name, ...more], { ...world.environment, EDITOR: editor(...change) });

  test('opens $EDITOR, checks what comes back, and writes it', async () => {
    const { exitCode, stdout } = await edit('edited', ['edited-task', 'edited-task:1'], '--json');
    expect(exitCode).toBe(0);
    expect(readJson('mappings-write', stdout)).toMatchObject({
      mappings: [{ name: 'edited', outcome: 'written', version: 2, replaced: 1 }],
      takesEffectWithinSeconds: 0,
    });
    expect((await stored('edited')).document.taskDefinition).toBe('edited-task:1');
    const same = await edit('edited', ['nothing', 'else']);
    expect([same.exitCode, same.stdout]).toEqual([0, 'Nothing was changed.\n']);
  });

  test('on a terminal: what is wrong is told, and one may go on', async () => {
    const script = join(folder, 'twice.mjs');
    writeFileSync(
      script,
      `import { readFileSync, writeFileSync } from 'node:fs';
       const path = process.argv[2];
       const text = readFileSync(path, 'utf8');
       writeFileSync(path, text.includes('"port": 8080') ? text.replace('8080', '"8080"') : text.replace('"8080"', '8080').replace('typed-task', 'typed-task:1'));`,
    );
    const sitting = world.sitWith({ EDITOR: `"${process.execPath}" "${script}"` }, 'mappings', 'edit', 'typed');
    await sitting.shows(/port: expected a whole number from 1 to 65535[\s\S]*Edit it again\?/);
    sitting.type('y');
    const { exitCode, text } = await sitting.ended;
    expect([exitCode, text]).toEqual([0, expect.stringContaining('typed: written, version 2 (replaces 1)')]);
  });

  test('what is wrong is not written, and the text is kept', async () => {
    const { exitCode, stderr } = await edit('edited', ['port', 'prot']);
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/prot: is not a known key/);
    const path = /^Your text is kept in (.+)$/m.exec(stderr)?.[1] ?? '';
    expect(readFileSync(path, 'utf8')).toContain('"prot"');
    rmSync(join(path, '..'), { recursive: true });
  });

  test('an editor that fails writes nothing', async () => {
    const EDITOR = `"${process.execPath}" -e "process.exit(3)" --`;
    const { exitCode, stderr } = await runInProcess(['mappings', 'edit', 'edited'], { ...world.environment, EDITOR });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^EditorFailed: The editor \(.+\) did not end well: it ended with 3\. Nothing was written\.$/m,
    );
  });
});

describe('versions', () => {
  test('diff, history and rollback', async () => {
    const path = await fileOf('rolled', { drainSeconds: 51 });
    await mappings('put', path);
    const { stdout } = await mappings('diff', 'rolled', '--json');
    const [difference] = readJson('mappings-diff', stdout).differences;
    expect(difference).toMatchObject({ from: 'rolled version 1', to: 'rolled version 2' });
    expect(difference.diff).toMatch(/^\+ {2}"drainSeconds": 51,$/m);
    expect((await mappings('diff', path)).stdout).toMatch(
      /^No difference: rolled version 2 and .*rolled\.json say the same\.$/m,
    );

    await overwrite('rolled', '{"port":"x"}');
    const history = await mappings('history', 'rolled', '--json');
    expect(readJson('mappings-history', history.stdout).versions).toMatchObject([
      { version: 3, problems: [{ key: 'port' }] },
      { version: 2, changed: ['drainSeconds'], problems: [] },
      { version: 1, changed: [], problems: [] },
    ]);
    const back = await mappings('rollback', 'rolled', '--json');
    expect(readJson('mappings-write', back.stdout).mappings).toMatchObject([{ version: 4, replaced: 3 }]);
    expect((await stored('rolled')).document.drainSeconds).toBe(51);
    expect((await mappings('rollback', 'rolled', '--to', '1')).exitCode).toBe(0);
    expect((await stored('rolled')).document).not.toHaveProperty('drainSeconds');
  });

  test('a broken edit of a running mapping: a cold function starts the newest valid version, and everybody says so', async () => {
    await overwrite('broken', { ...(await stored('broken')).document, drainSeconds: 2 });
    await overwrite('broken', { ...(await stored('broken')).document, port: '8080' });
    world.door.sandbox.lambda.setColdStart(true);
    const started = await mappingsStart('broken');
    world.door.sandbox.lambda.setColdStart(false);
    expect(started).toMatchObject({ statusCode: 200 });
    const [task] = world.door.tasks('broken');
    expect(JSON.stringify(task?.overrides)).toContain('\\"drainSeconds\\":2');

    const status = await engines('status', 'broken');
    expect(status.stdout).toMatch(
      /^broken: mapping broken \(version 2 serves\): \S+\/services\/broken version 3, port: /m,
    );
    const doctor = await engines('doctor', 'broken', '--json');
    expect(doctor.exitCode).toBe(4);
    expect(readJson('doctor', doctor.stdout).first).toMatchObject({
      id: 'mapping',
      summary: 'the newest mapping is broken, and an older one serves: version 2, defaults version 1',
    });
    expect((await mappings('list')).stdout).toMatch(/^broken {2,}3 .* broken: version 2 serves$/m);
  });
});

async function mappingsStart(name: string) {
  const { value } = await world.door.invoke({ action: 'start', service: name, wait: 'healthy' });
  return value;
}
