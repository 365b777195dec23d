import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../tasks.ts';
import { mayRun, whyNot } from './missing-program.ts';

interface Pin {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
}

const pinned: { node: Record<string, Pin>; pnpm: Pin } = JSON.parse(
  readFileSync(join(root, 'scripts', 'pinned-tools.json'), 'utf8'),
);

test('pnpm and Node for every platform have an exact version and a SHA-512 hash', () => {
  expect(Object.keys(pinned.node)).toEqual(['linux-x64', 'linux-arm64', 'win32-x64', 'darwin-x64', 'darwin-arm64']);
  for (const { name, version, integrity } of [...Object.values(pinned.node), pinned.pnpm]) {
    expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
    expect(integrity, name).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
  }
  for (const [platform, { version }] of Object.entries(pinned.node)) expect(version, platform).toMatch(/^24\./);
});

test('package.json has the pinned version of pnpm', () => {
  const { devEngines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(devEngines.packageManager).toMatchObject({ name: 'pnpm', version: pinned.pnpm.version });
});

/** A file of a tar archive: a header of 512 bytes, then the content in blocks of 512. */
function tarEntry(path: string, content: string, mode: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(`package/${path}`, 0);
  header.write(`${mode}\0`, 100);
  header.write(`${Buffer.byteLength(content).toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        0', 148);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const body = Buffer.alloc(Math.ceil(Buffer.byteLength(content) / 512) * 512);
  body.write(content);
  return Buffer.concat([header, body]);
}

/** A package whose command `pnpm` prints that it ran. */
const archive = gzipSync(
  Buffer.concat([
    tarEntry('package.json', '{"name":"pnpm","version":"1.2.3","bin":{"pnpm":"pnpm"}}', '0000644'),
    tarEntry('pnpm', '#!/usr/bin/env node\n', '0000755'),
    Buffer.alloc(1024),
  ]),
);
const integrityOf = (content: string | Buffer) => `sha512-${createHash('sha512').update(content).digest('base64')}`;

/** The script of npm. Outside `npm test`, that of the npm on the PATH. */
function npmScript(): string {
  const { npm_execpath: given = '' } = process.env;
  if (given.endsWith('npm-cli.js')) return given;
  const askNode = ['exec', '--offline', '--call', 'node -p process.env.npm_execpath'];
  return spawnSync('npm', askNode, { encoding: 'utf8' }).stdout.trim();
}

const noNpm = process.env.npm_execpath === undefined ? whyNot(['npm', '--version']) : '';

describe.runIf(mayRun(noNpm))(`a tool that scripts/run.mjs installs from npm's registry${noNpm}`, () => {
  /** A registry with one package and a matching hash, so that only the pinned hash can detect a change. */
  const registry = createServer((request, response) => {
    if (request.url?.endsWith('.tgz')) return response.end(archive);
    const tarball = `http://127.0.0.1:${(registry.address() as AddressInfo).port}/pnpm.tgz`;
    const version = { name: 'pnpm', version: '1.2.3', dist: { tarball, integrity: integrityOf(archive) } };
    return response.end(JSON.stringify({ name: 'pnpm', 'dist-tags': {}, versions: { '1.2.3': version } }));
  });
  let clone: string;

  beforeAll(async () => {
    await once(registry.listen(0, '127.0.0.1'), 'listening');
    clone = mkdtempSync(join(tmpdir(), 'start-engines-pinned-'));
    for (const folder of ['scripts', 'packages', 'node_modules']) mkdirSync(join(clone, folder));
    copyFileSync(join(root, 'scripts', 'run.mjs'), join(clone, 'scripts', 'run.mjs'));
    writeFileSync(join(clone, 'scripts', 'lint.ts'), "console.log('the command ran');\n");
  });
  afterAll(() => {
    registry.close();
    rmSync(clone, { recursive: true, force: true });
  });

  async function runLint(integrity: string) {
    const pins = { ...pinned, pnpm: { name: 'pnpm', version: '1.2.3', integrity } };
    writeFileSync(join(clone, 'scripts', 'pinned-tools.json'), JSON.stringify(pins));
    const { port } = registry.address() as AddressInfo;
    const variables = {
      npm_execpath: npmScript(),
      npm_config_registry: `http://127.0.0.1:${port}`,
      npm_config_cache: join(clone, 'cache'),
    };
    const child = spawn(process.execPath, [join(clone, 'scripts', 'run.mjs'), 'lint'], {
      env: { ...process.env, ...variables },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    const [status] = await once(child, 'close');
    return { status, output };
  }

  const tools = () => join(clone, '.tools', 'pnpm-1.2.3');

  test('is not installed if its hash differs from the pinned one, and both hashes are printed', async () => {
    const wrong = integrityOf('another package');
    const { status, output } = await runLint(wrong);
    expect(status).toBe(1);
    expect(output).toContain(
      "pnpm 1.2.3 from npm's registry is not the package that this repository pins, and was not installed.\n" +
        `hash received: ${integrityOf(archive)}\nhash in scripts/pinned-tools.json: ${wrong}\n`,
    );
    expect(output).not.toContain('the command ran');
    expect(existsSync(tools())).toBe(false);
  });

  test('is installed and used if its hash is the pinned one', async () => {
    const { status, output } = await runLint(integrityOf(archive));
    expect([status, output]).toEqual([0, expect.stringContaining('the command ran')]);
    expect(existsSync(join(tools(), 'node_modules', 'pnpm', 'pnpm'))).toBe(true);
  });

  test('is installed again if the pinned hash changes', async () => {
    const { status } = await runLint(integrityOf('another package'));
    expect([status, existsSync(tools())]).toEqual([1, false]);
  });
});
