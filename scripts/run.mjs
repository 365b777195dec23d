// Every `npm run` starts here. On a machine with only Node >= 20 and npm, this script downloads Node 24 and pnpm, installs the
// lockfile's packages, and runs `scripts/<command>.ts`. It is plain JavaScript, because it runs before anything is installed and
// on the older Node.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * npm packages, each with the hash from the registry. Node's packages contain only the binary: the newest 24 for each platform.
 * pnpm's is plain JavaScript, so one hash covers every platform.
 */
const pinned = readJson(join(root, 'scripts', 'pinned-tools.json'));

/** The pauses of npm and pnpm before a retry, in milliseconds. Without network, their defaults add up to ten silent minutes. */
const retryPauses = { fetch_retry_mintimeout: 2_000, fetch_retry_maxtimeout: 10_000 };

const [command, ...rest] = process.argv.slice(2);
if (command === undefined || !/^[a-z][a-z-]*$/.test(command)) fail('usage: node scripts/run.mjs <command> [arguments]');
const script = join(root, 'scripts', `${command}.ts`);
if (!existsSync(script)) fail(`there is no scripts/${command}.ts`);

const node = bringNode();
const pnpm = bring(pinned.pnpm);
const environment = environmentWith([dirname(node), join(pnpm, '..', '.bin'), join(root, 'node_modules', '.bin')]);
install();
const child = spawn(node, [script, ...rest], { cwd: root, stdio: 'inherit', env: environment });
child.on('error', (error) => fail(`${node}: ${error.message}`));
child.on('exit', (status) => process.exit(status ?? 1));
// Ctrl-C also reaches the script, which decides when to end.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
// npm and its shell forward no signal that only they receive. When they are killed, this process would remain.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 500).unref();

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function fail(line) {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

/** This process's environment with folders put before its PATH, which Windows may spell `Path`. */
function environmentWith(folders) {
  const isPath = (name) => name.toUpperCase() === 'PATH';
  const others = Object.fromEntries(Object.entries(process.env).filter(([name]) => !isPath(name)));
  const path = Object.entries(process.env).find(([name]) => isPath(name))?.[1] ?? '';
  return { ...others, PATH: [...folders, path].join(delimiter), TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
}

/** npm's script, which this Node can run without a shell: no quoting, and no `.cmd` on Windows. */
function findNpm() {
  const home = dirname(process.execPath);
  const candidates = [
    process.env.npm_execpath ?? '',
    join(home, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(home, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  // Under pnpm, npm_execpath names pnpm.
  return (
    candidates.find((path) => path.endsWith('npm-cli.js') && existsSync(path)) ??
    fail('npm was not found: start this with `npm run …`')
  );
}

/** Runs a command, and shows its output only if it fails. */
function runQuietly(executable, args, options) {
  const result = spawnSync(executable, args, { cwd: root, encoding: 'utf8', ...options });
  if (result.error) fail(`${executable}: ${result.error.message}`);
  if (result.status !== 0) {
    const end = result.status ?? result.signal;
    fail(
      `${result.stdout}${result.stderr}${executable} ${args.join(' ')} ended with ${end}\nThis needs npm's registry, and a home folder that can be written.`,
    );
  }
}

/**
 * An npm package in its own folder under `.tools`, so that later runs need no registry. It is unpacked only if its hash is the
 * pinned one.
 */
function bring({ name, version, integrity }) {
  const home = join(root, '.tools', `${name}-${version}`);
  const stamp = join(home, '.verified');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== integrity) {
    process.stderr.write(`downloading ${name} ${version} …\n`);
    removeVersions(name);
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'package.json'), '{"private":true}\n');
    runNpm(['pack', `${name}@${version}`, '--pack-destination', home], home);
    const archive = join(home, readdirSync(home).find((file) => file.endsWith('.tgz')) ?? '');
    verify({ name, version, integrity }, archive);
    runNpm(['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--offline', archive], home);
    rmSync(archive);
    writeFileSync(stamp, integrity);
  }
  return join(home, 'node_modules', name);
}

/** Removes all versions of a tool, including the same version with another pinned hash. */
function removeVersions(name) {
  const tools = join(root, '.tools');
  const found = existsSync(tools) ? readdirSync(tools).filter((folder) => folder.startsWith(`${name}-`)) : [];
  for (const folder of found) rmSync(join(tools, folder), { recursive: true, force: true });
}

function runNpm(args, home) {
  const pauses = Object.entries(retryPauses).map(([name, ms]) => `--${name.replaceAll('_', '-')}=${ms}`);
  runQuietly(process.execPath, [findNpm(), ...args, ...pauses, '--prefix', home], { cwd: home });
}

function verify({ name, version, integrity }, archive) {
  const received = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (received === integrity) return;
  rmSync(dirname(archive), { recursive: true, force: true });
  fail(
    `${name} ${version} from npm's registry is not the package that this repository pins, and was not installed.\n` +
      `hash received: ${received}\nhash in scripts/pinned-tools.json: ${integrity}`,
  );
}

function bringNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const platform = `${process.platform}-${process.arch}`;
  const wanted =
    pinned.node[platform] ?? fail(`Node 24 is needed and npm has none for ${platform}: get it from nodejs.org`);
  return join(bring(wanted), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/** Installs if the lockfile, a manifest or Node has changed since the last install. */
function install() {
  const packages = readdirSync(join(root, 'packages')).map((name) => join('packages', name, 'package.json'));
  const state = createHash('sha256').update(node);
  for (const path of ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml', ...packages.sort()]) {
    if (existsSync(join(root, path))) state.update(`\0${path}\0`).update(readFileSync(join(root, path)));
  }
  const digest = state.digest('hex');
  const stamp = join(root, 'node_modules', '.installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  process.stderr.write(`installing with pnpm ${pinned.pnpm.version} …\n`);
  // On Windows only a shell finds `pnpm.cmd`. None of these words needs quoting.
  const shell = process.platform === 'win32';
  const pauses = Object.fromEntries(Object.entries(retryPauses).map(([name, ms]) => [`pnpm_config_${name}`, `${ms}`]));
  const env = { ...environment, ...pauses };
  runQuietly('pnpm', ['install', '--frozen-lockfile', '--reporter=append-only'], { env, shell });
  writeFileSync(stamp, digest);
}
