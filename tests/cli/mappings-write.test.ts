import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteParameterCommand, DescribeParametersCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { describe, expect, test, vi } from 'vitest';
import { parameterPath } from '../../scripts/world/seed-world.ts';
import { runInProcess } from './engines-in-process.ts';
import { readJson } from './json-schema.ts';
import { type Json, parameterOf, useMappingsWorld } from './mappings-world.ts';

/** A service for each test that changes one, so that they are independent. */
const at = useMappingsWorld([
  ...['quiet', 'raced', 'foreign', 'lossy', 'abandoned', 'written', 'encrypted', 'edited', 'typed', 'rolled', 'broken'],
]);
const { engines, mappings, stored, overwrite, fileOf, claims, writes, lastCall } = at;

describe('put', () => {
  test('writes, shows the difference, and says when it takes effect', async () => {
    const path = await fileOf('written', { drainSeconds: 3 });
    const dry = await mappings('put', path, '--dry-run', '--json');
    expect(readJson('mappings-write', dry.stdout).mappings).toMatchObject([{ outcome: 'checked', version: 1 }]);
    const { exitCode, stdout } = await at.world.engines('mappings', 'put', path);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^--- written version 1\n\+\+\+ .*written\.json\n/);
    expect(stdout).toMatch(/^\+ {2}"drainSeconds": 3,$/m);
    expect(stdout).toMatch(
      /written: written, version 2 \(replaces 1\)\nThe next start or restart uses it\. A live task keeps its settings: engines restart written\n$/,
    );
    expect(await stored('written')).toMatchObject({ version: 2, document: { drainSeconds: 3 } });
    const again = await mappings('put', path, '--json');
    expect(readJson('mappings-write', again.stdout).mappings).toMatchObject([{ outcome: 'unchanged', version: 2 }]);
    expect(await claims()).toEqual([]);
  });

  // Terraform review, finding 25.
  test('an encrypted mapping is shown decrypted, and stays encrypted with its key when it is written', async () => {
    const KeyId = 'arn:aws:kms:us-east-2:123456789012:key/0a1b2c3d';
    const path = await fileOf('encrypted', { drainSeconds: 3 });
    const Name = parameterOf('encrypted');
    const { ssm } = at.world.door.clients;
    const Value = JSON.stringify((await stored('encrypted')).document);
    await ssm.send(new PutParameterCommand({ Name, Value, Type: 'SecureString', KeyId, Overwrite: true }));
    expect(JSON.parse((await mappings('get', 'encrypted', '--json')).stdout)).not.toMatchObject({ error: {} });

    const { exitCode, stderr } = await at.world.engines('mappings', 'put', path);

    expect(exitCode, stderr).toBe(0);
    const { Parameters } = await ssm.send(
      new DescribeParametersCommand({ ParameterFilters: [{ Key: 'Name', Values: [Name] }] }),
    );
    expect(Parameters).toMatchObject([{ Type: 'SecureString', KeyId, Version: 3 }]);
    const shown = await at.world.engines('mappings', 'get', 'encrypted');
    expect(JSON.parse(shown.stdout)).toMatchObject({ drainSeconds: 3 });
  });

  test('a folder is written as a whole, and refused if anything has changed since it was read', async () => {
    const all = join(at.folder, 'all');
    const { stdout } = await mappings('get', 'auth', 'quiet', 'defaults', '--output', all, '--json');
    expect(readJson('mappings-files', stdout).files).toHaveLength(3);
    expect(readdirSync(all).sort()).toEqual(['.engines-versions.json', 'auth.json', 'defaults.json', 'quiet.json']);
    const before = { auth: await stored('auth'), quiet: await stored('quiet') };
    for (const name of ['auth', 'quiet']) {
      writeFileSync(join(all, `${name}.json`), JSON.stringify({ ...(await stored(name)).document, drainSeconds: 4 }));
    }
    const written = await mappings('put', all, '--json');
    expect(readJson('mappings-write', written.stdout).mappings).toMatchObject([
      { name: 'defaults', outcome: 'unchanged' },
      { name: 'auth', outcome: 'written', version: before.auth.version + 1 },
      { name: 'quiet', outcome: 'written', version: before.quiet.version + 1 },
    ]);

    // The folder records the new versions, one of which is no longer the newest.
    await overwrite('quiet', { ...before.quiet.document, drainSeconds: 5 });
    for (const name of ['auth', 'quiet']) {
      writeFileSync(join(all, `${name}.json`), JSON.stringify({ ...before.quiet.document, drainSeconds: 6 }));
    }
    const last = lastCall();
    const refused = await mappings('put', all, '--json');
    expect([refused.exitCode, readJson('error', refused.stdout).error.code]).toEqual([5, 'Overtaken']);
    expect(writes(last)).toEqual([]);
    expect((await stored('quiet')).document.drainSeconds).toBe(5);
  });

  test('--if-version refuses any other version, and 0 means that the mapping does not exist yet', async () => {
    const path = await fileOf('written', { drainSeconds: 7 });
    const { version } = await stored('written');
    const { exitCode, stderr } = await mappings('put', path, '--if-version', String(version - 1));
    expect(exitCode).toBe(5);
    expect(stderr).toMatch(
      /^Overtaken: Someone else has changed \S+\/services\/written: it was read at version \d and is now at version \d\. Their change was not overwritten\.$/m,
    );
    const newcomer = join(at.folder, 'newcomer.json');
    writeFileSync(newcomer, JSON.stringify((await stored('written')).document));
    expect((await mappings('put', newcomer, '--if-version', '0')).exitCode).toBe(0);
    expect((await stored('newcomer')).version).toBe(1);
    expect((await mappings('put', newcomer, '--if-version', '0')).exitCode).toBe(5);
    await at.world.door.clients.ssm.send(new DeleteParameterCommand({ Name: parameterOf('newcomer') }));
  });

  test('if two writers are concurrent, one fails, and the change of the other stays', async () => {
    const drains = [11, 12, 13, 14];
    const paths = await Promise.all(
      drains.map((drainSeconds) => fileOf('raced', { drainSeconds }, join(at.folder, `racer-${drainSeconds}`))),
    );
    // All have read before the first one writes.
    at.world.door.sandbox.faults.plant({
      service: 'ssm',
      operation: 'PutParameter',
      times: drains.length,
      fault: { kind: 'latency', delayMs: 4_000 },
    });
    // A late writer also tries to replace the version that all have read.
    const put = (path: string) => at.world.engines('mappings', 'put', path, '--if-version', '1', '--json');
    const ended = await Promise.all(paths.map(put));
    expect(ended.map(({ exitCode }) => exitCode).sort()).toEqual([0, 5, 5, 5]);
    const winner = ended.findIndex(({ exitCode }) => exitCode === 0);
    expect(await stored('raced')).toMatchObject({ version: 2, document: { drainSeconds: drains[winner] } });
    for (const { exitCode, stdout } of ended) {
      if (exitCode === 5) expect(readJson('error', stdout).error.code).toBe('Overtaken');
    }
    expect(await claims()).toEqual([]);
  });

  test('a writer without a claim is detected, and its change is restored', async () => {
    const path = await fileOf('foreign', { drainSeconds: 21 });
    const document = { ...(await stored('foreign')).document, drainSeconds: 22 };
    const matches = (input: Json) => input.Name === parameterOf('foreign');
    at.world.door.sandbox.faults.plant({
      service: 'ssm',
      operation: 'PutParameter',
      matches,
      fault: { kind: 'latency', delayMs: 12_000 },
    });
    const last = lastCall();
    const putting = mappings('put', path, '--json');
    await waitForCall('PutParameter', last, matches);
    // This call succeeds, because the command's own call has used up the fault.
    await overwrite('foreign', document);
    const { exitCode, stdout } = await putting;
    expect(exitCode).toBe(5);
    expect(readJson('error', stdout).error.message).toMatch(
      /Their change was restored as version 4; yours is version 3\./,
    );
    expect(await stored('foreign')).toMatchObject({ version: 4, document: { drainSeconds: 22 } });
  });

  test('a lost answer is not taken for a second writer', async () => {
    const path = await fileOf('lossy', { drainSeconds: 31 });
    const fault = { kind: 'drop-after' } as const;
    for (const Name of [`${parameterPath}/claims/lossy/2`, parameterOf('lossy')]) {
      at.world.door.sandbox.faults.plant({ service: 'ssm', operation: 'PutParameter', input: { Name }, fault });
    }
    const { exitCode, stderr } = await mappings('put', path);
    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('Overtaken')]);
    expect((await stored('lossy')).document.drainSeconds).toBe(31);
  });

  test('an abandoned claim delays other writers for a while, then expires', async () => {
    const path = await fileOf('abandoned', { drainSeconds: 41 });
    const claim = { Name: `${parameterPath}/claims/abandoned/2`, Type: 'String', Value: '{"by":"ann@desk"}' } as const;
    await at.world.door.clients.ssm.send(new PutParameterCommand(claim));
    const first = await mappings('put', path);
    expect(first.exitCode).toBe(5);
    expect(first.stderr).toContain(`ann@desk is writing version 2 of ${parameterOf('abandoned')} right now.`);
    expect((await stored('abandoned')).version).toBe(1);

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
    const later = await mappings('put', path).finally(() => vi.useRealTimers());
    expect([later.exitCode, (await stored('abandoned')).version]).toEqual([0, 2]);
    expect(await claims()).toEqual([]);
  });
});

/** Waits until such a call has arrived, answered or not. */
async function waitForCall(operation: string, after: number, matches: (input: Json) => boolean): Promise<void> {
  for (;;) {
    if (at.world.door.sandbox.calls.list({ service: 'ssm', operation, after }).some(({ input }) => matches(input)))
      return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('edit', () => {
  /** An editor, in a path with a space, that replaces one text with another. */
  const editor = (from: string, to: string) => {
    const script = join(at.folder, 'my editor.mjs');
    writeFileSync(
      script,
      `import { readFileSync, writeFileSync } from 'node:fs';
       const [from, to, path] = process.argv.slice(2);
       writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));`,
    );
    return `"${process.execPath}" "${script}" ${from} ${to}`;
  };
  const edit = (name: string, change: readonly [string, string], ...more: string[]) =>
    runInProcess(['mappings', 'edit', name, ...more], { ...at.world.environment, EDITOR: editor(...change) });

  test('opens $EDITOR, validates the result, and writes it', async () => {
    const { exitCode, stdout } = await edit('edited', ['edited-task', 'edited-task:1'], '--json');
    expect(exitCode).toBe(0);
    expect(readJson('mappings-write', stdout)).toMatchObject({
      mappings: [{ name: 'edited', outcome: 'written', version: 2, replaced: 1 }],
    });
    expect((await stored('edited')).document.taskDefinition).toBe('edited-task:1');
    const same = await edit('edited', ['nothing', 'else']);
    expect([same.exitCode, same.stdout]).toEqual([0, 'Nothing was changed.\n']);
  });

  test('on a terminal, problems are shown, and the edit can continue', async () => {
    const script = join(at.folder, 'twice.mjs');
    writeFileSync(
      script,
      `import { readFileSync, writeFileSync } from 'node:fs';
       const path = process.argv[2];
       const text = readFileSync(path, 'utf8');
       writeFileSync(path, text.includes('"port": 8080') ? text.replace('8080', '"8080"') : text.replace('"8080"', '8080').replace('typed-task', 'typed-task:1'));`,
    );
    const sitting = at.world.sitWith({ EDITOR: `"${process.execPath}" "${script}"` }, 'mappings', 'edit', 'typed');
    await sitting.shows(/port: expected a whole number from 1 to 65535[\s\S]*Edit it again\?/);
    sitting.type('y');
    const { exitCode, text } = await sitting.ended;
    expect([exitCode, text]).toEqual([0, expect.stringContaining('typed: written, version 2 (replaces 1)')]);
  });

  test('an invalid edit is not written, and the text is kept', async () => {
    const { exitCode, stderr } = await edit('edited', ['port', 'prot']);
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/prot: is an unknown key/);
    const path = /^Your text is saved in (.+)$/m.exec(stderr)?.[1] ?? '';
    expect(readFileSync(path, 'utf8')).toContain('"prot"');
    rmSync(join(path, '..'), { recursive: true });
  });

  test('an editor that fails writes nothing', async () => {
    const EDITOR = `"${process.execPath}" -e "process.exit(3)" --`;
    const { exitCode, stderr } = await runInProcess(['mappings', 'edit', 'edited'], {
      ...at.world.environment,
      EDITOR,
    });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^EditorFailed: The editor \(.+\) failed: it exited with 3\. Nothing was written\.$/m);
  });
});

describe('versions', () => {
  test('can be compared, listed and rolled back', async () => {
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

  test('after an invalid edit a cold function starts the newest valid version, and every command says so', async () => {
    await overwrite('broken', { ...(await stored('broken')).document, drainSeconds: 2 });
    await overwrite('broken', { ...(await stored('broken')).document, port: '8080' });
    at.world.door.sandbox.lambda.setColdStart(true);
    const started = await mappingsStart('broken');
    at.world.door.sandbox.lambda.setColdStart(false);
    expect(started).toMatchObject({ statusCode: 200 });
    const [task] = at.world.door.tasks('broken');
    expect(JSON.stringify(task?.overrides)).toContain('\\"drainSeconds\\":2');

    const status = await engines('status', 'broken');
    expect(status.stdout).toMatch(
      /^broken: mapping invalid \(version 2 is used\): \S+\/services\/broken version 3, port: /m,
    );
    const doctor = await engines('doctor', 'broken', '--json');
    expect(doctor.exitCode).toBe(4);
    expect(readJson('doctor', doctor.stdout).first).toMatchObject({
      id: 'mapping',
      summary: 'the newest mapping is invalid, and an older one is used: version 2, defaults version 1',
    });
    expect((await mappings('list')).stdout).toMatch(/^broken {2,}3 .* invalid: version 2 is used$/m);
  });
});

async function mappingsStart(name: string) {
  const { value } = await at.world.door.invoke({ action: 'start', service: name, wait: 'healthy' });
  return value;
}
